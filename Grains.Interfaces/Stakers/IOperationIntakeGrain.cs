namespace Dtao.Grains.Stakers;

/// <summary>Takes operations of many accounts in one message, and hands each to its account. Keeps nothing; the one that is asked is in the silo that the message came to. Key: 0.</summary>
/// <remarks>A message costs about as much as a swap, and over a connection several times that.</remarks>
[Alias("dtao.IOperationIntakeGrain")]
public interface IOperationIntakeGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Takes each operation to its end as <see cref="IStakerAccountGrain.Submit"/> does, with the same checks and bounds. They are one message and nothing else: no operation depends
    /// on what becomes of another one. Those of one account are taken on in the order in which they stand here.
    /// </summary>
    /// <param name="batch">At most <see cref="OperationLimits.BatchMax"/> operations of <see cref="OperationLimits.BatchBytesMax"/> bytes.</param>
    /// <returns>
    /// A receipt for each operation, in the same order, durable as those of <see cref="IStakerAccountGrain.Submit"/>. Of a batch that is too large nothing is looked at:
    /// <see cref="RefusalCode.BatchTooLarge"/>. What has no answer after <see cref="OperationLimits.BatchSeconds"/> is told <see cref="RefusalCode.OutcomeUnknown"/>, so that it does not keep
    /// the others waiting; it goes on, and a repeat is answered with its receipt.
    /// </returns>
    [Alias("SubmitMany")]
    Task<ReceiptBatch> SubmitMany(OperationBatch batch);
}

/// <summary>Operations that travel in one message.</summary>
[GenerateSerializer, Immutable, Alias("dtao.OperationBatch")]
public sealed record OperationBatch([property: Id(0)] Operation[] Operations);

/// <summary>The receipts of a batch, in the order of its operations.</summary>
[GenerateSerializer, Immutable, Alias("dtao.ReceiptBatch")]
public sealed record ReceiptBatch([property: Id(0)] Receipt[] Receipts);

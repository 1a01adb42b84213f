using Dtao.Api.Errors;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;

namespace Dtao.Api.Writes;

/// <summary>One operation that somebody asked for, as far as it is known.</summary>
/// <param name="Id">Made of the client's key, or by this host: the same for every try.</param>
internal sealed record AskedOperation(OperationId Id, AccountId Signer, Call Call)
{
    /// <summary>Null: chosen by <see cref="ValidityWindow"/>.</summary>
    public BlockNumber? LastValidBlock { get; init; }

    /// <summary>Null: the network that answers.</summary>
    public string? NetworkId { get; init; }

    public ulong? Nonce { get; init; }

    public byte[]? Signature { get; init; }

    /// <summary>The signer was named as a development account, and the network takes signed operations only: this host signs.</summary>
    public bool IsSignedHere { get; init; }
}

/// <summary>Sends operations, each of which takes effect once however often and through however many hosts it is asked for.</summary>
/// <remarks>
/// Nothing is kept here: the signer's account knows every operation by its id, and this host finds the content again by <see cref="ValidityWindow"/>. A host that dies after it has
/// sent an operation leaves nothing behind; the next one that is asked with the same key is answered with the first receipt.
/// </remarks>
internal sealed class OperationDesk(DtaoClient client, ApiOptions options, TimeProvider time)
{
    /// <summary>A wait ends this much before the request itself would, so that the answer can still say which operation it is about.</summary>
    private const int SpareMillisecondsMax = 2_000;

    private static readonly TimeSpan s_receiptPause = TimeSpan.FromMilliseconds(50);

    private readonly SignedContents _signed = new();

    /// <summary>Sends an operation to its end.</summary>
    /// <exception cref="ProblemException">It was not applied; the problem carries its id, with which asking again is harmless.</exception>
    public async Task<ReceiptView> Submit(AskedOperation asked, CancellationToken cancellationToken)
    {
        var result = await Send(asked, cancellationToken);
        if (result is not { IsApplied: true, Receipt: { } receipt }) throw new ProblemException(ProblemOf(result) with { OperationId = asked.Id.ToString() });
        return ReceiptView.Of(asked.Signer, receipt) with { LastValidBlock = LastValidBlockOf(result), Nonce = result.Operation.Nonce };
    }

    /// <summary>Sends an operation to its end, or to the end of the time that there is for it.</summary>
    /// <exception cref="ProblemException">The time is over: OutcomeUnknown.</exception>
    public async Task<OperationResult> Send(AskedOperation asked, CancellationToken cancellationToken)
    {
        var milliseconds = options.Limits.RequestMillisecondsMax;
        using var ending = new CancellationTokenSource(TimeSpan.FromMilliseconds(milliseconds - Math.Min(SpareMillisecondsMax, milliseconds / 4)), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, cancellationToken);
        try
        {
            if (asked.IsSignedHere && asked.Signature is null) return await SignAndSend(asked, either.Token);
            return asked.LastValidBlock is null && asked.Signature is null ? await SendByKey(asked, either.Token) : await client.SubmitAsync(await Complete(asked, either.Token), either.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ProblemException(Problem.Of(RefusalCode.OutcomeUnknown) with { OperationId = asked.Id.ToString(), RetryAfterSeconds = 1 });
        }
    }

    /// <summary>What an operation is as a whole: the network's id and the last valid block are filled in.</summary>
    public async Task<Operation> Complete(AskedOperation asked, CancellationToken cancellationToken) => new()
    {
        Id = asked.Id,
        Signer = asked.Signer,
        Call = asked.Call,
        LastValidBlock = asked.LastValidBlock ?? ValidityWindow.LastValidBlock((await client.GetHeadAsync(cancellationToken)).Block),
        NetworkId = asked.NetworkId ?? client.NetworkId ?? (await client.GetNetworkAsync(cancellationToken)).NetworkId,
        Nonce = asked.Nonce,
        Signature = asked.Signature,
    };

    private async Task<OperationResult> SendByKey(AskedOperation asked, CancellationToken cancellationToken)
    {
        var head = (await client.GetHeadAsync(cancellationToken)).Block;
        var operation = await Complete(asked with { LastValidBlock = ValidityWindow.LastValidBlock(head) }, cancellationToken);
        var result = await client.SubmitAsync(operation, cancellationToken);
        if (result.Code != RefusalCode.OperationConflict) return result;
        foreach (var other in ValidityWindow.Others(head))
        {
            var earlier = await client.SubmitAsync(operation with { LastValidBlock = other }, cancellationToken);
            // Neither says what became of the operation that has this id; the other content may be that of another window.
            if (earlier.Code is not (RefusalCode.OperationConflict or RefusalCode.Expired or RefusalCode.LastValidBlockTooFar)) return earlier;
        }

        return result;
    }

    /// <summary>
    /// For a development account on a network of signed operations. Its nonce is chosen anew with every try, so a repeat is known by its id: the receipt that there is answers it,
    /// and what this host remembers of the content tells a repeat from another operation.
    /// </summary>
    private async Task<OperationResult> SignAndSend(AskedOperation asked, CancellationToken cancellationToken)
    {
        var operation = await Complete(asked, cancellationToken);
        if (!_signed.IsSame(asked)) return Conflict(operation, (await client.GetHeadAsync(cancellationToken)).Block);
        if (await client.GetReceiptAsync(asked.Signer, asked.Id, cancellationToken) is { } known) return Recalled(operation, known);
        var result = await client.SubmitAsync(asked.Signer, asked.Call, new OperationTicket(asked.Id, operation.LastValidBlock), cancellationToken);
        if (result.Code != RefusalCode.OperationConflict) return result;

        // Another try of it, under another nonce, is under way.
        while (true)
        {
            if (await client.GetReceiptAsync(asked.Signer, asked.Id, cancellationToken) is { } receipt) return Recalled(operation, receipt);
            await Task.Delay(s_receiptPause, time, cancellationToken);
        }
    }

    private static OperationResult Recalled(Operation operation, Receipt receipt) =>
        new(operation, receipt.IsApplied ? OperationStatus.Applied : OperationStatus.Refused, receipt, 0, null);

    private static OperationResult Conflict(Operation operation, BlockNumber block) =>
        new(operation, OperationStatus.NotAccepted, Receipt.NotAccepted(operation.Id, RefusalCode.OperationConflict, block), 0, null);

    /// <summary>What the operation was sent with; of one that was only recalled it is not known.</summary>
    private static BlockNumber? LastValidBlockOf(OperationResult result) => result.Tries == 0 ? null : result.Operation.LastValidBlock;

    public static Problem ProblemOf(OperationResult result) => result.Receipt?.Outcome is { IsOk: false } outcome && result.Status == OperationStatus.Refused
        ? Problem.Of(outcome.Error)
        : Problem.Of(result.Code);
}

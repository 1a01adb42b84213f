using Dtao.Economics.Ledger;
using Dtao.Grains;

namespace Dtao.Client;

/// <summary>What a caller knows of an operation when the client answers. Numbers are stable.</summary>
public enum OperationStatus : byte
{
    Unset = 0,
    /// <summary>Took effect; durable.</summary>
    Applied = 1,
    /// <summary>Refused by a rule of the ledger; durable, and a repeat is answered the same.</summary>
    Refused = 2,
    /// <summary>Not accepted: it had no effect, and nothing is recorded.</summary>
    NotAccepted = 3,
    /// <summary>It may or may not have taken effect. Submit <see cref="OperationResult.Operation"/> again to learn which; that is always safe.</summary>
    OutcomeUnknown = 4,
}

/// <summary>The end of an operation as the client knows it.</summary>
/// <param name="Operation">What was sent, the same on every try; sending it again is a repeat, never a second operation.</param>
/// <param name="Receipt">The last receipt; null when no try was answered.</param>
/// <param name="Tries">How often it was sent.</param>
/// <param name="Failure">Why the last unanswered try was not answered; null when every try was.</param>
public sealed record OperationResult(Operation Operation, OperationStatus Status, Receipt? Receipt, int Tries, Exception? Failure)
{
    public bool IsApplied => Status == OperationStatus.Applied;

    /// <summary>The stable code of the refusal; None when applied.</summary>
    public RefusalCode Code => Status == OperationStatus.OutcomeUnknown ? RefusalCode.OutcomeUnknown : Receipt?.Code ?? RefusalCode.None;

    /// <summary>The stable name of the refusal, the chain's where the chain has one; empty when applied.</summary>
    public string ErrorName => Status == OperationStatus.OutcomeUnknown ? nameof(RefusalCode.OutcomeUnknown) : Receipt?.ErrorName ?? string.Empty;

    /// <summary>One sentence on what to do about a refusal; empty when applied.</summary>
    public string Advice => IsApplied ? string.Empty : Client.Advice.For(Code);

    /// <summary>Stake events in the order in which they happened; empty unless applied.</summary>
    public IReadOnlyList<StakeMove> Moves => IsApplied ? Receipt!.Outcome?.Moves ?? [] : [];

    /// <summary>What became of each order of a relayer's call, in the call's order; empty for other calls, and unless applied.</summary>
    public IReadOnlyList<OrderResult> Orders => IsApplied ? Receipt!.Outcome?.Orders ?? [] : [];

    /// <summary>What became of each subnet's part of a batch, in the call's order; empty for other calls, and unless applied.</summary>
    public IReadOnlyList<PartResult> Parts => IsApplied ? Receipt!.Outcome?.Parts ?? [] : [];

    /// <summary>What repeats this operation when it is given with the same arguments.</summary>
    public OperationTicket Ticket => new(Operation.Id, Operation.LastValidBlock) { Nonce = Operation.Nonce };
}

/// <summary>The wait for an operation was cancelled. The operation itself goes on, and may take effect.</summary>
public sealed class OperationWaitCanceledException : OperationCanceledException
{
    public OperationWaitCanceledException()
    {
    }

    public OperationWaitCanceledException(string message)
        : base(message)
    {
    }

    public OperationWaitCanceledException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal OperationWaitCanceledException(Operation operation, CancellationToken token)
        : base($"The wait for operation {operation.Id} was cancelled; the operation goes on. Submit it again to learn its outcome.", token) => Operations = [operation];

    internal OperationWaitCanceledException(IReadOnlyList<Operation> operations, CancellationToken token)
        : base($"The wait for {operations.Count} operations was cancelled; those that were sent go on. Submit them again to learn their outcomes.", token) => Operations = operations;

    /// <summary>What was sent; submit it again to learn its outcome. Of several the first.</summary>
    public Operation? Operation => Operations.Count > 0 ? Operations[0] : null;

    /// <summary>All that were submitted together, sent or not: submitting them again is safe.</summary>
    public IReadOnlyList<Operation> Operations { get; } = [];
}

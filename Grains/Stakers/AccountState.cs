using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;

namespace Dtao.Grains.Stakers;

/// <summary>Which actor decides an operation.</summary>
public enum OperationRoute : byte
{
    None = 0,
    /// <summary>The pool of the call's subnet.</summary>
    Pool = 1,
    /// <summary>The receiving account, once this one has set the amount aside.</summary>
    Transfer = 2,
    /// <summary>The lane: several pools.</summary>
    Lane = 3,
    /// <summary>The hotkey's own actor.</summary>
    Hotkey = 4,
}

/// <summary>An operation that this account has begun and not settled.</summary>
/// <param name="Hold">TAO set aside; counted in <see cref="AccountState.Free"/>.</param>
/// <param name="Dust">Of a transfer that empties the account: what would be left and is destroyed.</param>
/// <param name="IsExclusive">No other operation of this account may be in flight beside it.</param>
public sealed record InFlightOperation(
    ulong Sequence, OperationId Id, UInt128 ContentHash, Call Call, BlockNumber LastValidBlock, OperationRoute Route, Tao Hold, Tao Dust, bool IsExclusive);

/// <summary>A settled operation and its receipt, remembered for a while.</summary>
public sealed record SettledOperation(UInt128 ContentHash, Receipt Receipt, BlockNumber LastValidBlock, ulong Place);

/// <summary>Everything that one coldkey's actor owns.</summary>
public sealed class AccountState
{
    public AccountId Id { get; set; }
    public Tao Free { get; set; }
    public Tao Held { get; set; }
    /// <summary>The highest block that this account has seen.</summary>
    public BlockNumber Seen { get; set; }
    /// <summary>The sequence of the next message.</summary>
    public ulong NextSequence { get; set; } = 1;
    /// <summary>Operations settled so far.</summary>
    public ulong SettledCount { get; set; }
    public SortedDictionary<ulong, InFlightOperation> InFlight { get; } = [];
    public Dictionary<OperationId, ulong> InFlightById { get; } = [];
    public Dictionary<OperationId, SettledOperation> Settled { get; } = [];
    /// <summary>Settled operations in the order of settling; the oldest are forgotten first.</summary>
    public Queue<OperationId> SettledOrder { get; } = new();
    /// <summary>Dust of emptied accounts on its way to where destroyed TAO is counted, by sequence.</summary>
    public SortedDictionary<ulong, Tao> DustOutbox { get; } = [];
    /// <summary>Credits received, by sender.</summary>
    public OutcomeBook<CreditOutcome> Incoming { get; } = new();

    /// <summary>Every sequence below is settled at the tip.</summary>
    public ulong SettledBelow => Math.Min(FirstOf(InFlight, NextSequence), FirstOf(DustOutbox, NextSequence));

    public bool HasExclusive
    {
        get
        {
            if (InFlight.Count == 0) return false;
            foreach (var operation in InFlight.Values) return operation.IsExclusive;
            return false;
        }
    }

    /// <remarks>Enumerating a sorted dictionary allocates even when it is empty, and an account asks after every operation.</remarks>
    private static ulong FirstOf<TValue>(SortedDictionary<ulong, TValue> entries, ulong otherwise)
    {
        if (entries.Count == 0) return otherwise;
        foreach (var sequence in entries.Keys) return sequence;
        return otherwise;
    }
}

/// <summary>What came of a credit.</summary>
public sealed record CreditOutcome(LedgerError Error)
{
    public static readonly CreditOutcome Credited = new(LedgerError.None);
}

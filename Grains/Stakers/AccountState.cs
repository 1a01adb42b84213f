using System.Collections.ObjectModel;
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
    /// <summary>The registry: what only the network's sudo key may do.</summary>
    Registry = 5,
    /// <summary>The account of the coldkey that the sudo key's call is about.</summary>
    Coldkey = 90,
    /// <summary>Nobody else: announcements are this account's.</summary>
    Here = 91,
    /// <summary>The accounts of the owners of orders, or this one for the parts of a batch, one after the other: this account only asks them.</summary>
    Relay = 6,
    /// <summary>This account, once it has asked where its hotkeys have uids.</summary>
    Registrations = 140,
}

/// <summary>An operation that this account has begun and not settled.</summary>
/// <param name="Hold">TAO set aside; counted in <see cref="AccountState.Free"/>.</param>
/// <param name="Dust">Of a transfer that empties the account: what would be left and is destroyed.</param>
/// <param name="IsExclusive">No other operation of this account may be in flight beside it.</param>
/// <param name="HasYielded">A transfer that let an operation of its receiver go first: it holds nothing, and begins anew under another sequence.</param>
public sealed record InFlightOperation(
    ulong Sequence, OperationId Id, UInt128 ContentHash, Call Call, BlockNumber LastValidBlock, OperationRoute Route, Tao Hold, Tao Dust, bool IsExclusive,
    bool HasYielded = false)
{
    /// <summary>The transaction fee that is part of the hold; null where there is none.</summary>
    public HeldFee? Fee { get; init; }

    /// <summary>The nonce that the operation uses; null of one that nobody signed, and once it is used.</summary>
    public ulong? Nonce { get; init; }

    /// <summary>Of a transfer: what the receiver gets.</summary>
    public Tao Sent => Hold - Dust - FeeAmount;

    /// <summary>What the deciding actor is to take, or what this account takes when the operation is decided.</summary>
    public Tao FeeAmount => Fee?.Amount ?? Tao.Zero;
}

/// <summary>A transaction fee that an operation in flight is charged.</summary>
/// <param name="To">Whom this account pays when the operation is decided; null where the deciding actor does it, or where there is no author.</param>
public sealed record HeldFee(Tao Amount, AccountId? To);

/// <summary>A fee on its way to the author.</summary>
public sealed record OutgoingFee(AccountId To, Tao Amount);

/// <summary>Everything that one coldkey's actor owns.</summary>
/// <remarks>Nearly every account has at most a few operations in flight and nothing on its way: a million of them are in memory, so what they seldom need is made when they do.</remarks>
public sealed class AccountState
{
    /// <summary>Up to so many operations in flight are looked through for an id.</summary>
    private const int ScannedMax = 8;

    /// <summary>The sequences of operations in flight; null while there are few.</summary>
    private Dictionary<OperationId, ulong>? _sequences;
    private SortedList<ulong, Tao>? _dustOutbox;
    private SortedList<ulong, OutgoingFee>? _feeOutbox;

    public AccountId Id { get; set; }
    public Tao Free { get; set; }
    public Tao Held { get; set; }
    /// <summary>The highest block that this account has seen.</summary>
    public BlockNumber Seen { get; set; }
    /// <summary>The sequence of the next message.</summary>
    public ulong NextSequence { get; set; } = 1;
    /// <summary>Operations settled so far.</summary>
    public ulong SettledCount { get; set; }
    public SortedList<ulong, InFlightOperation> InFlight { get; } = [];
    public ReceiptBook Settled { get; } = new();
    /// <summary>Dust of emptied accounts on its way to where destroyed TAO is counted, by sequence.</summary>
    public IReadOnlyDictionary<ulong, Tao> DustOutbox => (IReadOnlyDictionary<ulong, Tao>?)_dustOutbox ?? ReadOnlyDictionary<ulong, Tao>.Empty;
    /// <summary>Transaction fees on their way to the author, by sequence.</summary>
    public IReadOnlyDictionary<ulong, OutgoingFee> FeeOutbox => (IReadOnlyDictionary<ulong, OutgoingFee>?)_feeOutbox ?? ReadOnlyDictionary<ulong, OutgoingFee>.Empty;
    /// <summary>Credits received, by sender.</summary>
    public OutcomeBook<CreditOutcome> Incoming { get; } = new(
        static (writer, outcome) => writer.UInt64((ushort)outcome.Error), static (ref reader) => new CreditOutcome((LedgerError)reader.UInt16()));

    /// <summary>Hotkeys that this coldkey owns or has staked to by operations of its own, in the order in which they came.</summary>
    /// <remarks>Root claims go through them in this order. Source: rule book 02, 8.6; the chain's StakingHotkeys.</remarks>
    public List<AccountId> StakingHotkeys { get; } = [];

    /// <summary>Hotkeys that swaps of keys gave this coldkey, besides those in the list.</summary>
    public List<AccountId> OwnedHotkeys { get; } = [];

    /// <summary>The announcement that another coldkey will take this one's place; null when there is none.</summary>
    public ColdkeySwap? ColdkeySwap { get; set; }

    /// <summary>How the coldkey presents itself; null when it does not.</summary>
    public ColdkeyIdentityDetail? Identity { get; set; }

    /// <summary>The sequence of the operation that set the identity last; 0 when none did.</summary>
    public ulong IdentitySetBy { get; set; }

    /// <summary>Nonces that signed operations have used; null while there was none.</summary>
    public NonceWindow? Nonces { get; set; }

    /// <summary>Every sequence below is settled at the tip.</summary>
    public ulong SettledBelow =>
        Math.Min(FirstOf(InFlight, NextSequence), Math.Min(FirstOf(_dustOutbox, NextSequence), FirstOf(_feeOutbox, NextSequence)));

    /// <summary>Whether something has left, or is about to leave, and has not arrived.</summary>
    public bool HasUnfinished => InFlight.Count > 0 || HasOutgoing;

    /// <summary>Whether dust or a fee is on its way.</summary>
    public bool HasOutgoing => _dustOutbox is { Count: > 0 } || _feeOutbox is { Count: > 0 };

    /// <summary>Operations in flight that ask the owners of orders. They hold nothing here and read nothing, so whatever else runs may run beside them.</summary>
    public int Relays { get; set; }

    /// <summary>Whether anything is in flight that what comes next could depend on.</summary>
    public bool IsBusy => InFlight.Count > Relays;

    public bool HasExclusive => Exclusive is not null;

    /// <summary>The operation that must run alone and has left with what the account held: no transfer is taken in beside it. Null when there is none.</summary>
    public InFlightOperation? Alone =>
        Exclusive is { HasYielded: false } operation ? operation : null;

    private InFlightOperation? Exclusive
    {
        get
        {
            if (!IsBusy) return null;
            if (Relays == 0) return InFlight.GetValueAtIndex(0) is { IsExclusive: true } first ? first : null;
            foreach (var operation in InFlight.Values)
            {
                if (operation.IsExclusive) return operation;
            }

            return null;
        }
    }

    /// <summary>The sequence under which an operation is in flight; 0 when it is not.</summary>
    public ulong SequenceOf(OperationId id)
    {
        if (InFlight.Count > ScannedMax) return SequencesOfMany().GetValueOrDefault(id);
        for (var place = 0; place < InFlight.Count; place++)
        {
            if (InFlight.GetValueAtIndex(place).Id == id) return InFlight.GetKeyAtIndex(place);
        }

        return 0;
    }

    /// <summary>Takes an operation in flight.</summary>
    public void Begin(InFlightOperation operation)
    {
        InFlight.Add(operation.Sequence, operation);
        _sequences?.Add(operation.Id, operation.Sequence);
        Held += operation.Hold;
        if (operation.Route == OperationRoute.Relay) Relays++;
    }

    /// <summary>Takes an operation out of flight, and with it what it holds.</summary>
    public InFlightOperation End(ulong sequence)
    {
        var operation = InFlight[sequence];
        InFlight.Remove(sequence);
        if (InFlight.Count == 0) _sequences = null;
        else _sequences?.Remove(operation.Id);
        Held -= operation.Hold;
        if (operation.Route == OperationRoute.Relay) Relays--;
        return operation;
    }

    public void SendDust(ulong sequence, Tao dust) => (_dustOutbox ??= []).Add(sequence, dust);

    public void EndDust(ulong sequence) => _dustOutbox?.Remove(sequence);

    public void SendFee(ulong sequence, OutgoingFee fee) => (_feeOutbox ??= []).Add(sequence, fee);

    public void EndFee(ulong sequence) => _feeOutbox?.Remove(sequence);

    private Dictionary<OperationId, ulong> SequencesOfMany()
    {
        if (_sequences is not null) return _sequences;
        _sequences = new(InFlight.Count);
        foreach (var (sequence, operation) in InFlight) _sequences.Add(operation.Id, sequence);
        return _sequences;
    }

    private static ulong FirstOf<TValue>(SortedList<ulong, TValue>? entries, ulong otherwise) => entries is null or { Count: 0 } ? otherwise : entries.GetKeyAtIndex(0);
}

/// <summary>What came of a credit.</summary>
/// <param name="Error">None or BelowMinimum by the ledger's rules; or one of those below, by which no receiver refuses.</param>
public sealed record CreditOutcome(LedgerError Error)
{
    /// <summary>Expired before it was decided.</summary>
    public const LedgerError Never = LedgerError.FundsUnavailable;

    /// <summary>Undecided for ever: the sender was asked to begin anew (<see cref="DeliveryStatus.Yield"/>).</summary>
    public const LedgerError Yielded = LedgerError.NotExpendable;

    public static readonly CreditOutcome Credited = new(LedgerError.None);
}

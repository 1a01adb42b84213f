using Dtao.Economics;
using Dtao.Economics.Claims;
using Dtao.Economics.Fees;
using Dtao.Economics.Keys;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;

namespace Dtao.Grains.Lanes;

/// <summary>A batch while it is decided: the scope that all its operations share, and where every rao of TAO that moved is booked.</summary>
internal sealed partial class LaneDraft
{
    private readonly LaneSource _source;
    private readonly AccountId _beneficiary;
    private readonly bool _owesBeneficiary;
    private readonly LedgerScope _scope;
    private readonly SortedDictionary<NetUid, PoolBookings> _pools = [];
    private readonly SortedDictionary<AccountId, Tao> _credits = [];

    /// <remarks>
    /// What a beneficiary of fees that exists gains is owed by the pool that charged it, as in any operation of that pool. One that does not exist yet,
    /// or that signs an operation of this batch, gets a credit.
    /// </remarks>
    public LaneDraft(LaneSource source, AccountId beneficiary, IEnumerable<AccountId> signers)
    {
        _beneficiary = beneficiary;
        _owesBeneficiary = !signers.Contains(beneficiary) && source.GetFree(beneficiary) >= source.Parameters.ExistentialDeposit;
        _source = source;
        _scope = new LedgerScope(source);
    }

    /// <summary>Runs one operation; what it changed stays only when it is done, and its fee in any case.</summary>
    /// <param name="fee">What the operation is charged besides; zero where there are no fees.</param>
    public (CallOutcome Outcome, long FreeChange) Run(int place, AccountId signer, Call call, Tao fee)
    {
        if (!LaneDecider.IsForLane(call)) return (CallOutcome.Refused(LedgerError.MalformedCall), 0);
        var child = new LedgerScope(_scope);
        var outcome = TransactionFees.Execute(child, SignerOf(_source.Parameters, signer, call), call, fee);
        return outcome.HasEffect ? (outcome, Take(child, place, signer, call, outcome)) : (outcome, 0);
    }

    /// <summary>Claims what a coldkey is owed on every subnet; a failure leaves no trace.</summary>
    /// <returns>Whether anything was done.</returns>
    public bool Claim(int place, AccountId coldkey)
    {
        var child = new LedgerScope(_scope);
        if (AutoClaims.Run(child, coldkey) != LedgerError.None) return false;
        Take(child, place, coldkey, new Call { Kind = CallKind.ClaimRoot }, CallOutcome.Done);
        return true;
    }

    /// <summary>Takes over what an operation changed, and books where its TAO went.</summary>
    private long Take(LedgerScope child, int place, AccountId signer, Call call, CallOutcome outcome)
    {
        _isSwap |= KeySwapShapes.IsSwap(call.Kind);
        _signer = signer;
        var touched = Touched(child);
        foreach (var netuid in touched) Pool(netuid).Operations.Add(place);
        if (!child.PlainDust.IsZero) Credit(SystemSenders.Dust, child.PlainDust);
        var freeChange = BookFree(child, signer, call, outcome, touched);
        if (!child.Destroyed.IsZero) Pool(Origin(call, touched)).Destroyed += child.Destroyed;
        _scope.Merge(child);
        return freeChange;
    }

    public PoolPart[] Parts()
    {
        var hotkeyPools = _scope.ChangedHotkeyPools.ToLookup(changed => changed.Netuid);
        var shares = _scope.ChangedShares.ToLookup(changed => changed.Position.Netuid);
        return [.. _pools.Select(entry => PartOf(entry.Key, entry.Value, hotkeyPools[entry.Key], shares[entry.Key]))];
    }

    public LaneCredit[] Credits(ulong firstSequence) =>
        _isSwap
            ? WithNotices(firstSequence)
            : [.. _credits.Select((entry, index) => new LaneCredit(firstSequence + (ulong)index, entry.Key, entry.Value))];

    /// <summary>Hotkeys that nobody owned.</summary>
    public (AccountId Hotkey, AccountId Owner)[] Owners() => _isSwap
        ? []
        : [.. _scope.ChangedHotkeys.Where(changed => _source.GetHotkey(changed.Hotkey) is null).OrderBy(changed => changed.Hotkey)
            .Select(changed => (changed.Hotkey, changed.Record.Owner))];

    /// <summary>What becomes of the network as a whole; null when nothing does.</summary>
    public NetworkChange? Network(LaneFacts facts)
    {
        if (_scope.RemovedSubnets.Count == 0 && _scope.AddedSubnets.Count == 0 && _scope.ChangedSymbols.Count == 0) return null;
        Int128 retired = 0;
        foreach (var netuid in _scope.RemovedSubnets.Union(_scope.AddedSubnets))
        {
            var before = facts.Slices[netuid];
            var (was, isNow) = (before.Books is not null, _scope.TryGetBooks(netuid, out _));
            if (was && !isNow) retired += (Int128)before.Destroyed.Rao + Pool(netuid).Destroyed.Rao;
            if (!was && isNow) retired -= before.Destroyed.Rao;
        }

        var after = _scope.ChangedParameters;
        return new NetworkChange(
            [.. _scope.RemovedSubnets], [.. _scope.AddedSubnets], after?.NetworkLastLock, after?.NetworkLastLockBlock ?? 0, checked((long)retired))
        {
            Symbols = [.. _scope.ChangedSymbols.OrderBy(changed => changed.Key).Select(changed => new SymbolChange(changed.Key, changed.Value))],
        };
    }

    public AccountId[] Delegates() => _isSwap ? [] : [.. _scope.ChangedHotkeys.Where(changed => changed.Record.IsDelegate).Select(changed => changed.Hotkey).Order()];

    private long BookFree(LedgerScope child, AccountId signer, Call call, CallOutcome outcome, SortedSet<NetUid> touched)
    {
        long freeChange = 0;
        foreach (var (account, after) in child.ChangedFree)
        {
            // The account of a subnet that is gone, or that comes, is the pool's; that of one which is neither gets what others give it.
            if (SystemAccounts.TryGetSubnet(account, out var netuid) && touched.Contains(netuid)) continue;
            var before = _scope.GetFree(account);
            if (after == before) continue;
            if (account == signer)
            {
                freeChange = checked((long)after.Rao - (long)before.Rao);
                continue;
            }

            Invariant.Holds(after > before, "An operation takes free TAO from nobody but its signer.");
            if (account == _beneficiary && _owesBeneficiary && !_isSwap) BookGain(child, after - before, call, outcome, touched);
            else Credit(account, after - before);
        }

        return freeChange;
    }

    /// <summary>A transaction fee in TAO was charged by no pool: the beneficiary is sent it. Whatever else it gained, a pool owes.</summary>
    private void BookGain(LedgerScope child, Tao gained, Call call, CallOutcome outcome, SortedSet<NetUid> touched)
    {
        if (outcome.Fee is { Netuid: null, IsPaid: true } fee && child.PlainDust.IsZero)
        {
            Credit(_beneficiary, fee.Tao);
            gained -= fee.Tao;
        }

        if (!gained.IsZero) BookFees(child, gained, outcome, Origin(call, touched), touched);
    }

    private void Credit(AccountId account, Tao amount) => _credits[account] = _credits.GetValueOrDefault(account) + amount;

    /// <summary>Books what the beneficiary gained at the pools whose swaps charged it: what left a pool's account and is in none of its moves.</summary>
    /// <remarks>
    /// Where moves do not tell (dust was destroyed, or the beneficiary received stake as well) it is all booked at the operation's origin.
    /// The TAO has left the accounts of pools in any case, so the books add up wherever it is owed.
    /// </remarks>
    private void BookFees(LedgerScope child, Tao gained, CallOutcome outcome, NetUid origin, SortedSet<NetUid> touched)
    {
        var charged = touched.ToDictionary(netuid => netuid, netuid => Left(child, netuid, outcome));
        var isTold = charged.Values.All(amount => amount >= 0) && charged.Values.Aggregate(Int128.Zero, (sum, amount) => sum + amount) == gained.Rao;
        if (!isTold) charged = new() { [origin] = gained.Rao };
        foreach (var (netuid, amount) in charged)
        {
            if (amount > 0) Pool(netuid).Owed += new Tao((ulong)amount);
        }
    }

    private Int128 Left(LedgerScope child, NetUid netuid, CallOutcome outcome)
    {
        if (!_scope.TryGetBooks(netuid, out var before) || !child.TryGetBooks(netuid, out var after)) return 0;
        var left = (Int128)before.AccountTao.Rao - after.AccountTao.Rao;
        foreach (var move in outcome.Moves)
        {
            if (move.Netuid == netuid) left += move.Kind == StakeMoveKind.In ? move.Tao.Rao : -(Int128)move.Tao.Rao;
        }

        return left;
    }

    private PoolPart PartOf(NetUid netuid, PoolBookings bookings, IEnumerable<(NetUid, AccountId Hotkey, HotkeyPool Pool)> hotkeyPools, IEnumerable<(PositionKey Position, SafeFloat Share)> shares) => new(
        netuid,
        _scope.ChangedBooks.FirstOrDefault(books => books.Netuid == netuid),
        [.. hotkeyPools.OrderBy(changed => changed.Hotkey)
            .Select(changed => new HotkeyPoolEntry(changed.Hotkey, changed.Pool.Value, changed.Pool.Denominator))],
        [.. shares.OrderBy(changed => changed.Position.Hotkey).ThenBy(changed => changed.Position.Coldkey)
            .Select(changed => new PositionEntry(
                changed.Position.Hotkey, changed.Position.Coldkey, changed.Share, ShareLedger.Position(_scope, changed.Position)))],
        bookings.Owed.IsZero ? [] : [new OwedEntry(_beneficiary, bookings.Owed)],
        bookings.Destroyed,
        [.. bookings.Operations])
    {
        IsNew = _scope.AddedSubnets.Contains(netuid),
        Changes = PoolChanges.None with
        {
            Metagraph = DeltaOf(netuid),
            Claims = netuid.IsRoot ? ClaimChanges.Of(_scope) : null,
            Retired = RetirementOf(netuid),
        },
    };

    /// <summary>Of a subnet that was replaced the pool has forgotten everything: the difference is to nothing.</summary>
    private MetagraphDelta? DeltaOf(NetUid netuid)
    {
        foreach (var (changed, metagraph) in _scope.ChangedMetagraphs)
        {
            if (changed != netuid) continue;
            return MetagraphDelta.Between(_scope.RemovedSubnets.Contains(netuid) ? Metagraph.Empty : _source.GetMetagraph(netuid), metagraph);
        }

        return null;
    }

    private SubnetRetirement? RetirementOf(NetUid netuid) => _scope.RemovedSubnets.Contains(netuid)
        ? new SubnetRetirement(_scope.GetRemains(netuid)!, _scope.TryGetBooks(netuid, out _) ? Tao.Zero : _scope.GetFree(AccountId.OfSubnet(netuid)))
        : null;

    private PoolBookings Pool(NetUid netuid)
    {
        if (!_pools.TryGetValue(netuid, out var bookings)) _pools.Add(netuid, bookings = new PoolBookings());
        return bookings;
    }

    private static NetUid Origin(Call call, SortedSet<NetUid> touched) =>
        call.Kind is CallKind.UnstakeAll or CallKind.UnstakeAllAlpha or CallKind.ClaimRoot or CallKind.RegisterNetwork || KeySwapShapes.IsSwap(call.Kind)
            ? touched.Min
            : call.Netuid;

    private static SortedSet<NetUid> Touched(LedgerScope child) =>
    [
        .. child.RemovedSubnets,
        .. child.AddedSubnets,
        .. child.ChangedMetagraphs.Select(changed => changed.Key),
        .. HasClaims(child) ? [NetUid.Root] : Array.Empty<NetUid>(),
        .. child.ChangedBooks.Select(books => books.Netuid),
        .. child.ChangedHotkeyPools.Select(changed => changed.Netuid),
        .. child.ChangedShares.Select(changed => changed.Position.Netuid),
    ];

    private static bool HasClaims(LedgerScope child) =>
        child.RemovedSubnets.Count > 0 || child.ChangedClaimed.Count > 0 || child.ChangedClaimRates.Count > 0
        || child.ChangedClaimTypes.Count > 0 || child.ChangedClaimIndex.Count > 0;

    private sealed class PoolBookings
    {
        public Tao Owed { get; set; }
        public Tao Destroyed { get; set; }
        public List<int> Operations { get; } = [];
    }
}

using System.Collections.Immutable;
using Dtao.Economics;
using Dtao.Economics.Children;
using Dtao.Economics.Claims;
using Dtao.Economics.Emission;
using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Economics.Staking;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;

namespace Dtao.Grains.Subnets;

/// <summary>The rules by which a pool decides. Pure: state and message in, event out.</summary>
public static partial class PoolDecider
{
    /// <summary>Walks the whole ladder of one call in one place, and yields what happened: done or refused.</summary>
    /// <remarks>
    /// A transaction fee that is dropped is owed to the account which counts destroyed TAO, and so is dust that an order's fee leaves. Without a subnet
    /// nobody comes for what is owed to the author, so it is sent.
    /// </remarks>
    /// <param name="parameters">The network's, for a netuid without a subnet; one that has a subnet works with those that it has adopted.</param>
    /// <param name="recipientExists">Whether the receiver of an order's fee exists; of no meaning to other calls.</param>
    public static CallDecided Decide(
        PoolState state, PoolCommand command, bool beneficiaryExists, IReadOnlyDictionary<AccountId, HotkeyRecord> hotkeys,
        NetworkParameters? parameters = null, bool recipientExists = false)
    {
        var (head, call) = (command.Head, command.Call);
        if (IsLeftToLane(state, call)) return LeftToLane(state, head, call);
        var recipient = OrderShapes.RecipientOf(head.Sender, call);
        var source = new PoolSource(state, BlockOf(state, head), head.Sender, command.Free, beneficiaryExists, hotkeys, parameters)
        {
            Existing = recipientExists ? recipient : null,
        };
        var scope = new LedgerScope(source);
        var outcome = TransactionFees.Execute(scope, head.Sender, call, command.Fee);
        if (!outcome.HasEffect) return Refused(state, head, call, outcome);

        List<(AccountId, Tao)>? owed = null;
        long freeChange = 0;
        OutgoingTao? direct = null;
        List<OutgoingTao>? payments = null;
        for (var i = 0; i < scope.ChangedFree.Count; i++)
        {
            var (account, free) = scope.ChangedFree[i];
            var before = source.GetFree(account);
            if (free == before) continue;
            if (account == head.Sender) freeChange = checked((long)free.Rao - (long)before.Rao);
            else if (account == recipient && account != state.Beneficiary) (payments ??= []).Add(new OutgoingTao(account, free - before));
            else if (before.IsZero || state.Books is null) direct = new OutgoingTao(account, free - before);
            else (owed ??= new(1)).Add((account, state.Owed.GetValueOrDefault(account) + (free - before)));
        }

        if (!scope.PlainDust.IsZero) (owed ??= []).Add((SystemSenders.Dust, state.Owed.GetValueOrDefault(SystemSenders.Dust) + scope.PlainDust));
        AccountId? newDelegate = null;
        (AccountId, AccountId)? newOwner = null;
        for (var i = 0; i < scope.ChangedHotkeys.Count; i++)
        {
            var (hotkey, record) = scope.ChangedHotkeys[i];
            if (source.GetHotkey(hotkey) is null) newOwner = (hotkey, record.Owner);
            if (record.IsDelegate) newDelegate = hotkey;
        }

        return new CallDecided(
            head.Sender, head.Sequence, head.SettledBelow, head.LastValidBlock, call,
            new PoolOutcome(outcome, freeChange, BlockOf(state, head), state.Order + 1), ChangesOf(state, scope, owed ?? (IReadOnlyList<(AccountId, Tao)>)[]),
            direct, newDelegate)
        {
            NewOwner = newOwner,
            Payments = payments ?? (IReadOnlyList<OutgoingTao>)[],
        };
    }

    /// <summary>Whether a call needs stake on other subnets, which the lane alone sees. Nothing of it is decided here, and neither order nor digest knows of it.</summary>
    private static bool IsLeftToLane(PoolState state, Call call) => state.Books is not null && ThresholdShapes.LooksBeyond(state.Parameters, call.Kind);

    /// <summary>Recorded, so that a message which comes late is not decided here under other parameters, when the lane has decided the call.</summary>
    private static CallDecided LeftToLane(PoolState state, MessageHead head, Call call) => new(
        head.Sender, head.Sequence, head.SettledBelow, head.LastValidBlock, call,
        new PoolOutcome(CallOutcome.Refused(LedgerError.LeftToLane), 0, state.LastBlock, state.Order), PoolChanges.None, null, null);

    /// <summary>What <see cref="Decide"/> would come to.</summary>
    public static CallQuote Quote(
        PoolState state, PoolCommand command, bool beneficiaryExists, IReadOnlyDictionary<AccountId, HotkeyRecord> hotkeys,
        NetworkParameters? parameters = null, bool recipientExists = false)
    {
        var (head, call) = (command.Head, command.Call);
        if (IsLeftToLane(state, call)) return CallQuote.Of(Economics.Staking.Quote.Refused(LedgerError.LeftToLane, call), call, BlockOf(state, head));
        var source = new PoolSource(state, BlockOf(state, head), head.Sender, command.Free, beneficiaryExists, hotkeys, parameters)
        {
            Existing = recipientExists ? OrderShapes.RecipientOf(head.Sender, call) : null,
        };
        return CallQuote.Of(Quotes.Of(source, head.Sender, call, command.Fee), call, source.Block);
    }

    /// <summary>Records that a message which was never decided has expired, and never will be.</summary>
    public static CallDecided Expire(PoolState state, MessageHead head, Call call) => new(
        head.Sender, head.Sequence, head.SettledBelow, head.LastValidBlock, call,
        new PoolOutcome(null, 0, state.LastBlock, state.Order), PoolChanges.None, null, null);

    /// <summary>Begins a block: everything up to its epoch, which is run elsewhere.</summary>
    /// <param name="facts">What an epoch reads of other actors; nothing is needed where none runs.</param>
    public static BlockDraft ApplyBlock(PoolState state, ApplyBlock command, EpochFacts facts) => BlockDraft.Begin(state, command, facts);

    /// <summary>Whether the block reads what other actors own: an epoch does, and sealed weights do while a threshold of stake is asked for.</summary>
    public static bool NeedsFacts(PoolState state, ApplyBlock command) =>
        command.Turn == EpochTurn.Run || (command.Parameters.StakeThreshold > 0 && !command.KeepsSealed && !state.Metagraph.Commits.IsEmpty);

    /// <summary>Takes over this pool's part of a decision of the lane.</summary>
    public static LaneApplied ApplyLane(PoolState state, LanePart part) => new(
        part.Batch,
        new PoolChanges(
            part.Books,
            [.. part.HotkeyPools.Select(entry => (entry.Hotkey, new HotkeyPool(entry.Value, entry.Denominator)))],
            [.. part.Shares.Select(entry => (entry.Hotkey, entry.Coldkey, entry.Share))],
            [.. part.Owed.Select(entry => (entry.Account, state.Owed.GetValueOrDefault(entry.Account) + entry.Amount))],
            part.Destroyed)
        {
            Metagraph = part.Metagraph,
            Claims = part.Claims,
            Retired = part.Retired,
        },
        part.Trail)
    {
        Added = part.Added,
    };

    /// <summary>Decides a plain transfer to the subnet's own account.</summary>
    /// <param name="network">The network's parameters, for a netuid without a subnet: nobody tells its pool of them.</param>
    public static GiftReceived ReceiveGift(PoolState state, TaoCredit credit, NetworkParameters? network = null)
    {
        var held = state.Books?.AccountTao ?? state.UnclaimedTao;
        var deposit = (state.Books is null ? network ?? state.Parameters : state.Parameters).ExistentialDeposit;
        var error = credit.MustSucceed ? LedgerError.None : TransferRules.CheckReceiver(held, credit.Amount, deposit);
        return new GiftReceived(
            credit.Head.Sender, credit.Head.Sequence, credit.Head.SettledBelow, credit.Head.LastValidBlock, credit.Amount, error);
    }

    /// <summary>What the coordinator must know of a subnet to plan a block.</summary>
    /// <param name="block">The block that is about to be planned.</param>
    /// <param name="parentHash">Hash of the block before, by which root picks the coldkeys of automatic claims.</param>
    public static PoolBlockFacts FactsOf(PoolState state, BlockNumber block, byte[] parentHash)
    {
        if (state.Books is not { } books) return new PoolBlockFacts(false, state.LastBlock, default, Tao.Zero, state.Destroyed);
        var facts = new PoolBlockFacts(true, state.LastBlock, SubnetBlock.FactsOf(books), books.TaoReserve, state.Destroyed)
        {
            IsEpochDue = EpochSchedule.WillBeDue(books, block),
            IsEpochDueUncounted = !books.IsRoot && EpochSchedule.IsDue(books, block),
        };
        return books.IsRoot ? WithPicks(facts, state, parentHash) : facts;
    }

    private static PoolBlockFacts WithPicks(PoolBlockFacts facts, PoolState state, byte[] parentHash)
    {
        if (state.Parameters.NumRootClaim == 0 || state.Claims.Index.Count == 0) return facts;
        return facts with
        {
            ClaimPicks = [.. AutoClaims.Coldkeys(state.Claims.Index, parentHash, state.Parameters.NumRootClaim)],
            ClaimNetuids = [.. state.Claims.Netuids.Order()],
        };
    }

    /// <summary>The part of the state that a batch of the lane may touch.</summary>
    /// <remarks>
    /// Of a coldkey, root hands out every position, since claims and the index of automatic claims look at all of them. So does any pool that the
    /// coldkey has locked alpha on: what of it is free is found by all of them. With its metagraph root hands out the stake on its members, which a subnet
    /// that comes asks about.
    /// </remarks>
    public static LaneSlice SliceOf(PoolState state, LaneInterest interest, LogStamp stamp)
    {
        if (interest.IsWhole) return WholeOf(state, stamp);
        if (interest.Swap is { } swap) return SwapSliceOf(state, swap, stamp);
        var isRoot = state.Books is { IsRoot: true };
        var locked = interest.Coldkeys.Where(state.Metagraph.Locks.ContainsKey).ToArray();
        var hotkeys = isRoot ? [.. interest.Hotkeys.Union(interest.Coldkeys.SelectMany(state.Claims.HotkeysOf))] : interest.Hotkeys;
        if (locked.Length > 0) hotkeys = [.. hotkeys.Union(locked.SelectMany(state.HotkeysOf))];
        if (isRoot && interest.WithMetagraph) hotkeys = [.. hotkeys.Union(state.Metagraph.Neurons.Select(neuron => neuron.Hotkey))];
        var pools = hotkeys.Select(hotkey => (hotkey, pool: state.HotkeyPools.GetValueOrDefault(hotkey)))
            .Where(entry => !entry.pool.IsEmpty)
            .Select(entry => new HotkeyPoolEntry(entry.hotkey, entry.pool.Value, entry.pool.Denominator));
        var shares = from hotkey in hotkeys
                     from coldkey in interest.Coldkeys
                     let share = state.Shares.GetValueOrDefault((hotkey, coldkey))
                     where !share.IsZero
                     select new PositionEntry(hotkey, coldkey, share, Alpha.Zero);
        return Dressed(new LaneSlice(state.Books, state.LastBlock, [.. pools], [.. shares], stamp), state) with
        {
            Metagraph = interest.WithMetagraph ? state.Metagraph : LocksOf(state.Metagraph, locked),
            Claims = isRoot ? ClaimsOf(state, hotkeys, interest.Coldkeys) : null,
        };
    }

    /// <summary>The locks of some coldkeys and the sums that they belong to, for a batch that changes nothing else of the metagraph; null without any.</summary>
    private static Metagraph? LocksOf(Metagraph metagraph, AccountId[] coldkeys)
    {
        if (coldkeys.Length == 0) return null;
        var locks = coldkeys.ToImmutableSortedDictionary(coldkey => coldkey, coldkey => metagraph.Locks[coldkey]);
        var hotkeys = locks.Values.Select(held => held.Hotkey).ToHashSet();
        return Metagraph.Empty with
        {
            Locks = locks,
            LockTotals = metagraph.LockTotals.Where(entry => entry.Key.IsOfOwner || hotkeys.Contains(entry.Key.Hotkey)).ToImmutableSortedDictionary(),
            LockChoices = metagraph.LockChoices.Where(entry => locks.ContainsKey(entry.Key)).ToImmutableSortedDictionary(),
        };
    }

    private static LaneSlice WholeOf(PoolState state, LogStamp stamp) => Dressed(
        new LaneSlice(
            state.Books, state.LastBlock,
            [.. state.HotkeyPools.OrderBy(entry => entry.Key).Select(entry => new HotkeyPoolEntry(entry.Key, entry.Value.Value, entry.Value.Denominator))],
            [.. state.Shares.OrderBy(entry => entry.Key).Select(entry => new PositionEntry(entry.Key.Hotkey, entry.Key.Coldkey, entry.Value, Alpha.Zero))],
            stamp),
        state) with
    { Metagraph = state.Metagraph, IsWhole = true };

    private static LaneSlice Dressed(LaneSlice slice, PoolState state) =>
        slice with { Remains = state.Remains, UnclaimedTao = state.UnclaimedTao, Destroyed = state.Destroyed };

    private static ClaimSlice ClaimsOf(PoolState state, AccountId[] hotkeys, AccountId[] coldkeys)
    {
        var claims = state.Claims;
        var rates = hotkeys.Where(claims.Rates.ContainsKey).Select(hotkey => (hotkey, claims.Rates[hotkey])).ToArray();
        var claimed = from entry in rates
                      let marked = Array.FindAll(coldkeys, coldkey => claims.HasMarks(entry.hotkey, coldkey))
                      where marked.Length > 0
                      from netuid in entry.Item2.BySubnet.Keys
                      from coldkey in marked
                      let position = new PositionKey(netuid, entry.hotkey, coldkey)
                      where claims.Claimed.ContainsKey(position)
                      select (position, claims.Claimed[position]);
        return new ClaimSlice(
            rates, [.. claimed], [.. coldkeys.Where(claims.Types.ContainsKey).Select(coldkey => (coldkey, claims.Types[coldkey]))],
            [.. coldkeys.Where(claims.IsIndexed)])
        {
            Hotkeys = [.. coldkeys.Select(coldkey => (coldkey, state.RootHotkeysOf(coldkey).ToArray()))],
        };
    }

    /// <summary>A pool without a subnet has no block of its own; it answers in its caller's.</summary>
    private static BlockNumber BlockOf(PoolState state, MessageHead head) => state.Books is null ? head.Seen : state.LastBlock;

    private static CallDecided Refused(PoolState state, MessageHead head, Call call, CallOutcome outcome) => new(
        head.Sender, head.Sequence, head.SettledBelow, head.LastValidBlock, call,
        new PoolOutcome(outcome, 0, BlockOf(state, head), state.Order + 1), PoolChanges.None, null, null);

    internal static PoolChanges ChangesOf(PoolState state, LedgerScope scope, IReadOnlyList<(AccountId, Tao)> owed)
    {
        var pools = new (AccountId, HotkeyPool)[scope.ChangedHotkeyPools.Count];
        for (var i = 0; i < pools.Length; i++) pools[i] = (scope.ChangedHotkeyPools[i].Hotkey, scope.ChangedHotkeyPools[i].Pool);
        var shares = new (AccountId, AccountId, SafeFloat)[scope.ChangedShares.Count];
        for (var i = 0; i < shares.Length; i++)
        {
            var (position, share) = scope.ChangedShares[i];
            shares[i] = (position.Hotkey, position.Coldkey, share);
        }

        return new PoolChanges(scope.ChangedBooks.Count == 0 ? null : scope.ChangedBooks[0], pools, shares, owed, scope.Destroyed)
        {
            Metagraph = DeltaOf(state, scope),
            Claims = ClaimChanges.Of(scope),
        };
    }

    internal static MetagraphDelta? DeltaOf(PoolState state, LedgerScope scope)
    {
        foreach (var (_, metagraph) in scope.ChangedMetagraphs) return MetagraphDelta.Between(state.Metagraph, metagraph);
        return null;
    }
}

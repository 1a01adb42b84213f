using Dtao.Economics;
using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Dtao.Grains.Stakers;

namespace Dtao.Grains.Subnets;

/// <summary>The rules by which a pool decides. Pure: state and message in, event out.</summary>
public static class PoolDecider
{
    /// <summary>Walks the whole ladder of one call in one place, and yields what happened: done or refused.</summary>
    public static CallDecided Decide(
        PoolState state, PoolCommand command, bool beneficiaryExists, IReadOnlyDictionary<AccountId, HotkeyRecord> hotkeys)
    {
        var (head, call) = (command.Head, command.Call);
        var source = new PoolSource(state, BlockOf(state, head), head.Sender, command.Free, beneficiaryExists, hotkeys);
        var scope = new LedgerScope(source);
        var outcome = StakingCalls.Execute(scope, head.Sender, call);
        if (!outcome.IsOk) return Refused(state, head, call, outcome);

        var owed = new List<(AccountId, Tao)>(1);
        long freeChange = 0;
        OutgoingTao? direct = null;
        for (var i = 0; i < scope.ChangedFree.Count; i++)
        {
            var (account, free) = scope.ChangedFree[i];
            var before = source.GetFree(account);
            if (free == before) continue;
            if (account == head.Sender) freeChange = checked((long)free.Rao - (long)before.Rao);
            else if (before.IsZero) direct = new OutgoingTao(account, free);
            else owed.Add((account, state.Owed.GetValueOrDefault(account) + (free - before)));
        }

        AccountId? newDelegate = scope.ChangedHotkeys.Count == 0 ? null : scope.ChangedHotkeys[0].Hotkey;
        return new CallDecided(
            head.Sender, head.Sequence, head.SettledBelow, head.LastValidBlock, call,
            new PoolOutcome(outcome, freeChange, BlockOf(state, head), state.Order + 1), ChangesOf(scope, owed), direct, newDelegate);
    }

    /// <summary>What <see cref="Decide"/> would come to.</summary>
    public static CallQuote Quote(
        PoolState state, PoolCommand command, bool beneficiaryExists, IReadOnlyDictionary<AccountId, HotkeyRecord> hotkeys)
    {
        var (head, call) = (command.Head, command.Call);
        var source = new PoolSource(state, BlockOf(state, head), head.Sender, command.Free, beneficiaryExists, hotkeys);
        return CallQuote.Of(Quotes.Of(source, head.Sender, call), call, source.Block);
    }

    /// <summary>Records that a message which was never decided has expired, and never will be.</summary>
    public static CallDecided Expire(PoolState state, MessageHead head, Call call) => new(
        head.Sender, head.Sequence, head.SettledBelow, head.LastValidBlock, call,
        new PoolOutcome(null, 0, state.LastBlock, state.Order), PoolChanges.None, null, null);

    /// <summary>Applies one block to the books.</summary>
    /// <remarks>Source: rule book 02, section 3, through <see cref="SubnetBlock.Apply"/>.</remarks>
    public static BlockApplied ApplyBlock(PoolState state, ApplyBlock command)
    {
        var books = state.Books!.Copy();
        var input = new SubnetBlockInput(
            command.Block, command.Emits ? new U96F32(command.TaoEmissionBits) : null, command.RootSell, command.RootTao, command.Parameters);
        var result = SubnetBlock.Apply(books, input);
        return new BlockApplied(command.Block, command.PlanHash, result.CreditConsumed, books);
    }

    /// <summary>Takes over this pool's part of a decision of the lane.</summary>
    public static LaneApplied ApplyLane(PoolState state, LanePart part) => new(
        part.Batch,
        new PoolChanges(
            part.Books,
            [.. part.HotkeyPools.Select(entry => (entry.Hotkey, new HotkeyPool(entry.Value, entry.Denominator)))],
            [.. part.Shares.Select(entry => (entry.Hotkey, entry.Coldkey, entry.Share))],
            [.. part.Owed.Select(entry => (entry.Account, state.Owed.GetValueOrDefault(entry.Account) + entry.Amount))],
            part.Destroyed),
        part.Trail);

    /// <summary>Decides a plain transfer to the subnet's own account.</summary>
    public static GiftReceived ReceiveGift(PoolState state, TaoCredit credit)
    {
        var held = state.Books?.AccountTao ?? state.UnclaimedTao;
        var error = credit.MustSucceed ? LedgerError.None : TransferRules.CheckReceiver(held, credit.Amount, state.Parameters.ExistentialDeposit);
        return new GiftReceived(
            credit.Head.Sender, credit.Head.Sequence, credit.Head.SettledBelow, credit.Head.LastValidBlock, credit.Amount, error);
    }

    /// <summary>What the coordinator must know of a subnet to plan a block.</summary>
    public static PoolBlockFacts FactsOf(PoolState state) => state.Books is not { } books
        ? new PoolBlockFacts(false, state.LastBlock, 0, false, false, default, default, Tao.Zero, state.Destroyed)
        : new PoolBlockFacts(
            true, state.LastBlock, books.Mechanism, books.IsEmitting, books.EmissionEnabled, books.MovingPrice.Bits, books.MinerBurned.Bits,
            books.TaoReserve, state.Destroyed);

    /// <summary>The part of the state that a batch of the lane may touch.</summary>
    public static LaneSlice SliceOf(PoolState state, LaneInterest interest, LogStamp stamp)
    {
        var pools = interest.Hotkeys.Select(hotkey => (hotkey, pool: state.HotkeyPools.GetValueOrDefault(hotkey)))
            .Where(entry => !entry.pool.IsEmpty)
            .Select(entry => new HotkeyPoolEntry(entry.hotkey, entry.pool.Value, entry.pool.Denominator));
        var shares = from hotkey in interest.Hotkeys
                     from coldkey in interest.Coldkeys
                     let share = state.Shares.GetValueOrDefault((hotkey, coldkey))
                     where !share.IsZero
                     select new PositionEntry(hotkey, coldkey, share, Alpha.Zero);
        return new LaneSlice(state.Books, state.LastBlock, [.. pools], [.. shares], stamp);
    }

    /// <summary>A pool without a subnet has no block of its own; it answers in its caller's.</summary>
    private static BlockNumber BlockOf(PoolState state, MessageHead head) => state.Books is null ? head.Seen : state.LastBlock;

    private static CallDecided Refused(PoolState state, MessageHead head, Call call, CallOutcome outcome) => new(
        head.Sender, head.Sequence, head.SettledBelow, head.LastValidBlock, call,
        new PoolOutcome(outcome, 0, BlockOf(state, head), state.Order + 1), PoolChanges.None, null, null);

    private static PoolChanges ChangesOf(LedgerScope scope, List<(AccountId, Tao)> owed)
    {
        var pools = new (AccountId, HotkeyPool)[scope.ChangedHotkeyPools.Count];
        for (var i = 0; i < pools.Length; i++) pools[i] = (scope.ChangedHotkeyPools[i].Hotkey, scope.ChangedHotkeyPools[i].Pool);
        var shares = new (AccountId, AccountId, SafeFloat)[scope.ChangedShares.Count];
        for (var i = 0; i < shares.Length; i++)
        {
            var (position, share) = scope.ChangedShares[i];
            shares[i] = (position.Hotkey, position.Coldkey, share);
        }

        return new PoolChanges(scope.ChangedBooks.Count == 0 ? null : scope.ChangedBooks[0], pools, shares, owed, scope.Destroyed);
    }
}

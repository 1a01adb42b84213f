using Dtao.Economics;
using Dtao.Economics.Children;
using Dtao.Economics.Keys;
using Dtao.Economics.Ledger;
using Dtao.Economics.Registration;
using Dtao.Economics.Staking;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Grains.Lanes;

/// <summary>The rules by which the lane decides. Pure: state, gathered facts, and commands in, one event out.</summary>
public static class LaneDecider
{
    private static readonly (CallOutcome Outcome, long FreeChange) s_notDecided = (CallOutcome.Refused(LedgerError.NotDecided), 0);

    /// <summary>Decides a batch in one step, operation after operation. A refused one leaves no trace but its outcome.</summary>
    /// <param name="commands">In the order in which they came; at most one per sender.</param>
    /// <param name="onFailure">Told the place of each operation on which a rule broke, and what it threw; such an operation is refused alone.</param>
    public static BatchDecided Decide(
        LaneState state, ulong batch, LaneFacts facts, IReadOnlyList<LaneCommand> commands, Action<int, Exception>? onFailure = null)
    {
        var failed = new HashSet<int>();
        while (true)
        {
            var place = -1;
            try
            {
                return Decide(state, batch, facts, commands, failed, ref place);
            }
            catch (Exception exception) when (place >= 0 && exception is not OutOfMemoryException)
            {
                // What it had booked before it failed is in the draft; all the others are decided again without it.
                failed.Add(place);
                onFailure?.Invoke(place, exception);
            }
        }
    }

    private static BatchDecided Decide(
        LaneState state, ulong batch, LaneFacts facts, IReadOnlyList<LaneCommand> commands, HashSet<int> failed, ref int running)
    {
        var draft = new LaneDraft(new LaneSource(facts, commands), BeneficiaryOf(facts.Parameters), commands.Select(command => command.Head.Sender));
        var decisions = new LaneDecision[commands.Count];
        var order = state.Order;
        for (var place = 0; place < decisions.Length; place++)
        {
            var (head, call, fee) = (commands[place].Head, commands[place].Call, commands[place].Fee);
            running = place;
            decisions[place] = head.LastValidBlock < facts.Block
                ? new(head.Sender, head.Sequence, head.SettledBelow, head.LastValidBlock, call, null, 0, 0)
                : Decided(head, call, failed.Contains(place) ? s_notDecided : draft.Run(place, head.Sender, call, fee), ++order);
        }

        running = -1;
        var network = draft.Network(facts);
        return new BatchDecided(batch, facts.Block, decisions, draft.Parts(), draft.Credits(state.NextCredit), draft.Delegates())
        {
            Owners = draft.Owners(),
            Records = draft.Records(),
            Network = network,
        };
    }

    /// <summary>The automatic claims of a block, coldkey after coldkey; a failure concerns only that coldkey.</summary>
    /// <remarks>Source: rule book 02, 8.6.</remarks>
    /// <param name="onFailure">Told the place of each coldkey on which a rule broke, and what it threw; its claim is left out.</param>
    public static BatchDecided DecideClaims(
        LaneState state, ulong batch, LaneFacts facts, IReadOnlyList<AccountId> coldkeys, Action<int, Exception>? onFailure = null)
    {
        var failed = new HashSet<int>();
        while (true)
        {
            var draft = new LaneDraft(new LaneSource(facts, []), BeneficiaryOf(facts.Parameters), []);
            if (TryClaim(draft, coldkeys, failed, onFailure)) return DecidedClaims(state, batch, facts, coldkeys, draft);
        }
    }

    /// <returns>False when a rule broke: the claims are to be made anew without that one.</returns>
    private static bool TryClaim(LaneDraft draft, IReadOnlyList<AccountId> coldkeys, HashSet<int> failed, Action<int, Exception>? onFailure)
    {
        for (var place = 0; place < coldkeys.Count; place++)
        {
            if (failed.Contains(place)) continue;
            try
            {
                draft.Claim(place, coldkeys[place]);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                failed.Add(place);
                onFailure?.Invoke(place, exception);
                return false;
            }
        }

        return true;
    }

    private static BatchDecided DecidedClaims(LaneState state, ulong batch, LaneFacts facts, IReadOnlyList<AccountId> coldkeys, LaneDraft draft) =>
        new(batch, facts.Block, [], draft.Parts(), draft.Credits(state.NextCredit), draft.Delegates()) { Claimers = coldkeys };

    /// <summary>What a pool is told that was activated afresh.</summary>
    /// <param name="isUnreached">Whether the pool waits for its part of the decided batch, or to be opened after it.</param>
    /// <param name="isAsked">Whether the pool was asked for the batch in hand.</param>
    /// <param name="inHand">The batch that gathers; 0 when none does.</param>
    /// <param name="lastBatch">The last number that this activation gave a batch, or the one before its first; 0 while no term of its own is durable.</param>
    public static LaneClosing ClosingOf(LaneState state, bool isUnreached, bool isAsked, ulong inHand, ulong lastBatch)
    {
        if (state.Undelivered is { } decided) return new LaneClosing(isUnreached, isUnreached ? decided.Batch - 1 : decided.Batch);
        return inHand > 0 ? new LaneClosing(isAsked, inHand - 1) : new LaneClosing(false, lastBatch);
    }

    /// <summary>The subnet that leaves when another one is registered now; null when there is room, or when none may leave.</summary>
    public static NetUid? FindPruned(IReadOnlyDictionary<NetUid, LaneSlice> slices, NetworkParameters parameters, BlockNumber block)
    {
        var source = new LaneSource(
            new LaneFacts(block, parameters, slices, new Dictionary<AccountId, HotkeyFacts?>(), new Dictionary<AccountId, Tao>()), []);
        return NetworkChoice.Count(source) < parameters.SubnetLimit ? null : NetworkChoice.ToPrune(source);
    }

    /// <summary>The netuid that a subnet would get, if there is room for it.</summary>
    public static IEnumerable<NetUid> FreeNetuid(IEnumerable<NetUid> taken)
    {
        var netuids = taken.ToHashSet();
        ushort free = 1;
        while (netuids.Contains(new NetUid(free)) && free < ushort.MaxValue) free++;
        return netuids.Contains(new NetUid(free)) ? [] : [new NetUid(free)];
    }

    /// <summary>Whether an operation concerns the network as a whole. It is decided alone, since it is read for one at a time.</summary>
    public static bool IsNetwork(Call call) => call.Kind is CallKind.RegisterNetwork or CallKind.DissolveNetwork || KeySwapShapes.IsSwap(call.Kind);

    /// <summary>Whether a call is one that the lane decides, with every field that its kind needs.</summary>
    public static bool IsForLane(Call call) =>
        call.Kind is CallKind.UnstakeAll or CallKind.UnstakeAllAlpha or CallKind.MoveStake or CallKind.TransferStake or CallKind.SwapStake
            or CallKind.SwapStakeLimit or CallKind.ClaimRoot or CallKind.RegisterNetwork or CallKind.DissolveNetwork or CallKind.UpdateSymbol && CallShape.IsWellFormed(call)
        || ((KeySwapShapes.IsSwap(call.Kind) || ThresholdShapes.MayLookBeyond(call.Kind)) && CallShape.IsWellFormed(call));

    /// <summary>Who receives fees: the fee account, or the burn account where there is none.</summary>
    public static AccountId BeneficiaryOf(NetworkParameters parameters) => parameters.Author ?? AccountId.Burn;

    private static LaneDecision Decided(MessageHead head, Call call, (CallOutcome Outcome, long FreeChange) done, ulong order) =>
        new(head.Sender, head.Sequence, head.SettledBelow, head.LastValidBlock, call, done.Outcome, done.FreeChange, order);
}

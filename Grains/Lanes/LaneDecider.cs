using Dtao.Economics;
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
    /// <summary>Decides a batch in one step, operation after operation. A refused one leaves no trace but its outcome.</summary>
    /// <param name="commands">In the order in which they came; at most one per sender.</param>
    public static BatchDecided Decide(LaneState state, ulong batch, LaneFacts facts, IReadOnlyList<LaneCommand> commands)
    {
        var draft = new LaneDraft(new LaneSource(facts, commands), BeneficiaryOf(facts.Parameters), commands.Select(command => command.Head.Sender));
        var decisions = new LaneDecision[commands.Count];
        var order = state.Order;
        for (var place = 0; place < decisions.Length; place++)
        {
            var (head, call, fee) = (commands[place].Head, commands[place].Call, commands[place].Fee);
            decisions[place] = head.LastValidBlock < facts.Block
                ? new(head.Sender, head.Sequence, head.SettledBelow, head.LastValidBlock, call, null, 0, 0)
                : Decided(head, call, draft.Run(place, head.Sender, call, fee), ++order);
        }

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
    public static BatchDecided DecideClaims(LaneState state, ulong batch, LaneFacts facts, IReadOnlyList<AccountId> coldkeys)
    {
        var draft = new LaneDraft(new LaneSource(facts, []), BeneficiaryOf(facts.Parameters), []);
        for (var place = 0; place < coldkeys.Count; place++) draft.Claim(place, coldkeys[place]);
        return new BatchDecided(batch, facts.Block, [], draft.Parts(), draft.Credits(state.NextCredit), draft.Delegates()) { Claimers = coldkeys };
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
            or CallKind.SwapStakeLimit or CallKind.ClaimRoot or CallKind.RegisterNetwork or CallKind.DissolveNetwork && CallShape.IsWellFormed(call)
        || (KeySwapShapes.IsSwap(call.Kind) && CallShape.IsWellFormed(call));

    /// <summary>Who receives fees: the fee account, or the burn account where there is none.</summary>
    public static AccountId BeneficiaryOf(NetworkParameters parameters) => parameters.Author ?? AccountId.Burn;

    private static LaneDecision Decided(MessageHead head, Call call, (CallOutcome Outcome, long FreeChange) done, ulong order) =>
        new(head.Sender, head.Sequence, head.SettledBelow, head.LastValidBlock, call, done.Outcome, done.FreeChange, order);
}

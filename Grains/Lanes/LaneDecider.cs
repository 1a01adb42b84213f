using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

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
            var (head, call) = (commands[place].Head, commands[place].Call);
            decisions[place] = head.LastValidBlock < facts.Block
                ? new(head.Sender, head.Sequence, head.SettledBelow, head.LastValidBlock, call, null, 0, 0)
                : Decided(head, call, draft.Run(place, head.Sender, call), ++order);
        }

        return new BatchDecided(batch, facts.Block, decisions, draft.Parts(), draft.Credits(state.NextCredit), draft.Delegates());
    }

    /// <summary>Whether a call is one that the lane decides, with every field that its kind needs.</summary>
    public static bool IsForLane(Call call) =>
        call.Kind is CallKind.UnstakeAll or CallKind.UnstakeAllAlpha or CallKind.MoveStake or CallKind.TransferStake or CallKind.SwapStake
            or CallKind.SwapStakeLimit && CallShape.IsWellFormed(call);

    /// <summary>Who receives fees: the fee account, or the burn account where there is none.</summary>
    public static AccountId BeneficiaryOf(NetworkParameters parameters) => parameters.Author ?? AccountId.Burn;

    private static LaneDecision Decided(MessageHead head, Call call, (CallOutcome Outcome, long FreeChange) done, ulong order) =>
        new(head.Sender, head.Sequence, head.SettledBelow, head.LastValidBlock, call, done.Outcome, done.FreeChange, order);
}

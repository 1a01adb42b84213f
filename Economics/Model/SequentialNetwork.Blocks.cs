using Dtao.Economics.Children;
using Dtao.Economics.Emission;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;
using Dtao.Economics.Neurons;

namespace Dtao.Economics.Model;

/// <summary>How the model makes a block.</summary>
public sealed partial class SequentialNetwork
{
    private readonly EpochWorkspace _epochWorkspace = new();

    /// <summary>Makes the next block, in the order of the chain's block step.</summary>
    /// <remarks>Source: rule book 02, section 3; coinbase/block_step.rs :: block_step.</remarks>
    public void MakeBlock()
    {
        Block = Block.Next;
        foreach (var netuid in _subnets) SubnetBlock.Begin(_books[netuid], Block);
        RevealWeights();
        var plan = Plan();
        foreach (var netuid in _subnets)
        {
            var consumed = SubnetBlock.Emit(_books[netuid], plan.InputFor(netuid)).CreditConsumed;
            TotalIssuance += consumed;
            BalancesIssuance += consumed;
        }

        RunEpochs();
        foreach (var netuid in _subnets) SubnetBlock.Complete(_books[netuid], plan.InputFor(netuid));
        On(_subnets, PendingChildrenRule.Apply);
        RunAutoClaims();
    }

    /// <summary>Opens time-locked weights wherever the block can run the epoch that is due. What is due is looked at before the block is counted.</summary>
    /// <remarks>Source: rule book 02, 6.3; coinbase/run_coinbase.rs :: epochs_deferred_this_block.</remarks>
    private void RevealWeights()
    {
        var due = _subnets.Where(netuid => !netuid.IsRoot && EpochSchedule.IsDue(_books[netuid], Block));
        var deferred = EpochSchedule.Turns(due, Parameters.MaxEpochsPerBlock)
            .Where(turn => turn.Turn == EpochTurn.Defer).Select(turn => turn.Netuid).ToHashSet();
        On(_subnets.Where(netuid => !deferred.Contains(netuid)), WeightReveals.Run);
    }

    /// <summary>Runs a step of the block that is a rule over scopes, subnet by subnet.</summary>
    private void On(IEnumerable<NetUid> subnets, Action<LedgerScope, NetUid> step)
    {
        foreach (var netuid in subnets)
        {
            var scope = new LedgerScope(this);
            step(scope, netuid);
            Take(scope);
        }
    }

    private BlockPlan Plan()
    {
        var rootTao = _books.TryGetValue(NetUid.Root, out var root) ? root.TaoReserve : Tao.Zero;
        var facts = _subnets.Select(netuid => SubnetBlock.FactsOf(_books[netuid])).ToArray();
        return BlockPlan.Compute(Block, TotalIssuance, BalancesIssuance, Parameters, rootTao, facts);
    }

    /// <summary>Empties what was put aside on every subnet whose turn it is, and then pays it out, ascending by netuid.</summary>
    private void RunEpochs()
    {
        var turns = EpochSchedule.Turns(_subnets.Where(netuid => EpochSchedule.WillBeDue(_books[netuid], Block)), Parameters.MaxEpochsPerBlock)
            .ToDictionary(turn => turn.Netuid, turn => turn.Turn);
        var pots = new SortedDictionary<NetUid, EpochPot>();
        foreach (var netuid in _subnets)
        {
            if (EpochSchedule.Drain(_books[netuid], Block, turns.GetValueOrDefault(netuid)) is { } pot) pots.Add(netuid, pot);
        }

        foreach (var (netuid, pot) in pots)
        {
            var scope = new LedgerScope(this);
            RootAccruals.Apply(scope, netuid, SubnetEpoch.Run(scope, netuid, pot, _epochWorkspace));
            Take(scope);
        }
    }
}

using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Simulator.Tests.Simulation;

/// <content>
/// How batches of the lane and facts about hotkeys are placed. A batch stands in each pool where the pool handed out its slice: nothing else may lie between
/// that and the batch's part. The automatic claims of a block belong to the block.
/// </content>
internal sealed partial class HistoryOrder
{
    private readonly Dictionary<ActorRecord, NetUid> _netuids = [];
    private readonly Dictionary<NetUid, List<(long Version, OrderNode Node)>> _reads = [];
    private readonly Dictionary<ulong, OrderNode[]> _payers = [];
    private readonly Dictionary<AccountId, OrderNode> _givers = [];
    private readonly Dictionary<OperationId, OrderNode> _sudo = [];
    private readonly List<(OrderNode Node, HotkeyBelief Belief)> _beliefs = [];

    private Dictionary<ActorRecord, NetUid> Netuids
    {
        get
        {
            if (_netuids.Count > 0) return _netuids;
            foreach (var (netuid, record) in _world.Pools) _netuids.Add(record, netuid);
            return _netuids;
        }
    }

    private long SenderVersion(long note, OrderNode node)
    {
        if (!_world.Genesis.IsNetwork) return note;
        var basis = _world.Observations.Decision(note);
        foreach (var belief in basis.Hotkeys) _beliefs.Add((node, belief));
        return basis.SenderVersion;
    }

    private void AddBatches(ActorRecord<LaneState, LaneEvent> lane)
    {
        var sudo = SudoOfRegistry();
        OrderNode? before = null;
        var sinceNetwork = new List<OrderNode>();
        foreach (var decided in lane.Durable.OfType<BatchDecided>())
        {
            var basis = _world.Observations.Batches[decided.Batch];
            var nodes = new List<OrderNode>();
            if (decided.Claimers.Count > 0) nodes.Add(BlockNode(decided.Block));
            foreach (var decision in decided.Decisions)
            {
                if (decision.Outcome is null) continue;
                var node = decision.Sender == SystemSenders.Registry ? sudo[decision.Sequence] : _bySequence[(decision.Sender, decision.Sequence)];
                node.Outcome = decision.Outcome;
                _sentAt[(decision.Sender, decision.Sequence)] = basis.Senders.GetValueOrDefault(decision.Sender);
                nodes.Add(node);
                foreach (var belief in basis.Hotkeys) _beliefs.Add((node, belief));
            }

            // Which subnets there are is read by every batch; all else that batches share is in pools.
            for (var i = 1; i < nodes.Count; i++) Follow(nodes[i - 1], nodes[i]);
            foreach (var node in nodes) Follow(before, node);
            sinceNetwork.AddRange(nodes);
            if (decided.Network is not null)
            {
                foreach (var node in sinceNetwork) Follow(node, nodes[0]);
                before = nodes[0];
                sinceNetwork.Clear();
            }

            foreach (var (netuid, version) in basis.Pools) Read(netuid, version, nodes);
            foreach (var credit in decided.Credits) _payers[credit.Sequence] = PayersOf(credit, nodes);
            if (nodes.Count != 1) continue;
            foreach (var (hotkey, _) in decided.Owners) _givers[hotkey] = nodes[0];
        }
    }

    /// <summary>
    /// The operations of a batch that a credit came from: the only one, or of several those that name the account as their receiver, whose free TAO was read
    /// for them. Which of several paid a first fee is not told.
    /// </summary>
    private OrderNode[] PayersOf(LaneCredit credit, List<OrderNode> nodes)
    {
        if (nodes.Count == 1) return [nodes[0]];
        return credit.To == _world.Genesis.FeeAccount ? [] : [.. nodes.Where(node => node.Call?.ToColdkey == credit.To)];
    }

    /// <summary>The operation of the sudo key behind each message of the registry.</summary>
    private Dictionary<ulong, OrderNode> SudoOfRegistry()
    {
        var sudo = new Dictionary<ulong, OrderNode>();
        foreach (var happened in _world.Registry!.Durable)
        {
            if (happened is PoolChangeStarted { Change: var change }) sudo.Add(change.Sequence, _sudo[change.Id]);
        }

        return sudo;
    }

    private void Read(NetUid netuid, long version, List<OrderNode> nodes)
    {
        if (!_reads.TryGetValue(netuid, out var reads)) _reads.Add(netuid, reads = []);
        foreach (var node in nodes) reads.Add((version, node));
    }

    /// <summary>Places the batches that a pool handed its slice out to after so many events.</summary>
    private OrderNode? LinkReads(NetUid netuid, long version, OrderNode? before, Absences absences)
    {
        if (!_reads.TryGetValue(netuid, out var reads)) return before;
        foreach (var (at, node) in reads)
        {
            if (at != version) continue;
            before = Follow(before, node);
            absences.Follow(node);
        }

        return before;
    }

    /// <summary>
    /// Calls that are refused since their netuid has no subnet. They saw nothing but that, and changed nothing; and such a pool makes no blocks, it answers in
    /// its caller's. So they lie between two batches of the lane, which alone brings and ends subnets, and in no order among themselves.
    /// </summary>
    private sealed class Absences(bool exists)
    {
        private readonly List<OrderNode> _since = [];
        private OrderNode? _batch;

        public bool Notice(OrderNode node)
        {
            if (exists || node.Outcome!.HasEffect) return false;
            _batch?.Later.Add(node);
            _since.Add(node);
            return true;
        }

        public void Follow(OrderNode batch)
        {
            foreach (var node in _since) node.Later.Add(batch);
            _since.Clear();
            _batch = batch;
        }

        public void Change(LaneApplied applied) => exists = applied.Added is not null || (exists && applied.Changes.Retired is null);
    }

    /// <summary>A hotkey's operations lie in their blocks, and whoever found that nobody owns it comes before whoever gave it an owner.</summary>
    private void LinkHotkey(ActorRecord<ValidatorState, ValidatorEvent> record)
    {
        OrderNode? before = null;
        OrderNode? giver = null;
        for (var i = 0; i < record.Durable.Count; i++)
        {
            OrderNode? node = null;
            switch (record.Durable[i])
            {
                case HotkeyOperationDecided { Outcome.Outcome: { } outcome } decided:
                    node = _bySequence[(decided.Sender, decided.Sequence)];
                    node.Outcome = outcome;
                    if (_blocks.TryGetValue(decided.Outcome.Block, out var block)) block.Later.Add(node);
                    if (_blocks.TryGetValue(decided.Outcome.Block.Next, out var next)) node.Later.Add(next);
                    if (decided.After is not null && node.Call!.Kind == CallKind.TryAssociateHotkey) giver = node;
                    break;
                case OwnerEnsured:
                    node = giver = _givers.GetValueOrDefault(record.Image.Hotkey);
                    break;
            }

            before = Follow(before, node);
        }

        if (giver is null) return;
        foreach (var (node, belief) in _beliefs)
        {
            if (belief.Hotkey != record.Image.Hotkey || node == giver) continue;
            if (belief.IsOwned) giver.Later.Add(node);
            else node.Later.Add(giver);
        }
    }
}

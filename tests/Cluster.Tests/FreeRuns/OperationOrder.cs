using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Lanes;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;

namespace Dtao.Cluster.Tests.FreeRuns;

/// <summary>A history that no network can have had.</summary>
internal sealed class ImpossibleHistoryException(string message) : Exception(message);

/// <summary>
/// Collects from journals which operation each actor saw before which other, and in which block. A pool sees an operation at one event, the lane a batch at one
/// event of each pool that the batch changed. The account that sent an operation sees it somewhere between start and settlement: its rules make the place within
/// that irrelevant. A transfer has its receiver's event.
/// </summary>
/// <remarks>
/// Of what the lane decided without changing anything, such as a refusal, no pool has an event: only its block is known (<see cref="Floating"/>).
/// The routes are those of staking, transfers, and claims, on a network whose hotkeys all have owners and whose fee account exists from the beginning.
/// </remarks>
internal sealed class OperationOrder
{
    private readonly OrderGraph _graph = new();
    private readonly Dictionary<(AccountId Sender, ulong Sequence), OrderNode> _bySequence = [];
    private readonly Dictionary<OperationId, OrderNode> _byId = [];
    private readonly SortedDictionary<ulong, OrderNode> _blocks = [];
    private readonly Dictionary<ulong, Dictionary<NetUid, OrderNode[]>> _batches = [];
    private readonly Dictionary<ulong, List<OrderNode>> _floating = [];

    public OperationOrder(RecordedHistory history)
    {
        var calls = history.Answered.ToDictionary(answered => answered.Operation.Id, answered => answered.Operation.Call);
        foreach (var (account, events) in history.Accounts) AddOperations(account, events, calls);
        foreach (var decided in history.Lane.OfType<BatchDecided>()) AddBatch(decided);
        foreach (var (netuid, events) in history.Pools) LinkPool(netuid, events);
        foreach (var (account, events) in history.Accounts) AddTransfers(account, events);
        foreach (var (account, events) in history.Accounts) LinkAccount(account, events);
        OrderNode? before = null;
        foreach (var block in _blocks.Values) before = Follow(before, block);
    }

    /// <summary>What the lane decided in a block without changing anything.</summary>
    public IReadOnlyList<OrderNode> Floating(BlockNumber block) => _floating.GetValueOrDefault(block.Value) ?? [];

    public OrderNode? Find(OperationId id) => _byId.TryGetValue(id, out var node) && node.Outcome is not null ? node : null;

    /// <exception cref="ImpossibleHistoryException">No order fits what each actor saw.</exception>
    public IReadOnlyList<OrderNode> Sort() => _graph.Sort() ?? throw new ImpossibleHistoryException("no order fits what each actor saw: " + _graph.Cycle());

    private void AddOperations(AccountId account, IReadOnlyList<AccountEvent> events, Dictionary<OperationId, Call> calls)
    {
        foreach (var happened in events)
        {
            switch (happened)
            {
                case OperationStarted { Operation: var started }:
                    _bySequence.Add((account, started.Sequence), Add(account, started.Id, started.Call));
                    break;
                case OperationResumed { Operation: var resumed }:
                    _bySequence.Add((account, resumed.Sequence), _byId[resumed.Id]);
                    break;
                case OperationDecidedHere decided:
                    Place(Add(account, decided.Id, calls[decided.Id]), decided.Receipt.Outcome!, decided.Receipt.Block);
                    break;
            }
        }
    }

    private OrderNode Add(AccountId signer, OperationId id, Call call)
    {
        if (_byId.ContainsKey(id)) throw new ImpossibleHistoryException($"operation {id} began twice");
        return _byId[id] = new OrderNode($"{call.Kind} {id} of {signer.ToString()[..8]}") { Signer = signer, Call = call };
    }

    private OrderNode Place(OrderNode node, CallOutcome outcome, BlockNumber block)
    {
        Decide(node, outcome);
        _graph.Add(node);
        if (block != BlockNumber.Genesis) BlockNode(block).Later.Add(node);
        node.Later.Add(BlockNode(block.Next));
        return node;
    }

    private static void Decide(OrderNode node, CallOutcome outcome)
    {
        if (node.Outcome is not null) throw new ImpossibleHistoryException($"{node} was decided twice");
        node.Outcome = outcome;
    }

    /// <summary>Automatic claims belong to their block; an operation stands in each pool that it changed, and those that changed any come in the batch's order.</summary>
    private void AddBatch(BatchDecided decided)
    {
        var changed = decided.Parts.SelectMany(part => part.Operations).ToHashSet();
        var nodes = new OrderNode?[decided.Decisions.Count];
        OrderNode? before = null;
        for (var place = 0; place < nodes.Length; place++)
        {
            var decision = decided.Decisions[place];
            if (decision.Outcome is null) continue;
            var node = nodes[place] = NodeOf(decision.Sender, decision.Sequence);
            if (changed.Contains(place))
            {
                Place(node, decision.Outcome, decided.Block);
                before = Follow(before, node);
            }
            else
            {
                Decide(node, decision.Outcome);
                Float(decided.Block, node);
            }
        }

        _batches[decided.Batch] = decided.Parts.ToDictionary(
            part => part.Netuid, part => part.Operations.Select(place => place < nodes.Length ? nodes[place]! : BlockNode(decided.Block)).Distinct().ToArray());
    }

    private void Float(BlockNumber block, OrderNode node)
    {
        if (!_floating.TryGetValue(block.Value, out var floating)) _floating.Add(block.Value, floating = []);
        floating.Add(node);
    }

    private void AddTransfers(AccountId account, IReadOnlyList<AccountEvent> events)
    {
        if (account == AccountDecider.DustAccount) return;
        foreach (var credited in events.OfType<TaoCredited>().Where(IsTransfer))
        {
            Place(NodeOf(credited.Sender, credited.Sequence), credited.Error == LedgerError.None ? CallOutcome.Done : CallOutcome.Refused(credited.Error), credited.Seen);
        }
    }

    private static bool IsTransfer(TaoCredited credited) =>
        credited.Error is not (CreditOutcome.Never or CreditOutcome.Yielded) && !SystemSenders.IsSystem(credited.Sender);

    private void LinkPool(NetUid netuid, IReadOnlyList<PoolEvent> events)
    {
        OrderNode? before = null;
        var block = BlockNumber.Genesis;
        foreach (var happened in events)
        {
            switch (happened)
            {
                case CallDecided { Outcome.Outcome: { } outcome } decided:
                    if (decided.Outcome.Block != block) throw new ImpossibleHistoryException($"subnet {netuid} decided for block {decided.Outcome.Block} in block {block}");
                    before = Follow(before, Place(NodeOf(decided.Sender, decided.Sequence), outcome, block));
                    break;
                case LaneApplied applied:
                    foreach (var placed in _batches[applied.Batch][netuid]) before = Follow(before, placed);
                    break;
                case BlockApplied applied:
                    if (applied.Block != block.Next) throw new ImpossibleHistoryException($"subnet {netuid} applied block {applied.Block} after block {block}");
                    block = applied.Block;
                    before = Follow(before, BlockNode(block));
                    break;
            }
        }
    }

    /// <summary>
    /// An operation comes after what was settled before it began, and before what began after it was settled. Moments between an account's events stand for
    /// that, so that links do not grow with the square of their number.
    /// </summary>
    private void LinkAccount(AccountId account, IReadOnlyList<AccountEvent> events)
    {
        if (account == AccountDecider.DustAccount) return;
        var begun = new Dictionary<ulong, OrderNode>();
        var last = _graph.Add(new OrderNode($"the beginning of {account}"));
        for (var i = 0; i < events.Count; i++)
        {
            var after = _graph.Add(new OrderNode($"event {i} of {account}"));
            last.Later.Add(after);
            switch (events[i])
            {
                case OperationStarted { Operation: var operation }:
                    begun[operation.Sequence] = last;
                    break;
                case OperationYielded yielded:
                    begun.Remove(yielded.Sequence);
                    break;
                case OperationResumed { Operation: var operation }:
                    begun[operation.Sequence] = last;
                    break;
                case OperationSettled settled:
                    LinkSettled(NodeOf(account, settled.Sequence), settled, begun.GetValueOrDefault(settled.Sequence, last), after);
                    break;
                case OperationDecidedHere decided:
                    LinkBetween(last, _byId[decided.Id], after);
                    break;
                case TaoCredited credited when IsTransfer(credited):
                    LinkBetween(last, NodeOf(credited.Sender, credited.Sequence), after);
                    break;
            }

            last = after;
        }
    }

    /// <summary>What the account settled; a transfer that had let others go first, and that then its own account refused, nobody else has an event of.</summary>
    private void LinkSettled(OrderNode node, OperationSettled settled, OrderNode begun, OrderNode ended)
    {
        var isTransfer = node.Call!.Kind is CallKind.Transfer or CallKind.TransferAll;
        if (node.Outcome is null && isTransfer && settled.Receipt.Outcome is { IsOk: false } refused) Place(node, refused, settled.Receipt.Block);
        if (node.IsPlaced) LinkBetween(begun, node, ended);
    }

    private static void LinkBetween(OrderNode earlier, OrderNode node, OrderNode later)
    {
        earlier.Later.Add(node);
        node.Later.Add(later);
    }

    private OrderNode NodeOf(AccountId sender, ulong sequence) => _bySequence.TryGetValue((sender, sequence), out var node)
        ? node
        : throw new ImpossibleHistoryException($"operation {sequence} of {sender} was decided and never begun");

    private OrderNode BlockNode(BlockNumber block)
    {
        if (!_blocks.TryGetValue(block.Value, out var node)) _blocks.Add(block.Value, node = _graph.Add(new OrderNode($"block {block}") { Block = block }));
        return node;
    }

    /// <summary>Places a node after the one before it in an actor's own order.</summary>
    private static OrderNode? Follow(OrderNode? before, OrderNode? node)
    {
        if (node is null || node == before) return before;
        before?.Later.Add(node);
        return node;
    }
}

using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>One thing that a sequential order places: an operation with its outcome, or a block.</summary>
internal sealed class OrderNode(string name, AccountId signer, Call? call)
{
    public AccountId Signer => signer;

    /// <summary>Null for a block.</summary>
    public Call? Call => call;

    /// <summary>Null while, and if, nobody decided it.</summary>
    public CallOutcome? Outcome { get; set; }

    public List<OrderNode> Later { get; } = [];

    public int EarlierCount { get; set; }

    public override string ToString() => name;
}

/// <summary>
/// Collects from the durable journals which operation each actor saw before which other, and sorts. An actor that decides sees
/// an operation at one event. The account that sent it sees it somewhere between start and settlement: its rules must make the
/// place within that irrelevant, except for operations that run alone, which see exactly what the account held when they left.
/// </summary>
internal sealed partial class HistoryOrder
{
    private readonly List<OrderNode> _nodes = [];
    private readonly Dictionary<(AccountId, ulong), OrderNode> _bySequence = [];
    private readonly Dictionary<OperationId, OrderNode> _byId = [];
    private readonly Dictionary<BlockNumber, OrderNode> _blocks = [];
    private readonly Dictionary<(AccountId, ulong), long> _sentAt = [];
    private readonly Dictionary<(AccountId, ulong), OrderNode> _directs = [];
    private readonly List<OrderNode> _feeless = [];
    private readonly List<OrderNode> _feeOwed = [];
    private readonly World _world;

    public HistoryOrder(World world, Client client)
    {
        _world = world;
        foreach (var record in world.Accounts.Values) AddStarts(record, client);
        if (world.Lane is { } lane) AddBatches(lane);
        foreach (var record in world.Pools.Values) AddDecisions(record);
        foreach (var record in world.Accounts.Values) AddCredits(record);
        foreach (var record in world.Accounts.Values) LinkAccount(record);
        LinkFirstFees();
        foreach (var record in world.Validators.Values) LinkHotkey(record);
    }

    public OrderNode? Find(OperationId id) => _byId.TryGetValue(id, out var node) && node.Outcome is not null ? node : null;

    /// <summary>An order in which everything comes after what it must follow; null when there is none.</summary>
    public List<OrderNode>? Sort()
    {
        _nodes.RemoveAll(node => node.Call is not null && node.Outcome is null);
        foreach (var node in _nodes) node.Later.RemoveAll(later => later.Call is not null && later.Outcome is null);
        foreach (var node in _nodes) node.EarlierCount = 0;
        foreach (var node in _nodes)
        {
            foreach (var later in node.Later) later.EarlierCount++;
        }

        var sorted = _nodes.Where(node => node.EarlierCount == 0).ToList();
        for (var i = 0; i < sorted.Count; i++)
        {
            foreach (var later in sorted[i].Later)
            {
                if (--later.EarlierCount == 0) sorted.Add(later);
            }
        }

        return sorted.Count == _nodes.Count ? sorted : null;
    }

    /// <summary>What could not be sorted.</summary>
    public IEnumerable<string> Cycle() => _nodes.Where(node => node.EarlierCount > 0)
        .Select(node => $"{node} before ({string.Join("; ", node.Later.Where(later => later.EarlierCount > 0))})");

    private void AddStarts(ActorRecord<AccountState, AccountEvent> record, Client client)
    {
        var yielded = new HashSet<OperationId>();
        var ids = new Dictionary<ulong, OperationId>();
        foreach (var happened in record.Durable)
        {
            switch (happened)
            {
                case OperationStarted { Operation.Route: OperationRoute.Registry } started:
                    _sudo[started.Operation.Id] = Add($"{started.Operation.Call.Kind} #{started.Operation.Sequence} of {record}", SystemSenders.Registry, started.Operation.Call);
                    _bySequence.Add((record.Image.Id, started.Operation.Sequence), _byId[started.Operation.Id] = _sudo[started.Operation.Id]);
                    ids.Add(started.Operation.Sequence, started.Operation.Id);
                    break;
                case OperationStarted started:
                    var node = Add($"{started.Operation.Call.Kind} #{started.Operation.Sequence} of {record}", record.Image.Id, started.Operation.Call);
                    _bySequence.Add((record.Image.Id, started.Operation.Sequence), node);
                    _byId[started.Operation.Id] = node;
                    ids.Add(started.Operation.Sequence, started.Operation.Id);
                    break;
                case OperationResumed resumed:
                    _bySequence.Add((record.Image.Id, resumed.Operation.Sequence), _byId[resumed.Operation.Id]);
                    ids.Add(resumed.Operation.Sequence, resumed.Operation.Id);
                    yielded.Remove(resumed.Operation.Id);
                    break;
                case OperationSettled { Receipt: { Outcome: { } outcome } receipt } when yielded.Contains(receipt.Id):
                    _byId[receipt.Id].Outcome = outcome;
                    break;
                case OperationYielded yielding:
                    yielded.Add(ids[yielding.Sequence]);
                    break;
                case OperationDecidedHere decided:
                    var call = client.Operations.Find(operation => operation.Operation.Id == decided.Id)!.Operation.Call;
                    _byId[decided.Id] = Add($"{call.Kind} alone of {record}", record.Image.Id, call);
                    _byId[decided.Id].Outcome = decided.Receipt.Outcome;
                    break;
            }
        }
    }

    private void AddDecisions(ActorRecord<PoolState, PoolEvent> record)
    {
        OrderNode? before = null;
        var netuid = Netuids[record];
        var absences = new Absences(_world.Genesis.Built.Subnets.Any(books => books.Netuid == netuid));
        ulong outgoing = 1;
        for (var i = 0; i < record.Durable.Count; i++)
        {
            before = LinkReads(netuid, i, before, absences);
            OrderNode? node = null;
            switch (record.Durable[i])
            {
                case CallDecided { Outcome.Outcome: { } outcome } decided:
                    node = _bySequence[(decided.Sender, decided.Sequence)];
                    node.Outcome = outcome;
                    _sentAt[(decided.Sender, decided.Sequence)] = SenderVersion(record.Notes[i], node);
                    if (decided.NewOwner is { } owned) _givers[owned.Hotkey] = node;
                    SortByFee(decided, node);
                    if (decided.Direct is not null) _directs.Add((AccountId.OfSubnet(netuid), outgoing++), node);
                    if (absences.Notice(node)) node = null;
                    break;
                case LaneApplied applied:
                    absences.Change(applied);
                    break;
                case GiftReceived gift when gift.Sender != SystemSenders.Lane:
                    node = _bySequence[(gift.Sender, gift.Sequence)];
                    node.Outcome = gift.Error == LedgerError.None ? CallOutcome.Done : CallOutcome.Refused(gift.Error);
                    break;
                case OwedSent:
                    outgoing++;
                    break;
                case BlockApplied made:
                    node = BlockNode(made.Block);
                    break;
            }

            before = Follow(before, node);
        }

        LinkReads(netuid, record.Durable.Count, before, absences);
    }

    /// <summary>Places a node after the one before it in an actor's own order.</summary>
    private static OrderNode? Follow(OrderNode? before, OrderNode? node)
    {
        if (node is null || node == before) return before;
        before?.Later.Add(node);
        return node;
    }

    private OrderNode BlockNode(BlockNumber block)
    {
        if (!_blocks.TryGetValue(block, out var node)) _blocks.Add(block, node = Add($"block {block}", default, null));
        return node;
    }

    /// <summary>Whether the pool took the fee account for existing when it decided, as far as that made a difference.</summary>
    private void SortByFee(CallDecided decided, OrderNode node)
    {
        if (decided.Changes.Owed.Count > 0) _feeOwed.Add(node);
        else if (decided.Outcome.Outcome!.Error == LedgerError.BelowMinimum) _feeless.Add(node);
        else if (decided.Direct is null && decided.Outcome.Outcome.Moves.Any(move => move.Kind == StakeMoveKind.In && move.Fee > 0)) _feeless.Add(node);
    }

    private void AddCredits(ActorRecord<AccountState, AccountEvent> record)
    {
        foreach (var happened in record.Durable)
        {
            if (happened is not TaoCredited { Error: not (CreditOutcome.Never or CreditOutcome.Yielded) } credited) continue;
            if (record.Image.Id == AccountDecider.DustAccount || SystemSenders.IsSystem(credited.Sender)) continue;
            _bySequence[(credited.Sender, credited.Sequence)].Outcome =
                credited.Error == LedgerError.None ? CallOutcome.Done : CallOutcome.Refused(credited.Error);
        }
    }

    private void LinkAccount(ActorRecord<AccountState, AccountEvent> record)
    {
        var id = record.Image.Id;
        if (id == AccountDecider.DustAccount) return;
        var seen = new List<(OrderNode Node, long From, long To)>();
        var places = new Dictionary<ulong, int>();
        var yielded = new HashSet<ulong>();
        for (var i = 0; i < record.Durable.Count; i++)
        {
            switch (record.Durable[i])
            {
                case OperationStarted { Operation: var operation }:
                    places.Add(operation.Sequence, seen.Count);
                    var isTransfer = operation.Route == OperationRoute.Transfer;
                    var isExclusive = operation.IsExclusive && ReadsBalance(operation.Route);
                    var sentAt = (2 * _sentAt.GetValueOrDefault((id, operation.Sequence), i)) - 1;
                    seen.Add((_bySequence[(id, operation.Sequence)], isExclusive && !isTransfer ? sentAt : 2 * i,
                        !isExclusive ? long.MaxValue : isTransfer ? 2 * i : sentAt));
                    break;
                case OperationSettled settled:
                    var place = places[settled.Sequence];
                    if (yielded.Contains(settled.Sequence)) seen[place] = seen[place] with { From = 2 * i, To = 2 * i };
                    if (seen[place].To == long.MaxValue) seen[place] = seen[place] with { To = 2 * i };
                    break;
                case OperationDecidedHere decided:
                    seen.Add((_byId[decided.Id], 2 * i, 2 * i));
                    break;
                case OperationYielded yielding:
                    seen[places[yielding.Sequence]] = seen[places[yielding.Sequence]] with { From = long.MinValue, To = long.MaxValue };
                    yielded.Add(yielding.Sequence);
                    break;
                case OperationResumed { Operation: var operation } resumed:
                    yielded.Remove(resumed.FormerSequence);
                    places.Add(operation.Sequence, places[resumed.FormerSequence]);
                    seen[places[operation.Sequence]] = seen[places[operation.Sequence]] with { From = 2 * i, To = operation.IsExclusive ? 2 * i : long.MaxValue };
                    break;
                case TaoCredited { Error: not (CreditOutcome.Never or CreditOutcome.Yielded) } credited:
                    foreach (var node in SendersOf(credited)) seen.Add((node, 2 * i, 2 * i));
                    break;
            }
        }

        foreach (var (node, _, to) in seen)
        {
            foreach (var (other, from, _) in seen)
            {
                if (to < from && other != node) node.Later.Add(other);
            }
        }
    }

    /// <summary>Neither the registry nor a hotkey looks at what a signer holds.</summary>
    private static bool ReadsBalance(OperationRoute route) => route is OperationRoute.Transfer or OperationRoute.Pool or OperationRoute.Lane;

    /// <summary>Operations that found no fee account come before all that made it; those that found one come after the first that did.</summary>
    private void LinkFirstFees()
    {
        var feeAccount = _world.AccountOf(_world.Genesis.FeeAccount);
        if (_world.Genesis.FeeAccountExists) return;
        var makers = new List<OrderNode>();
        foreach (var happened in feeAccount.Durable)
        {
            if (happened is not TaoCredited { Error: LedgerError.None } credited || credited.Amount.IsZero) continue;
            makers.AddRange(SendersOf(credited));
        }

        foreach (var maker in makers)
        {
            foreach (var node in _feeless) node.Later.Add(maker);
        }

        foreach (var node in _feeOwed)
        {
            if (makers.Count > 0 && makers[0] != node) makers[0].Later.Add(node);
        }
    }

    /// <summary>The transfer, the operation with a first fee, or the operations of a batch that a credit came from.</summary>
    private OrderNode[] SendersOf(TaoCredited credited)
    {
        if (credited.Sender == SystemSenders.Lane) return _payers.GetValueOrDefault(credited.Sequence, []);
        var key = (credited.Sender, credited.Sequence);
        return _directs.TryGetValue(key, out var node) || _bySequence.TryGetValue(key, out node) ? [node] : [];
    }

    private OrderNode Add(string name, AccountId signer, Call? call)
    {
        var node = new OrderNode(name, signer, call);
        _nodes.Add(node);
        return node;
    }
}

using System.Collections.Concurrent;
using Dtao.Economics;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Hosting.Cluster;

namespace Dtao.Hosting.Chaos;

/// <summary>Everything that ever happened to accounts, blocks, and pools, as their journals tell it from the first event on; and what in it cannot be.</summary>
public sealed class StoredHistory
{
    private const int WidthMax = 64;

    private readonly ConcurrentDictionary<OperationId, string> _ended = [];
    private readonly List<BlockHeader> _headers = [];
    private readonly ConcurrentQueue<string> _operationFaults = [];
    private readonly List<string> _blockFaults = [];

    /// <summary>Headers of closed blocks, in the journal's order.</summary>
    public IReadOnlyList<BlockHeader> Headers => _headers;

    public int Ended => _ended.Count;

    public static async Task<StoredHistory> ReadAsync(ClusterStore store, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        return await ReadAsync(store.Journals, await store.ReadActorKeysAsync(cancellationToken), cancellationToken);
    }

    /// <summary>Reads only the journals that are named, and the coordinator's.</summary>
    public static async Task<StoredHistory> ReadAsync(IActorJournals journals, IReadOnlyCollection<string> actorKeys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(journals);
        ArgumentNullException.ThrowIfNull(actorKeys);
        var history = new StoredHistory();
        await history.AddAccounts(journals, actorKeys, cancellationToken);
        history.AddBlocks(await journals.ReadEventsAsync(ActorKeys.Coordinator, 1, int.MaxValue));
        foreach (var key in PoolsOf(actorKeys)) history.AddPool(key, await journals.ReadEventsAsync(key, 1, int.MaxValue));
        return history;
    }

    /// <summary>As the other, of a network that goes on: blocks are read as they stood at one instant, so that pools and headers are of the same one.</summary>
    /// <param name="readThen">All events of an actor at that instant.</param>
    public static async Task<StoredHistory> ReadAsync(
        IActorJournals journals, IReadOnlyCollection<string> actorKeys, Func<string, IEnumerable<ReadOnlyMemory<byte>>> readThen, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(journals);
        ArgumentNullException.ThrowIfNull(actorKeys);
        ArgumentNullException.ThrowIfNull(readThen);
        var history = new StoredHistory();
        await history.AddAccounts(journals, actorKeys, cancellationToken);
        history.AddBlocks(readThen(ActorKeys.Coordinator));
        foreach (var key in PoolsOf(actorKeys)) history.AddPool(key, readThen(key));
        return history;
    }

    /// <summary>Operations that did not come to just one end, or to another than their clients were told, or that no client knows of.</summary>
    public List<string> FindOperationFaults(IReadOnlyCollection<Acknowledged> acknowledged)
    {
        ArgumentNullException.ThrowIfNull(acknowledged);
        List<string> found = [.. _operationFaults];
        var known = new HashSet<OperationId>();
        foreach (var (operation, receipt) in acknowledged)
        {
            known.Add(operation.Id);
            if (!_ended.TryGetValue(operation.Id, out var stored)) found.Add($"operation {operation.Id} ({operation.Call.Kind}) was acknowledged, and has no end in the journal of {operation.Signer}");
            else if (stored != Acknowledged.Line(receipt)) found.Add($"acknowledged was '{Acknowledged.Line(receipt)}', and the journal has '{stored}'");
        }

        foreach (var id in _ended.Keys.Where(id => !known.Contains(id))) found.Add($"operation {id} took place, and no client was told");
        return found;
    }

    /// <summary>Blocks that are missing, doubled, or out of their chain; and headers that clients saw and that are not there.</summary>
    /// <param name="seen">Hashes by block, as they were seen while the network ran.</param>
    public List<string> FindBlockFaults(IReadOnlyDictionary<ulong, byte[]> seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        List<string> found = [.. _blockFaults];
        var (next, parent) = (new BlockNumber(1), BlockHashes.NoParent());
        foreach (var header in _headers)
        {
            if (header.Number != next) found.Add($"after block {next.Value - 1} comes block {header.Number}");
            if (!header.ParentHash.AsSpan().SequenceEqual(parent)) found.Add($"block {header.Number} names another parent than the block before it");
            if (!header.Hash.AsSpan().SequenceEqual(BlockHashes.OfHeader(header))) found.Add($"block {header.Number} has a hash that is not its own");
            (next, parent) = (header.Number.Next, header.Hash);
        }

        foreach (var (block, hash) in seen)
        {
            var header = block >= 1 && block <= (ulong)_headers.Count ? _headers[(int)block - 1] : null;
            if (header is null || !header.Hash.AsSpan().SequenceEqual(hash)) found.Add($"block {block} was seen with another hash than it has now");
        }

        return found;
    }

    private static IEnumerable<string> PoolsOf(IReadOnlyCollection<string> actorKeys) => actorKeys.Where(key => key.StartsWith(ActorKeys.PoolPrefix, StringComparison.Ordinal));

    private Task AddAccounts(IActorJournals journals, IReadOnlyCollection<string> actorKeys, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        actorKeys.Where(key => key.StartsWith(ActorKeys.AccountPrefix, StringComparison.Ordinal)),
        new ParallelOptions { MaxDegreeOfParallelism = WidthMax, CancellationToken = cancellationToken },
        async (key, _) => AddAccount(key, await journals.ReadEventsAsync(key, 1, int.MaxValue)));

    private void AddAccount(string key, IReadOnlyList<ReadOnlyMemory<byte>> events)
    {
        var begun = new Dictionary<ulong, OperationId>();
        foreach (var bytes in events)
        {
            switch (AccountModel.Instance.ReadOne(bytes.Span))
            {
                case OperationStarted started:
                    if (!begun.TryAdd(started.Operation.Sequence, started.Operation.Id)) _operationFaults.Enqueue($"{key}: sequence {started.Operation.Sequence} began twice");
                    break;
                case OperationResumed resumed:
                    if (!begun.Remove(resumed.FormerSequence) || !begun.TryAdd(resumed.Operation.Sequence, resumed.Operation.Id)) _operationFaults.Enqueue($"{key}: {resumed.Operation.Id} began anew without a beginning");
                    break;
                case OperationSettled settled:
                    if (!begun.Remove(settled.Sequence, out var id) || id != settled.Receipt.Id) _operationFaults.Enqueue($"{key}: {settled.Receipt.Id} ended without a beginning");
                    End(key, settled.Receipt);
                    break;
                case OperationDecidedHere decided:
                    End(key, decided.Receipt);
                    break;
            }
        }

        foreach (var id in begun.Values) _operationFaults.Enqueue($"{key}: {id} began and has no end");
    }

    private void End(string key, Receipt receipt)
    {
        if (!_ended.TryAdd(receipt.Id, Acknowledged.Line(receipt))) _operationFaults.Enqueue($"{key}: {receipt.Id} ended twice");
    }

    private void AddBlocks(IEnumerable<ReadOnlyMemory<byte>> events)
    {
        foreach (var bytes in events)
        {
            if (CoordinatorModel.Instance.ReadOne(bytes.Span) is BlockClosed closed) _headers.Add(closed.Header);
        }
    }

    /// <summary>Each pool of the genesis has applied each block once, in order, and no more than are closed.</summary>
    private void AddPool(string key, IEnumerable<ReadOnlyMemory<byte>> events)
    {
        var last = 0UL;
        foreach (var bytes in events)
        {
            if (PoolModel.Instance.ReadOne(bytes.Span) is not BlockApplied applied) continue;
            if (applied.Block.Value != last + 1) _blockFaults.Add($"{key} applied block {applied.Block} after block {last}");
            last = applied.Block.Value;
        }

        var closed = (ulong)_headers.Count;
        if (last < closed || last > closed + 1) _blockFaults.Add($"{key} has applied {last} blocks, and {closed} are closed");
    }
}

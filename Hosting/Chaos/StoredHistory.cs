using System.Collections.Concurrent;
using Dtao.Economics;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Hosting.Cluster;
using Dtao.Storage;

namespace Dtao.Hosting.Chaos;

/// <summary>Everything that ever happened to accounts, blocks, and pools, as their journals tell it from the first event on; and what in it cannot be.</summary>
public sealed class StoredHistory
{
    private const int WidthMax = 64;

    private readonly ConcurrentDictionary<OperationId, string> _ended = [];
    private readonly HashSet<AccountId> _signers = [];
    private readonly List<BlockHeader> _headers = [];
    private int _pools;
    private readonly ConcurrentQueue<string> _operationFaults = [];
    private readonly List<string> _blockFaults = [];

    /// <summary>Headers of closed blocks, in the journal's order.</summary>
    public IReadOnlyList<BlockHeader> Headers => _headers;

    public int Ended => _ended.Count;

    /// <summary>Accounts in whose journals an operation has ended.</summary>
    public IReadOnlySet<AccountId> Signers => _signers;

    /// <summary>How many pools' journals were read.</summary>
    public int Pools => _pools;

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

    /// <summary>Reads all accounts, pools, and blocks of one instant in one go over the file, while the network goes on.</summary>
    /// <param name="between">Given an actor's key and its reader; what it returns is told the journal in the reader's place.</param>
    /// <exception cref="StoreException">The stored bytes do not fit their digests.</exception>
    public static StoredHistory Read(JournalReadView view, Func<string, IJournalReader, IJournalReader>? between = null)
    {
        ArgumentNullException.ThrowIfNull(view);
        var history = new StoredHistory();
        var blocks = new BlockReader(history);
        var (accounts, pools) = (new List<AccountReader>(), new List<PoolReader>());
        view.ReadAll(key => Open(key) is { } reader ? between?.Invoke(key, reader) ?? reader : null, fromFirstEvent: true);
        foreach (var account in accounts) account.End();
        foreach (var pool in pools) pool.End();
        return history;

        IJournalReader? Open(string actorKey)
        {
            if (actorKey == ActorKeys.Coordinator) return blocks;
            if (actorKey.StartsWith(ActorKeys.AccountPrefix, StringComparison.Ordinal)) return Keep(accounts, new(history, actorKey));
            return actorKey.StartsWith(ActorKeys.PoolPrefix, StringComparison.Ordinal) ? Keep(pools, new(history, actorKey)) : null;
        }

        static TReader Keep<TReader>(List<TReader> readers, TReader reader)
        {
            readers.Add(reader);
            return reader;
        }
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
        var account = new AccountReader(this, key);
        foreach (var bytes in events) account.Take(bytes.Span);
        account.End();
    }

    private void AddBlocks(IEnumerable<ReadOnlyMemory<byte>> events)
    {
        var blocks = new BlockReader(this);
        foreach (var bytes in events) blocks.Take(bytes.Span);
    }

    private void AddPool(string key, IEnumerable<ReadOnlyMemory<byte>> events)
    {
        var pool = new PoolReader(this, key);
        foreach (var bytes in events) pool.Take(bytes.Span);
        pool.End();
    }

    /// <summary>Follows the operations of one account from their beginning to their end.</summary>
    private sealed class AccountReader(StoredHistory history, string key) : IJournalReader
    {
        /// <summary>Null while nothing is under way, as with most of a million accounts.</summary>
        private Dictionary<ulong, OperationId>? _begun;

        private bool _hasEnded;

        public void Begin(ReadOnlyMemory<byte>? snapshot)
        {
        }

        public void Take(ReadOnlySpan<byte> canonicalEvent)
        {
            switch (AccountModel.Instance.ReadOne(canonicalEvent))
            {
                case OperationStarted started:
                    if (!Start(started.Operation)) Fault($"sequence {started.Operation.Sequence} began twice");
                    break;
                case OperationResumed resumed:
                    if (!Stop(resumed.FormerSequence, out _) || !Start(resumed.Operation)) Fault($"{resumed.Operation.Id} began anew without a beginning");
                    break;
                case OperationSettled settled:
                    if (!Stop(settled.Sequence, out var id) || id != settled.Receipt.Id) Fault($"{settled.Receipt.Id} ended without a beginning");
                    Settle(settled.Receipt);
                    break;
                case OperationDecidedHere decided:
                    Settle(decided.Receipt);
                    break;
            }
        }

        public void End()
        {
            if (_begun is null) return;
            foreach (var id in _begun.Values) Fault($"{id} began and has no end");
        }

        private bool Start(InFlightOperation operation) => (_begun ??= []).TryAdd(operation.Sequence, operation.Id);

        private bool Stop(ulong sequence, out OperationId id)
        {
            id = default;
            if (_begun is null || !_begun.Remove(sequence, out id)) return false;
            if (_begun.Count == 0) _begun = null;
            return true;
        }

        private void Settle(Receipt receipt)
        {
            if (!history._ended.TryAdd(receipt.Id, Acknowledged.Line(receipt))) Fault($"{receipt.Id} ended twice");
            if (_hasEnded) return;
            _hasEnded = true;
            lock (history._signers) history._signers.Add(AccountId.ParseHex(key.AsSpan(ActorKeys.AccountPrefix.Length)));
        }

        private void Fault(string what) => history._operationFaults.Enqueue($"{key}: {what}");
    }

    private sealed class BlockReader(StoredHistory history) : IJournalReader
    {
        public void Begin(ReadOnlyMemory<byte>? snapshot)
        {
        }

        public void Take(ReadOnlySpan<byte> canonicalEvent)
        {
            if (CoordinatorModel.Instance.ReadOne(canonicalEvent) is BlockClosed closed) history._headers.Add(closed.Header);
        }
    }

    /// <summary>Each pool of the genesis has applied each block once, in order, and no more than are closed.</summary>
    private sealed class PoolReader(StoredHistory history, string key) : IJournalReader
    {
        private ulong _last;

        public void Begin(ReadOnlyMemory<byte>? snapshot)
        {
        }

        public void Take(ReadOnlySpan<byte> canonicalEvent)
        {
            if (PoolModel.Instance.ReadOne(canonicalEvent) is not BlockApplied applied) return;
            if (applied.Block.Value != _last + 1) history._blockFaults.Add($"{key} applied block {applied.Block} after block {_last}");
            _last = applied.Block.Value;
        }

        /// <summary>When all headers are known.</summary>
        public void End()
        {
            history._pools++;
            var closed = (ulong)history._headers.Count;
            if (_last < closed || _last > closed + 1) history._blockFaults.Add($"{key} has applied {_last} blocks, and {closed} are closed");
        }
    }
}

using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Genesis;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;

namespace Dtao.Hosting.Export;

/// <summary>An empty grain storage of a cluster. Records are only inserted, always the same ones, so that an import that was killed is repeated.</summary>
/// <remarks>
/// The place of the genesis document is taken first, and silos that find the import there do not start; it is given its meaning last. Every journal is read back, as an
/// actor would read it and from its first event, before the next ones are waited for. Accounts with something in flight are noted as those of a silo that is dead, so that the first silo that
/// starts wakes them.
/// </remarks>
public sealed class GrainStorageTarget : INetworkTarget
{
    /// <summary>In whose name unfinished accounts are noted; no silo has this address.</summary>
    public const string ImportedSilo = "127.0.0.1:0@1";

    /// <summary>Goes up when journals are cut into records otherwise.</summary>
    private const byte Layout = 1;

    private const int SegmentBytesMax = 128 * 1024;
    private const int SegmentEventsMax = 512;
    private const int InsertsMax = 128;
    private const int JournalsMax = 64;
    private const int SegmentsAhead = 4;
    private const int NotedAtOnce = 1_000;

    private readonly IGrainStorage _storage;
    private readonly IAsyncDisposable? _owned;
    private readonly Func<CancellationToken, Task>? _refuse;
    private readonly TimeProvider _time;
    private readonly GrainStorageJournals _journals;
    private readonly SemaphoreSlim _slots = new(InsertsMax, InsertsMax);
    private readonly Queue<Task<LedgerTally>> _ending = new();
    private readonly LedgerTally _stored = new();
    private readonly List<string> _unfinished = [];
    private NetworkFileReport? _file;
    private GenesisDocument? _document;
    private JournalCopy? _copy;

    /// <param name="refuse">Looked at before anything is written; throws when the import must not begin.</param>
    internal GrainStorageTarget(IGrainStorage storage, Func<CancellationToken, Task>? refuse = null, TimeProvider? time = null, IAsyncDisposable? owned = null)
    {
        (_storage, _refuse, _time, _owned) = (storage, refuse, time ?? TimeProvider.System, owned);
        _journals = new GrainStorageJournals(storage);
    }

    /// <summary>The storage account of a cluster that is not there yet.</summary>
    /// <exception cref="Storage.StoreException">The account cannot be reached, or the table is laid out otherwise.</exception>
    public static async Task<GrainStorageTarget> OpenAsync(ClusterSiloOptions options, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        var store = await ClusterStore.OpenAsync(options, cancellationToken);
        return new GrainStorageTarget(store.Storage, _ => ClusterStore.RefuseIfRunningAsync(options, time), time, store);
    }

    public async Task BeginAsync(NetworkFileReport file, CancellationToken cancellationToken)
    {
        if (_refuse is not null) await _refuse(cancellationToken);
        var (isTaken, isImport) = await Genesis.TryBeginImportAsync(file.Digest, Layout);
        if (!isTaken && isImport) throw new NetworkFileException(NetworkFileErrorCode.OtherImportUnfinished, "Another file, or the same with another version of this program, is being imported there.");
        if (!isTaken) throw new NetworkFileException(NetworkFileErrorCode.TargetNotEmpty, "The account holds a ledger in that table and service.");
        _file = file;
    }

    public async ValueTask WriteAsync(LedgerItem item, CancellationToken cancellationToken)
    {
        switch (item.Kind)
        {
            case LedgerItemKind.Document:
                _document = GenesisDocumentReader.Read(item.Bytes.ToArray()).Document;
                break;
            case LedgerItemKind.Actor:
                _copy = new JournalCopy(item.ActorKey, item.Number);
                break;
            case LedgerItemKind.Genesis:
                _copy!.Genesis = item.Bytes;
                var (key, isNewest) = (_copy.ActorKey, _copy.SnapshotAt == 0);
                await Insert(() => isNewest ? _journals.InsertFirstAsync(key, item.Bytes) : _journals.InsertGenesisAsync(key, item.Bytes), cancellationToken);
                break;
            case LedgerItemKind.Event:
                _copy!.Segment.Add(item.Bytes);
                _copy.SegmentBytes += item.Bytes.Length;
                _copy.Last = item.Number;
                if (_copy.KeepsTail) _copy.Tail.Add(item.Bytes);
                if (_copy.Segment.Count >= SegmentEventsMax || _copy.SegmentBytes >= SegmentBytesMax || item.Number == _copy.SnapshotAt) await EndSegment(cancellationToken);
                break;
            case LedgerItemKind.Snapshot:
                var (actorKey, state) = (_copy!.ActorKey, item.Bytes);
                (_copy.Newest, _copy.Tail) = (_copy.KeepsTail ? state : default, []);
                await Insert(() => _journals.InsertSnapshotAsync(actorKey, item.Number, state), cancellationToken);
                break;
            default:
                await End(item, cancellationToken);
                break;
        }
    }

    public async Task<LedgerTotals> FinishAsync(CancellationToken cancellationToken)
    {
        while (_ending.Count > 0) await TakeEnded();
        await using var accounts = new ActiveAccounts(_journals, Directory, NullLogger<ActiveAccounts>.Instance);
        // Also where no account is unfinished: whoever takes up what this silo left wakes pools, lane, and coordinator too.
        await Directory.AddAsync(ImportedSilo);
        accounts.BeginAs(ImportedSilo);
        foreach (var some in _unfinished.Chunk(NotedAtOnce)) await Task.WhenAll(some.Select(account => accounts.EnterAsync(account).AsTask()));
        return _stored.Totals();
    }

    public Task PublishAsync(CancellationToken cancellationToken) =>
        Genesis.FinishImportAsync(_file!.Digest, _document, _file.Manifest.Name, _file.Manifest.NetworkId);

    public async ValueTask DisposeAsync()
    {
        foreach (var ending in _ending) await ((Task)ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_copy is not null) await Task.WhenAll(_copy.Inserts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _slots.Dispose();
        if (_owned is not null) await _owned.DisposeAsync();
    }

    private StoredGenesis Genesis => new(_storage, _time, NullLogger.Instance);

    private SiloDirectory Directory => new(_storage, () => 0);

    private async ValueTask EndSegment(CancellationToken cancellationToken)
    {
        if (_copy!.Segment.Count == 0) return;
        var (key, first, events) = (_copy.ActorKey, _copy.Last - _copy.Segment.Count + 1, _copy.Segment);
        _copy.Segments.Add(first);
        (_copy.Segment, _copy.SegmentBytes) = ([], 0);
        await Insert(() => _journals.InsertSegmentAsync(key, first, events), cancellationToken);
    }

    /// <summary>Begins an insert when there is room for it. Its failure shows at the journal's end.</summary>
    private async ValueTask Insert(Func<Task> insert, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        _copy!.Inserts.RemoveAll(done => done.IsCompletedSuccessfully);
        _copy.Inserts.Add(Run());

        async Task Run()
        {
            try
            {
                await insert();
            }
            finally
            {
                _slots.Release();
            }
        }
    }

    private async ValueTask End(LedgerItem end, CancellationToken cancellationToken)
    {
        await EndSegment(cancellationToken);
        var copy = _copy!;
        _copy = null;
        if (copy.KeepsTail && copy.Restore().HasUnfinished) _unfinished.Add(copy.ActorKey);
        _ending.Enqueue(ReadBack(copy, end));
        while (_ending.Count >= JournalsMax) await TakeEnded();
    }

    private async Task TakeEnded() => _stored.Add(await _ending.Dequeue());

    /// <summary>Counts a journal as it is stored, when all of it is.</summary>
    private async Task<LedgerTally> ReadBack(JournalCopy copy, LedgerItem end)
    {
        await Task.WhenAll(copy.Inserts);
        var tally = new LedgerTally();
        try
        {
            var records = new JournalRecords(copy.ActorKey, HasHead: true, HasGenesis: copy.Genesis is not null, copy.Segments);
            await foreach (var item in records.ReadAsync(_journals, SegmentsAhead)) tally.Take(item.Kind == LedgerItemKind.End ? end : item);
        }
        catch (InvalidDataException differs)
        {
            throw new NetworkFileException(NetworkFileErrorCode.ReadBackDiffers, $"The journal of '{copy.ActorKey}' is stored otherwise than in the file: {differs.Message}", differs);
        }

        return tally;
    }

    /// <summary>One journal on its way.</summary>
    private sealed class JournalCopy(string actorKey, long snapshotAt)
    {
        public string ActorKey => actorKey;

        public long SnapshotAt => snapshotAt;

        /// <summary>Of accounts it is looked whether they have something in flight.</summary>
        public bool KeepsTail { get; } = actorKey.StartsWith(ActorKeys.AccountPrefix, StringComparison.Ordinal);

        public ReadOnlyMemory<byte>? Genesis { get; set; }

        public ReadOnlyMemory<byte>? Newest { get; set; }

        /// <summary>Events after the newest snapshot.</summary>
        public List<ReadOnlyMemory<byte>> Tail { get; set; } = [];

        public List<ReadOnlyMemory<byte>> Segment { get; set; } = [];

        public int SegmentBytes { get; set; }

        public long Last { get; set; }

        /// <summary>First events of the records that were begun.</summary>
        public List<long> Segments { get; } = [];

        public List<Task> Inserts { get; } = [];

        public AccountState Restore() => AccountModel.Instance.Restore(new ActorImage(snapshotAt, Newest ?? Genesis, Tail));
    }
}

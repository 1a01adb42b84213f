using System.Runtime.CompilerServices;
using Dtao.Grains.Blocks;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Storage;

namespace Dtao.Hosting.Export;

/// <summary>A ledger in the embedded store's file, at one instant: of a stopped network, or beside one that runs.</summary>
/// <remarks>
/// A read view is one prefix of the ordered log, which is what a crash at that instant would have left: whatever is in flight in it is taken up by the network
/// that is made of it. While it is read the file's write-ahead log cannot be taken back, and grows by what the network writes meanwhile.
/// </remarks>
public sealed class SqliteSource : INetworkSource
{
    private readonly JournalReadView _view;
    private readonly bool _ownsView;
    private readonly string? _document;
    private readonly TimeProvider _time;

    /// <param name="view">Used by nobody else meanwhile.</param>
    /// <param name="document">The genesis document's file, where there is one.</param>
    public SqliteSource(JournalReadView view, string? document = null, bool ownsView = false, TimeProvider? time = null)
    {
        (_view, _document, _ownsView, _time) = (view, document, ownsView, time ?? TimeProvider.System);
    }

    /// <summary>Opens a file for reading, and takes the copy of the genesis document that a silo keeps beside it.</summary>
    /// <exception cref="StoreException">It cannot be used; the code says why.</exception>
    public static SqliteSource Open(string path) => new(JournalReadView.OpenFile(path), DocumentBeside(path), ownsView: true);

    /// <summary>Where a silo keeps its copy of the genesis document.</summary>
    public static string DocumentBeside(string path) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, DocumentName);

    internal const string DocumentName = "genesis.json";

    public Task<NetworkManifest> DescribeAsync(CancellationToken cancellationToken)
    {
        if (_view.ReadImage(ActorKeys.Registry) is not { } registry) throw new NetworkFileException(NetworkFileErrorCode.NoNetwork, "The database holds no ledger.");
        var network = RegistryModel.Instance.Restore(new ActorImage(registry.SnapshotVersion, registry.Snapshot, registry.Events));
        var block = _view.ReadImage(ActorKeys.Coordinator) is { } coordinator
            ? CoordinatorModel.Instance.Restore(new ActorImage(coordinator.SnapshotVersion, coordinator.Snapshot, coordinator.Events)).Block.Value
            : 0;
        return Task.FromResult(new NetworkManifest(network.NetworkId, network.Name!, block, _time.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    public async IAsyncEnumerable<LedgerItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_document is not null && File.Exists(_document))
        {
            yield return new LedgerItem(LedgerItemKind.Document, string.Empty, 0, await File.ReadAllBytesAsync(_document, cancellationToken));
        }

        foreach (var actor in _view.ScanActors())
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var item in ReadActor(actor)) yield return item;
        }
    }

    public ValueTask DisposeAsync()
    {
        if (_ownsView) _view.Dispose();
        return ValueTask.CompletedTask;
    }

    private IEnumerable<LedgerItem> ReadActor(ActorHead actor)
    {
        var key = actor.ActorKey;
        var newest = _view.ReadSnapshot(key);
        var snapshotAt = newest?.Version ?? 0;
        yield return new LedgerItem(LedgerItemKind.Actor, key, snapshotAt, default);
        var genesis = snapshotAt == 0 ? newest : _view.ReadSnapshot(key, versionMax: 0);
        if (genesis is not null) yield return new LedgerItem(LedgerItemKind.Genesis, key, 0, genesis.State);
        foreach (var happened in _view.ReadEvents(key))
        {
            yield return new LedgerItem(LedgerItemKind.Event, key, happened.Number, happened.Bytes);
            if (happened.Number == snapshotAt) yield return new LedgerItem(LedgerItemKind.Snapshot, key, snapshotAt, newest!.State);
        }

        yield return new LedgerItem(LedgerItemKind.End, key, actor.Version, actor.Digest);
    }
}

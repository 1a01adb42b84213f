using System.Runtime.CompilerServices;
using Dtao.Grains.Blocks;
using Dtao.Grains.Feed.Index;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Genesis;

namespace Dtao.Hosting.Export;

/// <summary>A ledger in a cluster's storage account. Its silos have to be stopped: the account keeps no order over actors, so that what is read while they run is of no one moment.</summary>
/// <remarks>What silos note of themselves, and the feed's index, are left out. Only where they are all gone is this asked, and before and after the reading it is looked whether they are.</remarks>
public sealed class ClusterSource : INetworkSource
{
    /// <summary>Accounts and hotkeys that are read at once.</summary>
    private const int WidthMax = 64;

    /// <summary>Records of one long journal that are read at once; with fewer it is not long.</summary>
    private const int SegmentsAhead = 32;

    private readonly ClusterSiloOptions _options;
    private readonly ClusterStore _store;
    private readonly GrainStorageJournals _journals;
    private readonly TimeProvider _time;

    private ClusterSource(ClusterSiloOptions options, ClusterStore store, TimeProvider time)
    {
        (_options, _store, _time) = (options, store, time);
        _journals = new GrainStorageJournals(store.Storage);
    }

    /// <exception cref="Storage.StoreException">The account cannot be reached, or the table is laid out otherwise.</exception>
    public static async Task<ClusterSource> OpenAsync(ClusterSiloOptions options, TimeProvider? time = null, CancellationToken cancellationToken = default) =>
        new(options, await ClusterStore.OpenAsync(options, cancellationToken), time ?? TimeProvider.System);

    public async Task<NetworkManifest> DescribeAsync(CancellationToken cancellationToken)
    {
        await ClusterStore.RefuseIfRunningAsync(_options, _time);
        _ = await _store.ReadGenesisAsync();
        var network = await Restore(ActorKeys.Registry, RegistryModel.Instance);
        var block = (await Restore(ActorKeys.Coordinator, CoordinatorModel.Instance)).Block.Value;
        return new NetworkManifest(network.NetworkId, network.Name!, block, _time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    public async IAsyncEnumerable<LedgerItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if ((await _store.ReadGenesisAsync()).Document is { } document)
        {
            yield return new LedgerItem(LedgerItemKind.Document, string.Empty, 0, GenesisWriter.Write(document));
        }

        // In the order of the rows. Small journals are read ahead, many at once; a long one as it goes out.
        var ahead = new Queue<(JournalRecords Rows, Task<List<LedgerItem>>? Read)>();
        await foreach (var rows in _store.ReadJournalsAsync(cancellationToken))
        {
            if (rows.ActorKey.StartsWith(ActiveAccounts.ActorKeyPrefix, StringComparison.Ordinal) || rows.ActorKey == FeedIndexModel.ActorKey) continue;
            ahead.Enqueue((rows, IsSmall(rows) ? ReadWhole(rows) : null));
            if (ahead.Count < WidthMax) continue;
            await foreach (var item in Take(ahead.Dequeue()).WithCancellation(cancellationToken)) yield return item;
        }

        while (ahead.Count > 0)
        {
            await foreach (var item in Take(ahead.Dequeue()).WithCancellation(cancellationToken)) yield return item;
        }

        await ClusterStore.RefuseIfRunningAsync(_options, _time);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    /// <summary>There are many accounts and hotkeys, and each is small; everything else is read by itself.</summary>
    private static bool IsSmall(JournalRecords rows) => rows.Segments.Count <= SegmentsAhead
        && (rows.ActorKey.StartsWith(ActorKeys.AccountPrefix, StringComparison.Ordinal) || rows.ActorKey.StartsWith(ActorKeys.ValidatorPrefix, StringComparison.Ordinal));

    private async IAsyncEnumerable<LedgerItem> Take((JournalRecords Rows, Task<List<LedgerItem>>? Read) next)
    {
        if (next.Read is { } read)
        {
            foreach (var item in await read) yield return item;
            yield break;
        }

        await foreach (var item in next.Rows.ReadAsync(_journals, SegmentsAhead)) yield return item;
    }

    private async Task<List<LedgerItem>> ReadWhole(JournalRecords rows)
    {
        var items = new List<LedgerItem>();
        await foreach (var item in rows.ReadAsync(_journals, SegmentsAhead)) items.Add(item);
        return items;
    }

    private async Task<TState> Restore<TState, TEvent>(string actorKey, IActorModel<TState, TEvent> model)
    {
        using var journal = _journals.Open(actorKey);
        return model.Restore(await journal.LoadAsync());
    }
}

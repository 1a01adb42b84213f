using Dtao.Grains.Feed;
using Dtao.Grains.Feed.Index;
using Dtao.Grains.Shell;
using Dtao.Hosting.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Placement;
using Orleans.Storage;

namespace Dtao.Hosting.Feed;

/// <summary>What silos need that share only grain storage: their journals, the note of who is active in each, and the feed over all of them.</summary>
public static class ClusterFeed
{
    /// <summary>Adds journals and feed to a silo. A <see cref="SiloDirectory"/> and a <see cref="TimeProvider"/> have to be among its services.</summary>
    /// <param name="storageOf">The storage that holds the journals.</param>
    /// <param name="readActors">Every actor that has a journal; asked once in the life of a network.</param>
    public static void AddTo(
        IServiceCollection services, Func<IServiceProvider, IGrainStorage> storageOf, Func<CancellationToken, IAsyncEnumerable<StoredActor>> readActors)
    {
        services.AddSingleton<WrittenActors>();
        services.AddSingleton(provider => new GrainStorageJournals(storageOf(provider)) { OnWritten = provider.GetRequiredService<WrittenActors>().Note });
        services.AddSingleton(provider => new ActiveAccounts(
            provider.GetRequiredService<GrainStorageJournals>(), provider.GetRequiredService<SiloDirectory>(), provider.GetRequiredService<ILogger<ActiveAccounts>>()));
        services.AddSingleton<IActorJournals>(provider => new ClusterJournals(provider.GetRequiredService<GrainStorageJournals>(), provider.GetRequiredService<ActiveAccounts>()));
        services.AddSingleton<IFeedStore>(provider => new ClusterFeedStore(
            provider.GetRequiredService<GrainStorageJournals>(), provider.GetRequiredService<SiloDirectory>(), provider.GetRequiredService<IClusterMembershipService>(),
            provider.GetRequiredService<IGrainFactory>(), readActors));
        services.AddSingleton<ILedgerFeed, IndexedFeed>();
    }
}

/// <summary>The journals of a cluster, as the index and the feed read them.</summary>
internal sealed class ClusterFeedStore(
    GrainStorageJournals journals, SiloDirectory directory, IClusterMembershipService membership, IGrainFactory grains,
    Func<CancellationToken, IAsyncEnumerable<StoredActor>> readActors) : IFeedStore
{
    /// <summary>A silo that does not say by then who wrote in it is asked again in the next round.</summary>
    private static readonly TimeSpan s_answerMax = TimeSpan.FromSeconds(2);

    public Task<ReadOnlyMemory<byte>?> ReadFirstAsync(string actorKey) => journals.ReadFirstAsync(actorKey);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>?> ReadSegmentAsync(string actorKey, long first) => journals.ReadSegmentAsync(actorKey, first);

    public IAsyncEnumerable<StoredActor> ReadActorsAsync(CancellationToken cancellationToken) => readActors(cancellationToken);

    /// <remarks>Silos of older programs, which have no place on the second list yet, stand on the first.</remarks>
    public async Task<IReadOnlyList<FeedSilo>> ReadSilosAsync()
    {
        var (ever, listed) = (await directory.ReadEverAsync(), await directory.ReadAsync());
        var snapshot = membership.CurrentSnapshot;
        return [.. ever.Concat(listed).DistinctBy(silo => silo.Silo).Select(silo => new FeedSilo(silo.Silo, PresenceOf(snapshot, silo)))];
    }

    public Task<NotedActors?> ReadNotedAsync(string silo, long first) => ActiveAccounts.ReadNotedAsync(journals, silo, first);

    public async Task<WrittenReply?> TakeWrittenAsync(string silo, string taker, long taken)
    {
        try
        {
            // Whoever places the activation looks for this first. It is of this call alone.
            RequestContext.Set(IPlacementDirector.PlacementHintKey, SiloAddress.FromParsableString(silo));
            return await grains.GetGrain<IWrittenActorsGrain>(silo).Take(taker, taken).WaitAsync(s_answerMax);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // What it would have said it says again, or its journal is read.
            return null;
        }
    }

    private static SiloPresence PresenceOf(ClusterMembershipSnapshot snapshot, ListedSilo listed) =>
        snapshot.GetSiloStatus(SiloAddress.FromParsableString(listed.Silo), new MembershipVersion(listed.SeenAt)) switch
        {
            SiloStatus.Active => SiloPresence.Running,
            SiloStatus.Dead => SiloPresence.Gone,
            _ => SiloPresence.Unknown,
        };
}

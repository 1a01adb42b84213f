using Dtao.Economics.Ledger;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Scenarios;
using Dtao.Storage;
using Orleans;

namespace Dtao.TestKit;

/// <summary>A cluster on the embedded store's ordered log.</summary>
public sealed class OrderedLogNetwork(ClusterNetwork cluster) : ForwardingNetwork(cluster), IRestartable, IJournaledNetwork
{
    public IGrainFactory Grains => cluster.Host.Grains;

    public Task RestartAsync() => cluster.RestartAsync();

    public override async Task<INetworkState> Read() => new StoredNetworkState(await ReadAtRest());

    /// <summary>The state of every actor when no batch of the lane is under way: a sender is answered before it has taken in what changed of its own lists.</summary>
    public async Task<NetworkImage> ReadAtRest()
    {
        NetworkImage? image = null;
        await Patience.Until(async () => (image = await ReadImage()).Lane.Undelivered is null, "The lane's batch never reached everyone.");
        return image!;
    }

    /// <summary>What is durable at this instant.</summary>
    public JournalReadView OpenReadView() => cluster.Host.Log.OpenReadView();

    public Task<NetworkImage> ReadImage()
    {
        using var view = OpenReadView();
        return Task.FromResult(NetworkImage.Read(view));
    }

    public Task<IReadOnlyDictionary<string, IReadOnlyList<ReadOnlyMemory<byte>>>> ReadJournals()
    {
        using var view = cluster.Host.Log.OpenReadView();
        return Task.FromResult<IReadOnlyDictionary<string, IReadOnlyList<ReadOnlyMemory<byte>>>>(view.ScanActors().ToDictionary(
            actor => actor.ActorKey, IReadOnlyList<ReadOnlyMemory<byte>> (actor) => [.. view.ReadEvents(actor.ActorKey).Select(happened => happened.Bytes)], StringComparer.Ordinal));
    }

    public Task AssertClean()
    {
        AuditAssert.IsClean(cluster.Host);
        return Task.CompletedTask;
    }
}

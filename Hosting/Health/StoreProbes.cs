using Dtao.Hosting.Cluster;
using Dtao.Storage;
using Orleans.Storage;

namespace Dtao.Hosting.Health;

/// <summary>Looks for the mark that the network has its genesis: one read by key.</summary>
internal sealed class GrainStorageProbe(IGrainStorage storage) : IStoreProbe
{
    public string? Lost => null;

    public Task LookAsync(CancellationToken cancellationToken) => new StoredGenesis(storage, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance).IsLoadedAsync();
}

/// <summary>The embedded log: it is in this process, and after a failed write it takes nothing any more.</summary>
internal sealed class OrderedLogProbe(OrderedLog log) : IStoreProbe
{
    public string? Lost => log.IsPoisoned ? "A write to the database failed; the log is poisoned, and the process has to be started anew." : null;

    public Task LookAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

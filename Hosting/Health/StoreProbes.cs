using Dtao.Grains.Shell;
using Dtao.Hosting.Cluster;
using Dtao.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;

namespace Dtao.Hosting.Health;

/// <summary>Looks for the mark that the network has its genesis: one read by key. Where it was and is not, the ledger is gone, and nothing is written any more.</summary>
internal sealed class GrainStorageProbe(IGrainStorage storage, GrainStorageJournals journals) : IStoreProbe
{
    private readonly StoredGenesis _genesis = new(storage, TimeProvider.System, NullLogger.Instance);
    private bool _hasSeen;

    /// <remarks>Never: a new process would find an empty table, and begin a new network in it.</remarks>
    public string? Lost => null;

    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var isThere = await _genesis.IsLoadedAsync();
        if (_hasSeen && !isThere) journals.Lose("The mark of the network's genesis was there, and is not any more");
        _hasSeen |= isThere;
        journals.ThrowIfLost();
    }
}

/// <summary>The embedded log: it is in this process, and takes nothing any more after a failed write, or when its file was found to be damaged.</summary>
internal sealed class OrderedLogProbe(OrderedLog log) : IStoreProbe
{
    public string? Lost => log.Failure switch
    {
        null => null,
        { InnerException: StoreException { Code: StoreErrorCode.Corrupt } damage } => damage.Message,
        _ => "A write to the database failed; the log is poisoned, and the process has to be started anew.",
    };

    public Task LookAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

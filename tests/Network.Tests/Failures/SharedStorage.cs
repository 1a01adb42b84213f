using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Network;
using Dtao.Storage;
using Dtao.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Dtao.Network.Tests.Failures;

/// <summary>Grain storage that several clusters can share, and that a test can take away from under them. It holds journals and nothing else.</summary>
internal sealed class SharedStorage : IGrainStorage
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(GrainId Grain, string Name), (byte[] Payload, string ETag)> _records = [];
    private readonly GenesisState _genesis;
    private long _writes;

    private SharedStorage(GenesisState genesis) => _genesis = genesis;

    /// <summary>The table does not exist: every request is refused, as the Azure provider refuses it.</summary>
    public bool IsMissing { get; set; }

    public static async Task<SharedStorage> WithBlock0(GenesisState genesis)
    {
        var storage = new SharedStorage(genesis);
        var journals = new GrainStorageJournals(storage);
        await WithLog(async log =>
        {
            using var view = log.OpenReadView();
            foreach (var actor in view.ScanActors().ToArray())
            {
                using var journal = journals.Open(actor.ActorKey);
                await journal.LoadAsync();
                await journal.PutSnapshotAsync(0, view.ReadSnapshot(actor.ActorKey)!.State);
            }
        }, genesis);
        return storage;
    }

    /// <summary>The table is made anew, and empty.</summary>
    public void Empty()
    {
        lock (_lock) _records.Clear();
    }

    /// <summary>Every actor's journal of a silo is here, and not in the ordered log.</summary>
    public void AddTo(ISiloBuilder silo)
    {
        silo.Services.Remove(silo.Services.Single(service => service.ServiceType == typeof(IActorJournals)));
        silo.Services.AddSingleton<IActorJournals>(new GrainStorageJournals(this));
    }

    /// <summary>Copies all events to an ordered log behind block 0, and audits that.</summary>
    public Task AssertClean() => WithLog(async log =>
    {
        var journals = new GrainStorageJournals(this);
        string[] actors;
        lock (_lock) actors = [.. _records.Keys.Select(key => key.Grain.Key.ToString()!).Distinct().Order(StringComparer.Ordinal)];
        var last = 0L;
        foreach (var actor in actors)
        {
            var copy = log.Open(actor);
            await copy.LoadAsync();
            foreach (var happened in await journals.ReadEventsAsync(actor, 1, int.MaxValue)) last = log.Append(copy, happened);
        }

        await log.WhenDurable(last);
        using var view = log.OpenReadView();
        AuditAssert.IsClean(LedgerAudit.Run(view));
    }, _genesis);

    /// <summary>What an account holds as it is stored.</summary>
    public async Task<ulong> ReadFree(AccountId account)
    {
        using var journal = new GrainStorageJournals(this).Open(ActorKeys.Account(account));
        return AccountModel.Instance.Restore(await journal.LoadAsync()).Free.Rao;
    }

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await Task.Yield();
        lock (_lock)
        {
            RefuseIfMissing();
            grainState.RecordExists = _records.TryGetValue((grainId, stateName), out var record);
            if (!grainState.RecordExists) return;
            ((JournalRecord)(object)grainState.State!).Payload = record.Payload;
            grainState.ETag = record.ETag;
        }
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var payload = ((JournalRecord)(object)grainState.State!).Payload;
        await Task.Yield();
        lock (_lock)
        {
            RefuseIfMissing();
            var stored = _records.TryGetValue((grainId, stateName), out var record) ? record.ETag : null;
            if (stored != grainState.ETag) throw new InconsistentStateException("Written by somebody else.", stored ?? "none", grainState.ETag ?? "none");
            grainState.ETag = $"{++_writes}";
            grainState.RecordExists = true;
            _records[(grainId, stateName)] = (payload, grainState.ETag);
        }
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

    private void RefuseIfMissing()
    {
        if (IsMissing) throw new StoreException(StoreErrorCode.Refused, "Table Ledger does not exist.");
    }

    private static async Task WithLog(Func<OrderedLog, Task> work, GenesisState genesis)
    {
        var folder = Directory.CreateTempSubdirectory("dtao-shared-");
        try
        {
            using var log = OrderedLog.Open(Path.Combine(folder.FullName, "ledger.db"));
            GenesisLoader.Load(log, NetworkGenesis.Of(genesis));
            await work(log);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

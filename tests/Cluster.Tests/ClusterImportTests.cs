using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Export;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Network;
using Dtao.Storage;
using Dtao.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;

namespace Dtao.Cluster.Tests;

/// <summary>A network's file that is brought into grain storage, whatever becomes of the import on its way.</summary>
public sealed class ClusterImportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtao-cluster-import-").FullName;
    private readonly IGrainStorage _storage = MemoryStorage.Create();

    private string NetworkFile => Path.Combine(_folder, "net.dtao");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Whatever was written before the end, no silo makes or joins a network there, and the same import comes to the whole ledger.</summary>
    [Fact]
    public async Task Import_StoreGoneAtAnyWrite_IsNoNetworkAndIsRepeated()
    {
        var report = await Export("net");
        for (var writes = 0; ; writes++)
        {
            try
            {
                await using var target = new GrainStorageTarget(new FailingStorage(_storage, writes));
                await NetworkImport.RunAsync(NetworkFile, target, Cancel);
                Assert.True(writes > 10, $"Only {writes} writes.");
                break;
            }
            catch (IOException)
            {
                if (writes == 0) continue;
                var refused = await Assert.ThrowsAsync<StoreException>(() => Ensure(_storage));
                Assert.Equal(StoreErrorCode.ImportUnfinished, refused.Code);
            }
        }

        Assert.True((await ReadBack()).IsSameLedger(report.Totals));
        var (genesis, isOurs) = await Ensure(_storage);
        Assert.Equal(("net", false), (genesis.NetworkId, isOurs));
        Assert.Equal("net", genesis.Document!.NetworkId);
        Assert.Equal([new ListedSilo(GrainStorageTarget.ImportedSilo, 0)], await new SiloDirectory(_storage, () => 0).ReadAsync());
    }

    [Fact]
    public async Task Import_IntoANetwork_IsRefused()
    {
        await Export("net");
        await Ensure(_storage);

        var refused = await Assert.ThrowsAsync<NetworkFileException>(Import);

        Assert.Equal(NetworkFileErrorCode.TargetNotEmpty, refused.Code);
        Assert.Equal("small", (await Ensure(_storage)).Genesis.NetworkId);
    }

    [Fact]
    public async Task Import_TwiceOfTheSameFile_IsRefusedTheSecondTime()
    {
        await Export("net");
        await Import();

        Assert.Equal(NetworkFileErrorCode.TargetNotEmpty, (await Assert.ThrowsAsync<NetworkFileException>(Import)).Code);
    }

    [Fact]
    public async Task Import_WhereThatOfAnotherFileWasNotFinished_IsRefused()
    {
        await Export("one");
        await using (var gone = new GrainStorageTarget(new FailingStorage(_storage, 3))) await Assert.ThrowsAsync<IOException>(() => NetworkImport.RunAsync(NetworkFile, gone, Cancel));
        File.Delete(NetworkFile);
        await Export("other");

        Assert.Equal(NetworkFileErrorCode.OtherImportUnfinished, (await Assert.ThrowsAsync<NetworkFileException>(Import)).Code);
    }

    [Fact]
    public async Task Import_WithAGenesisThatIsGivenToASilo_RefusesAnotherOne()
    {
        await Export("net");
        await Import();

        await Assert.ThrowsAsync<OtherGenesisException>(() => Ensure(_storage, "other", isGiven: true));
        Assert.Equal("net", (await Ensure(_storage, "net", isGiven: true)).Genesis.NetworkId);
    }

    private async Task Import()
    {
        await using var target = new GrainStorageTarget(_storage);
        await NetworkImport.RunAsync(NetworkFile, target, Cancel);
    }

    private static Task<(AgreedGenesis Genesis, bool IsOurs)> Ensure(IGrainStorage storage, string networkId = "small", bool isGiven = false) =>
        new StoredGenesis(storage, TimeProvider.System, NullLogger.Instance).EnsureAsync(SmallDocument.Agreed(networkId), isGiven, Cancel);

    /// <summary>A network that was made and has some events behind snapshots.</summary>
    private async Task<NetworkFileReport> Export(string networkId)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, networkId)).FullName;
        var document = SmallDocument.Create(networkId, 50);
        using var log = OrderedLog.Open(Path.Combine(folder, "ledger.db"));
        GenesisLoader.Load(log, document.ToNetworkGenesis());
        await File.WriteAllBytesAsync(Path.Combine(folder, "genesis.json"), GenesisWriter.Write(document), Cancel);
        // A journal that no part of the ledger reads: what it holds is bytes to an import.
        using (var journal = log.Open("made-up"))
        {
            await journal.LoadAsync();
            for (var number = 1; number <= 1_200; number++) log.Append(journal, BitConverter.GetBytes(number));
            await log.PutSnapshot(journal, 700, new byte[300_000]);
        }

        using var view = log.OpenReadView();
        await using var source = new SqliteSource(view, Path.Combine(folder, "genesis.json"));
        return await NetworkExport.WriteAsync(source, NetworkFile, cancellationToken: Cancel);
    }

    /// <summary>What an actor of each journal would find.</summary>
    private async Task<LedgerTotals> ReadBack()
    {
        using var reader = NetworkFileReader.Open(NetworkFile);
        var tally = new LedgerTally();
        var journals = new GrainStorageJournals(_storage);
        foreach (var actorKey in reader.ReadItems().Select(item => item.ActorKey).Where(key => key.Length > 0).Distinct().ToArray())
        {
            using var journal = journals.Open(actorKey);
            var image = await journal.LoadAsync();
            tally.Take(new(LedgerItemKind.Actor, actorKey, image.SnapshotVersion, default));
            if (await journals.ReadFirstAsync(actorKey) is { } genesis) tally.Take(new(LedgerItemKind.Genesis, actorKey, 0, genesis));
            var events = await journals.ReadEventsAsync(actorKey, 1, int.MaxValue);
            Assert.Equal(image.SnapshotVersion + image.Events.Count, events.Count);
            for (var i = 0; i < events.Count; i++)
            {
                tally.Take(new(LedgerItemKind.Event, actorKey, i + 1, events[i]));
                if (i + 1 == image.SnapshotVersion) tally.Take(new(LedgerItemKind.Snapshot, actorKey, i + 1, image.Snapshot!.Value));
            }

            tally.Take(new(LedgerItemKind.End, actorKey, events.Count, default));
        }

        return tally.Totals();
    }
}

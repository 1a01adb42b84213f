using Dtao.Economics;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Export;
using Dtao.Hosting.Network;
using Dtao.Storage;
using Dtao.TestKit;
using Xunit;

namespace Dtao.Hosting.Tests.Export;

/// <summary>A network from a database to a file, and from there into another database.</summary>
public sealed class SqliteImportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtao-import-").FullName;

    private string NetworkFile => Path.Combine(_folder, "net.dtao");

    private string Database => Path.Combine(_folder, "target", "ledger.db");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Import_OfANetworkWithOperationsInFlight_GoesOnAsTheNetworkItselfDid()
    {
        var ledger = await LedgerInFlight.Write(NetworkFile);

        await Import();

        using (var view = JournalReadView.OpenFile(Database))
        {
            Assert.Equal(ledger.AtExport, LedgerInFlight.Text(new StoredNetworkState(NetworkImage.Read(view))));
            AuditAssert.IsClean(LedgerAudit.Run(view));
        }

        await using (var host = await NetworkHost.StartAsync(new NetworkHostOptions { DatabasePath = Database, DrivesBlocks = false }, Cancel))
        {
            await ledger.AssertGoesOn(host.Grains, () =>
            {
                using var view = host.Log.OpenReadView();
                return Task.FromResult(NetworkImage.Read(view));
            });
        }

        using var after = JournalReadView.OpenFile(Database);
        AuditAssert.IsClean(LedgerAudit.Run(after));
    }

    [Fact]
    public async Task Import_IntoADatabaseThatIsThere_IsRefusedAndLeavesItAsItIs()
    {
        await WriteGenesis();
        await Import();
        var before = await File.ReadAllBytesAsync(Database, Cancel);

        var refused = await Assert.ThrowsAsync<NetworkFileException>(Import);

        Assert.Equal(NetworkFileErrorCode.TargetNotEmpty, refused.Code);
        Assert.Equal(before, await File.ReadAllBytesAsync(Database, Cancel));
    }

    [Fact]
    public async Task Import_WhereTheLogOfAnotherDatabaseWasLeft_IsRefused()
    {
        await WriteGenesis();
        Directory.CreateDirectory(Path.GetDirectoryName(Database)!);
        await File.WriteAllTextAsync(Database + "-wal", "of another one", Cancel);

        Assert.Equal(NetworkFileErrorCode.TargetNotEmpty, (await Assert.ThrowsAsync<NetworkFileException>(Import)).Code);
    }

    [Fact]
    public async Task Import_DamagedFile_TouchesNothing()
    {
        await WriteGenesis();
        var bytes = await File.ReadAllBytesAsync(NetworkFile, Cancel);
        bytes[^40] ^= 1;
        await File.WriteAllBytesAsync(NetworkFile, bytes, Cancel);

        var refused = await Assert.ThrowsAsync<NetworkFileException>(Import);

        Assert.Equal(NetworkFileErrorCode.Damaged, refused.Code);
        Assert.False(Directory.Exists(Path.GetDirectoryName(Database)));
    }

    /// <summary>Whatever an import that ended had written, nothing is taken for a ledger, and the next import makes it.</summary>
    [Fact]
    public async Task Import_EndedAtAnyStep_LeavesNoLedgerAndIsRepeated()
    {
        var report = await WriteGenesis();
        for (var step = 0; ; step++)
        {
            try
            {
                await using var target = new EndingTarget(new SqliteTarget(Database), step);
                await NetworkImport.RunAsync(NetworkFile, target, Cancel);
                Assert.True(step > 10, $"Only {step} steps.");
                break;
            }
            catch (OperationCanceledException)
            {
                Assert.False(File.Exists(Database), $"step {step}");
            }

            // As a process that was killed leaves it, and not one that could close its files.
            Directory.CreateDirectory(Path.GetDirectoryName(Database)!);
            if (step % 3 == 0) await File.WriteAllBytesAsync(Database + SqliteTarget.PartialSuffix, MadeUpLedger.Bytes(step, 5_000), Cancel);
        }

        Assert.Equal(["genesis.json", "ledger.db", "ledger.db.lock"], Directory.GetFiles(Path.GetDirectoryName(Database)!).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        await using var source = SqliteSource.Open(Database);
        var again = await NetworkExport.WriteAsync(source, NetworkFile + "2", cancellationToken: Cancel);
        Assert.True(again.Totals.IsSameLedger(report.Totals));
    }

    [Fact]
    public async Task Import_WhereASiloHasTheDatabaseOpen_IsRefused()
    {
        await WriteGenesis();
        using var log = OrderedLog.Open(Database);

        var refused = await Assert.ThrowsAsync<StoreException>(Import);

        Assert.Equal(StoreErrorCode.Locked, refused.Code);
    }

    private async Task Import()
    {
        await using var target = new SqliteTarget(Database);
        await NetworkImport.RunAsync(NetworkFile, target, Cancel);
    }

    /// <summary>A network that was made and has done nothing yet, with a copy of its genesis.</summary>
    private async Task<NetworkFileReport> WriteGenesis()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "source")).FullName;
        var database = Path.Combine(folder, "ledger.db");
        using (var log = OrderedLog.Open(database)) GenesisLoader.Load(log, NetworkGenesis.Of(SmallNetwork.Genesis(stakers: 2)));
        await File.WriteAllTextAsync(Path.Combine(folder, "genesis.json"), "{}", Cancel);
        await using var source = SqliteSource.Open(database);
        return await NetworkExport.WriteAsync(source, NetworkFile, cancellationToken: Cancel);
    }

    /// <summary>A target whose user goes away at a step.</summary>
    private sealed class EndingTarget(INetworkTarget inner, int steps) : INetworkTarget
    {
        private int _left = steps;

        public Task BeginAsync(NetworkFileReport file, CancellationToken cancellationToken)
        {
            Step();
            return inner.BeginAsync(file, cancellationToken);
        }

        public ValueTask WriteAsync(LedgerItem item, CancellationToken cancellationToken)
        {
            Step();
            return inner.WriteAsync(item, cancellationToken);
        }

        public Task<LedgerTotals> FinishAsync(CancellationToken cancellationToken)
        {
            Step();
            return inner.FinishAsync(cancellationToken);
        }

        public Task PublishAsync(CancellationToken cancellationToken)
        {
            Step();
            return inner.PublishAsync(cancellationToken);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();

        private void Step()
        {
            if (_left-- == 0) throw new OperationCanceledException("The import ends here.");
        }
    }
}

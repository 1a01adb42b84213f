using Dtao.AzuriteKit;
using Dtao.Cli;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Export;
using Dtao.Hosting.Network;
using Dtao.Storage;
using Dtao.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Cluster.Tests;

/// <summary>A network on its way from a database to a storage account and back: by the commands that a person gives, with operations in flight.</summary>
public sealed class MovedNetworkTests(AzuriteFixture azurite) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtao-moved-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task FromDatabaseToAccountAndBack_WithOperationsInFlight_IsTheSameNetwork()
    {
        var (first, second, database) = (Path.Combine(_folder, "first.dtao"), Path.Combine(_folder, "second.dtao"), Path.Combine(_folder, "back", "ledger.db"));
        var ledger = await LedgerInFlight.Write(first);
        var options = await Options();

        Assert.Contains("holds no ledger", await Expect(ExitCode.Refused, "cluster", "audit"), StringComparison.Ordinal);
        await Expect(ExitCode.Done, "network", "import", "--file", first);
        await Expect(ExitCode.Refused, "network", "import", "--file", first);
        await using (var store = await ClusterStore.OpenAsync(options, Cancel)) Assert.Equal(ledger.AtExport, LedgerInFlight.Text(new StoredNetworkState(await store.ReadImageAsync(Cancel))));
        await Expect(ExitCode.Done, "cluster", "audit");
        var copied = await Export(second);
        Assert.True(copied.Totals.IsSameLedger(ledger.Report.Totals));

        await using (var silo = await ClusterSilo.StartAsync(options, SmallDocument.Agreed("another"), cancellationToken: Cancel))
        {
            Assert.False(silo.MadeNetwork);
            // A signal is heard by the process that hosts the silo, and by nobody else.
            Assert.IsNotType<Microsoft.Extensions.Hosting.Internal.ConsoleLifetime>(silo.Services.GetRequiredService<Microsoft.Extensions.Hosting.IHostLifetime>());
            await using var store = await ClusterStore.OpenAsync(options, Cancel);
            await ledger.AssertGoesOn(silo.Grains, () => store.ReadImageAsync(Cancel));
            Assert.Contains("Stop all silos", await Expect(ExitCode.Refused, "network", "export", "--file", second, "--overwrite"), StringComparison.Ordinal);
            Assert.Contains("Stop all silos", await Expect(ExitCode.Refused, "cluster", "audit"), StringComparison.Ordinal);
        }

        Assert.Contains(": clean.", await Expect(ExitCode.Done, "cluster", "audit"), StringComparison.Ordinal);
        await Expect(ExitCode.Done, "network", "export", "--file", second, "--overwrite");
        await Run("network", "import", "--file", second, "--database", database);

        using (var view = JournalReadView.OpenFile(database))
        {
            Assert.Equal(ledger.AtEnd, LedgerInFlight.Text(new StoredNetworkState(NetworkImage.Read(view))));
            AuditAssert.IsClean(LedgerAudit.Run(view));
        }

        await using var host = await NetworkHost.StartAsync(new NetworkHostOptions { DatabasePath = database, DrivesBlocks = false }, Cancel);
        var running = RunningNetwork.Of(host);
        await ledger.AssertRemembers(running);
        var before = await running.Head();
        Assert.Equal(before.Next, (await running.CloseBlock()).Number);
        AuditAssert.IsClean(host);

        async Task<NetworkFileReport> Export(string path)
        {
            await using var source = await ClusterSource.OpenAsync(options, cancellationToken: Cancel);
            return await NetworkExport.WriteAsync(source, path, cancellationToken: Cancel);
        }

        async Task<string> Expect(int exitCode, params string[] arguments)
        {
            var (code, said) = await Run(
                [.. arguments, "--storage", options.Account.ConnectionString!, "--table", options.Table, "--container", options.Container, "--membership-table", options.MembershipTable, "--bucket-count", "4"]);
            Assert.True(code == exitCode, $"dtao {string.Join(' ', arguments)} ended with {code}: {said}");
            return said;
        }
    }

    private static async Task<(int ExitCode, string Said)> Run(params string[] arguments)
    {
        var said = new StringWriter();
        var context = CliContext.OfProcess() with { Output = said, Error = said, HasPerson = false, HasColour = false, Width = 200 };
        return (await DtaoCommand.RunAsync(arguments, context, Cancel), said.ToString());
    }

    private async Task<ClusterSiloOptions> Options() => await EmulatedCluster.NewAsync(azurite) with { DrivesBlocks = false, Sweep = new(TimeSpan.FromMilliseconds(100), TimeSpan.Zero) };
}

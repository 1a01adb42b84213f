using System.Diagnostics;
using System.Globalization;
using Azure.Data.Tables;
using Dtao.AzuriteKit;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]

namespace Dtao.Storage.Tests;

public sealed class AzuriteServerTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Start_Answers_OnAllThreeServices()
    {
        var server = await azurite.ServerAsync();
        using HttpClient client = new();

        foreach (var endpoint in (Uri[])[server.BlobEndpoint, server.QueueEndpoint, server.TableEndpoint])
        {
            // Unsigned, so refused; but it is the emulator that refuses.
            using var answer = await client.GetAsync(new Uri($"{endpoint}/x"), TestContext.Current.CancellationToken);
            Assert.StartsWith("Azurite", answer.Headers.Server.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Kill_OfItsOwner_EndsTheEmulatorToo()
    {
        _ = await azurite.ServerAsync();
        using var owner = AzuriteOwnerProcess.Start();
        try
        {
            // As long as the emulator itself may take to start, and more.
            var line = await owner.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
            Assert.True(line is not null, "The owner ended before its emulator listened.");
            using var server = Process.GetProcessById(int.Parse(line, CultureInfo.InvariantCulture));

            owner.Kill();

            await server.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            Assert.True(server.HasExited);
        }
        finally
        {
            if (!owner.HasExited) owner.Kill();
        }
    }

    [Fact]
    public async Task Dispose_EmulatorWithAFolder_SavesWhatItTook()
    {
        _ = await azurite.ServerAsync();
        using TemporaryFolder folder = new();
        var data = folder.PathOf("azurite");
        await using (var server = await AzuriteServer.StartAsync(data))
            await new TableServiceClient(server.ConnectionString).CreateTableAsync("kept", TestContext.Current.CancellationToken);

        await using var again = await AzuriteServer.StartAsync(data);

        var tables = new TableServiceClient(again.ConnectionString).QueryAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("kept", Assert.Single(await tables.ToListAsync(TestContext.Current.CancellationToken)).Name);
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Dtao.Hosting.Health;
using Dtao.Hosting.Network;
using Dtao.Hosting.Scenarios;
using Dtao.Silo.Health;
using Dtao.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Dtao.Hosting.Tests.Silo;

/// <summary>Health over HTTP: yes or no, and why not.</summary>
public sealed class SiloHealthTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtao-health-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Health_OfARunningSilo_BecomesReadyAndStaysAlive()
    {
        await using var host = await Start();
        await using var server = await Serve(host);

        var ready = await Until(server, "/health/ready", answer => answer.Status == HttpStatusCode.OK);

        Assert.True((bool)ready["ok"]!);
        Assert.Empty(ready["reasons"]!.AsArray());
        Assert.Equal(HttpStatusCode.OK, (await Get(server, "/health/live")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Get(server, "/other")).Status);
    }

    [Fact]
    public async Task Health_OfASiloOnTrial_WarnsAndIsNoLessAlive()
    {
        await using var host = await Start();
        using var health = ActivatorUtilities.CreateInstance<SiloHealth>(host.Services, new SilentStore(), new HealthOptions { Warnings = ["on trial"] });
        await using var server = await HealthServer.StartAsync(health, new IPEndPoint(IPAddress.Loopback, 0));

        var live = await Get(server, "/health/live");

        Assert.Equal(HttpStatusCode.OK, live.Status);
        Assert.Equal("on trial", (string?)live.Body!["warnings"]!.AsArray().Single());
    }

    [Fact]
    public async Task Health_OfASiloWhoseLogIsPoisoned_IsNotAliveAndSaysWhy()
    {
        await using var host = await Start();
        await using var server = await Serve(host, new LostStore());

        var live = await Get(server, "/health/live");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, live.Status);
        Assert.Equal("StoreLost", (string?)live.Body!["reasons"]!.AsArray().Single()!["code"]);
    }

    [Fact]
    public async Task Health_OfASiloWhoseStoreDoesNotAnswer_IsAliveAndNotReady()
    {
        await using var host = await Start();
        using var health = ActivatorUtilities.CreateInstance<SiloHealth>(host.Services, new SilentStore(), new HealthOptions { StoreSecondsMax = 1 });
        await health.StartAsync(TestContext.Current.CancellationToken);
        await using var server = await HealthServer.StartAsync(health, new IPEndPoint(IPAddress.Loopback, 0));

        var ready = await Until(server, "/health/ready", answer => answer.Body!.ToJsonString().Contains("no answer within 1 seconds", StringComparison.Ordinal));

        Assert.False((bool)ready["ok"]!);
        Assert.Contains("StoreUnreachable", ready["reasons"]!.AsArray().Select(reason => (string?)reason!["code"]));
        Assert.Equal(HttpStatusCode.OK, (await Get(server, "/health/live")).Status);
    }

    private Task<NetworkHost> Start() => NetworkHost.StartAsync(new()
    {
        DatabasePath = Path.Combine(_folder, "ledger.db"),
        Genesis = NetworkGenesis.Of(SmallNetwork.Genesis()),
        DrivesBlocks = false,
        Health = new(),
    });

    /// <param name="store">In place of the host's own.</param>
    private static async Task<HealthServer> Serve(NetworkHost host, IStoreProbe? store = null)
    {
        var health = store is null ? host.Services.GetRequiredService<SiloHealth>() : ActivatorUtilities.CreateInstance<SiloHealth>(host.Services, store);
        return await HealthServer.StartAsync(health, new IPEndPoint(IPAddress.Loopback, 0));
    }

    private static async Task<(HttpStatusCode Status, JsonNode? Body)> Get(HealthServer server, string path)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(server.Address + path), TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    private static async Task<JsonNode> Until(HealthServer server, string path, Func<(HttpStatusCode Status, JsonNode? Body), bool> isSo)
    {
        for (var tries = 0; ; tries++)
        {
            var answer = await Get(server, path);
            if (isSo(answer)) return answer.Body!;
            Assert.True(tries < 1_200, answer.Body?.ToJsonString());
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private sealed class LostStore : IStoreProbe
    {
        public string? Lost => "A write failed.";

        public Task LookAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class SilentStore : IStoreProbe
    {
        public string? Lost => null;

        public Task LookAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
    }
}

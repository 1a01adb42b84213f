using System.Net;
using System.Text.Json;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains.Blocks;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Network;
using Xunit;

// One network for the whole program. Tests run one after the other; those that change something use accounts of their own.
[assembly: AssemblyFixture(typeof(Dtao.Api.Tests.ApiNetwork))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Dtao.Api.Tests;

/// <summary>The demo's network in this process, and the API over real HTTP on a free port. Blocks close only when a test asks.</summary>
public sealed class ApiNetwork : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-api-");
    private NetworkHost? _host;
    private DtaoClient? _client;
    private ApiHost? _api;

    /// <summary>The first block is closed already.</summary>
    public NetworkHost Host => _host ?? throw new InvalidOperationException("The network has not been started.");

    /// <summary>Speaks to the network without the API.</summary>
    public DtaoClient Client => _client ?? throw new InvalidOperationException("The network has not been started.");

    internal ApiHost Api => _api ?? throw new InvalidOperationException("The API has not been started.");

    /// <summary>Speaks to the API.</summary>
    public HttpClient Http { get; } = new() { Timeout = TestKit.Patience.Max };

    public string DatabasePath => Path.Combine(_folder.FullName, "ledger.db");

    public async ValueTask InitializeAsync()
    {
        _host = await NetworkHost.StartAsync(new()
        {
            DatabasePath = DatabasePath,
            Genesis = DemoGenesis.Create().ToNetworkGenesis(NetworkGenesis.Manual),
            DrivesBlocks = false,
        });
        _client = new DtaoClient(_host.Client);
        await CloseBlock();
        _api = await StartApi(new ApiOptions { Limits = new ApiLimits { RequestsPerSecond = 0 } });
        Http.BaseAddress = new Uri(_api.Address);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_api is not null) await _api.DisposeAsync();
        if (_client is not null) await _client.DisposeAsync();
        if (_host is not null) await _host.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A funded account that no other test uses.</summary>
    public static AccountId Staker(int number) => DemoGenesis.Stakers[number];

    public Task<BlockHeader> CloseBlock() => Host.Grains.GetGrain<IBlockCoordinatorGrain>(0).CloseBlock();

    /// <summary>Another API of the same network, on a free port; the test ends it.</summary>
    public Task<ApiHost> StartApi(ApiOptions options) => ApiHost.StartAsync(options with { Listen = new IPEndPoint(IPAddress.Loopback, 0) }, Client);

    /// <summary>An answer of 200 as JSON.</summary>
    public async Task<JsonElement> GetJson(string path)
    {
        using var response = await Http.GetAsync(path, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {(int)response.StatusCode} {text}");
        return JsonElement.Parse(text);
    }

    /// <summary>A problem, whose status is the response's.</summary>
    public async Task<JsonElement> GetProblem(string path)
    {
        using var response = await Http.GetAsync(path, TestContext.Current.CancellationToken);
        return await ProblemOf(response);
    }

    public static async Task<JsonElement> ProblemOf(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.Content.Headers.ContentType?.MediaType == "application/problem+json", $"{response.RequestMessage?.RequestUri}: {(int)response.StatusCode} {text}");
        var problem = JsonElement.Parse(text);
        Assert.Equal((int)response.StatusCode, problem.GetProperty("status").GetInt32());
        return problem;
    }
}

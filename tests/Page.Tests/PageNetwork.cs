using System.Net;
using Dtao.Api;
using Dtao.Api.ReadSide;
using Dtao.Client;
using Dtao.Grains.Blocks;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Network;

namespace Dtao.Page.Tests;

/// <summary>Tests that share one network and one browser; they run one after the other, beside those of the page's sources.</summary>
[CollectionDefinition]
public sealed class OnOneNetwork : ICollectionFixture<PageNetwork>, ICollectionFixture<Browser>;

/// <summary>The demo's network in this process, and page and API over real HTTP on a free port. Blocks close only when a test asks.</summary>
public sealed class PageNetwork : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-page-");
    private NetworkHost? _host;
    private DtaoClient? _client;
    private ApiHost? _api;

    /// <summary>Such as <c>http://127.0.0.1:40000</c>.</summary>
    public string Address => (_api ?? throw new InvalidOperationException("The API has not been started.")).Address;

    public HttpClient Http { get; } = new() { Timeout = TestKit.Patience.Max };

    public async ValueTask InitializeAsync()
    {
        _host = await NetworkHost.StartAsync(new()
        {
            DatabasePath = Path.Combine(_folder.FullName, "ledger.db"),
            Genesis = DemoGenesis.Create().ToNetworkGenesis(NetworkGenesis.Manual),
            DrivesBlocks = false,
        });
        _client = new DtaoClient(_host.Client);
        await CloseBlock();
        _api = await ApiHost.StartAsync(
            new ApiOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                Limits = new ApiLimits { RequestsPerSecond = 0 },
                ReadSide = new ReadSideOptions { Store = Path.Combine(_folder.FullName, "read-side.db") },
            },
            _client);
        Http.BaseAddress = new Uri(_api.Address);
    }

    /// <summary>Closes the next block and answers its number.</summary>
    public async Task<ulong> CloseBlock() => (await _host!.Grains.GetGrain<IBlockCoordinatorGrain>(0).CloseBlock()).Number.Value;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_api is not null) await _api.DisposeAsync();
        if (_client is not null) await _client.DisposeAsync();
        if (_host is not null) await _host.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

using System.Net;
using Dtao.Economics;
using Dtao.Grains.Blocks;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Network;
using Xunit;

namespace Dtao.Client.Tests;

/// <summary>Tests that share one network; they run one after the other.</summary>
[CollectionDefinition]
public sealed class OnDemoNetwork : ICollectionFixture<DemoNetwork>;

/// <summary>The demo's network in this process, on a store of its own; blocks close only when a test asks. Tests use accounts of their own.</summary>
public sealed class DemoNetwork : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-client-");
    private NetworkHost? _host;
    private DtaoClient? _client;

    public NetworkHost Host => _host ?? throw new InvalidOperationException("The network has not been started.");

    /// <summary>Speaks to the network over its gateway, as a program elsewhere would.</summary>
    public DtaoClient Client => _client ?? throw new InvalidOperationException("The network has not been started.");

    public string DatabasePath => Path.Combine(_folder.FullName, "ledger.db");

    public IPEndPoint Gateway => new(IPAddress.Loopback, Host.GatewayPort);

    public async ValueTask InitializeAsync()
    {
        _host = await NetworkHost.StartAsync(OptionsFor(DatabasePath));
        _client = await DtaoClient.ConnectAsync(new DtaoConnectionOptions { Gateways = [Gateway], ConnectMillisecondsMax = 180_000 });
    }

    /// <summary>The demo's genesis in a file of its own, with blocks only when asked.</summary>
    public static NetworkHostOptions OptionsFor(string databasePath)
    {
        var demo = DemoGenesis.Create();
        var names = demo.Subnets.ToDictionary(subnet => subnet.Netuid, subnet => (subnet.Name, subnet.Symbol));
        return new NetworkHostOptions
        {
            DatabasePath = databasePath,
            Genesis = new NetworkGenesis(demo.Name, demo.NetworkId, demo.RuleSet.Name, NetworkGenesis.Manual, demo.ToState(), names),
            DrivesBlocks = false,
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
        if (_host is not null) await _host.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A funded account that no other test uses.</summary>
    public static AccountId Staker(int number) => DemoGenesis.Stakers[number];

    public async Task<AccountId> OwnerHotkey(NetUid netuid) => (await Client.GetSubnetAsync(netuid))!.Pool.Books!.OwnerHotkey!.Value;

    public Task<BlockHeader> CloseBlock() => Host.Grains.GetGrain<IBlockCoordinatorGrain>(0).CloseBlock();
}

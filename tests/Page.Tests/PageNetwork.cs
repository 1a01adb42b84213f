using System.Net;
using System.Text.Json;
using Dtao.Api;
using Dtao.Api.ReadSide;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Blocks;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Network;
using Dtao.TestKit;

namespace Dtao.Page.Tests;

/// <summary>Tests that share one network and one browser; they run one after the other, beside those of the page's sources.</summary>
[CollectionDefinition]
public sealed class OnOneNetwork : ICollectionFixture<PageNetwork>, ICollectionFixture<Browser>;

/// <summary>The demo's network in this process, and page and API over real HTTP on a free port. Blocks close only when a test asks.</summary>
public sealed class PageNetwork : IAsyncLifetime
{
    /// <summary>The subnet whose neurons have a past: it has as many seats as the demo gives it neurons.</summary>
    public static readonly NetUid Full = new(3);

    /// <summary>The seat there that earns the least.</summary>
    public const int LastUid = 16;

    /// <summary>Who is registered there when all seats are taken.</summary>
    public static readonly AccountId Newcomer = AccountId.ParseHex(new string('7', 64));

    /// <summary>A subnet whose first epoch is far away.</summary>
    public static readonly NetUid Young = new(16);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-page-");
    private NetworkHost? _host;
    private DtaoClient? _client;
    private ApiHost? _api;

    /// <summary>Such as <c>http://127.0.0.1:40000</c>.</summary>
    public string Address => (_api ?? throw new InvalidOperationException("The API has not been started.")).Address;

    public HttpClient Http { get; } = new() { Timeout = TestKit.Patience.Max };

    public async ValueTask InitializeAsync()
    {
        var genesis = DemoGenesis.Create();
        var full = genesis.Subnets.Single(subnet => subnet.Netuid == Full);
        full.Books.Hyper = full.Books.Hyper with { MaxUids = LastUid + 1, ImmunityPeriod = 0 };
        genesis.Subnets.Single(subnet => subnet.Netuid == Young).Books.Tempo = 5_000;
        _host = await NetworkHost.StartAsync(new()
        {
            DatabasePath = Path.Combine(_folder.FullName, "ledger.db"),
            Genesis = genesis.ToNetworkGenesis(NetworkGenesis.Manual),
            DrivesBlocks = false,
        });
        _client = new DtaoClient(_host.Client);
        await MakePast(full);
        _api = await ApiHost.StartAsync(
            new ApiOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                Limits = new ApiLimits { RequestsPerSecond = 0 },
                ReadSide = new ReadSideOptions { Store = Path.Combine(_folder.FullName, "read-side.db") },
            },
            _client);
        Http.BaseAddress = new Uri(_api.Address);
        var made = (await _host.Grains.GetGrain<IBlockCoordinatorGrain>(0).GetHead()).Block.Value;
        await Patience.Until(async () => await CompleteBlock() >= made, $"The history never came to block {made}.");
    }

    /// <summary>Up to which block the history is there.</summary>
    private async Task<ulong> CompleteBlock()
    {
        using var answer = JsonDocument.Parse(await Http.GetStringAsync("/api/read_side/v1", TestContext.Current.CancellationToken));
        return answer.RootElement.GetProperty("complete_block").GetUInt64();
    }

    /// <summary>Validators weight the miners, the last one the least; epochs find what each earns; a newcomer takes the last one's seat, is weighted, and earns.</summary>
    private async Task MakePast(DocumentSubnet subnet)
    {
        await Close(subnet.Books.Hyper.WeightsRateLimit + 1);
        await Weight(subnet);
        await Close(4UL * subnet.Books.Tempo);
        await Apply(DevAccounts.Alice, Calls.RegisterNeuron(Newcomer, Full));
        await Close(2UL * subnet.Books.Tempo);
        await Weight(subnet);
        await Close(3UL * subnet.Books.Tempo);
    }

    private async Task Weight(DocumentSubnet subnet)
    {
        var uids = Enumerable.Range(1, LastUid).ToLookup(uid => subnet.Neurons[uid].HasPermit, uid => (ushort)uid);
        foreach (var uid in uids[true])
            await Apply(subnet.Neurons[uid].Hotkey, Calls.SetWeights(Full, uids[false], uids[false].Select(miner => (ushort)(1 + LastUid - miner))));
    }

    private async Task Apply(AccountId signer, Call call)
    {
        var result = await _client!.SubmitAsync(signer, call, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(result.IsApplied, $"{call.Kind} was refused: {result.ErrorName}");
    }

    private async Task Close(ulong blocks)
    {
        for (var block = 0UL; block < blocks; block++) await CloseBlock();
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

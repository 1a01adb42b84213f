using System.Collections.Frozen;
using System.Net;
using Dtao.Economics;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Hosting.Network;
using Dtao.Keys;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Dtao.Client.Tests;

/// <summary>A network without signatures whose silo names its administrator, as a program elsewhere meets it.</summary>
public sealed class AdministratorTests : IAsyncLifetime
{
    private static readonly NetUid s_one = new(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-administrator-");
    private readonly KeyPair _charlie = SecretUri.Parse("//Charlie", KeyScheme.Sr25519, out _)!;
    private readonly KeyPair _bob = SecretUri.Parse("//Bob", KeyScheme.Sr25519, out _)!;
    private NetworkHost? _host;
    private DtaoClient? _client;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DtaoClient Client => _client!;

    private IPEndPoint Gateway => new(IPAddress.Loopback, _host!.GatewayPort);

    public async ValueTask InitializeAsync()
    {
        var options = DemoNetwork.OptionsFor(Path.Combine(_folder.FullName, "ledger.db"));
        _host = await NetworkHost.StartAsync(options with { Administrators = FrozenSet.Create(new AccountId(_charlie.PublicKey)) }, Token);
        _client = await DtaoClient.ConnectAsync(new DtaoConnectionOptions { Gateways = [Gateway], ConnectMillisecondsMax = 60_000 }, Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
        if (_host is not null) await _host.DisposeAsync();
        _charlie.Dispose();
        _bob.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Administer_ByKey_OnlyTheAdministratorsAndOnce()
    {
        var before = await FeeRate();
        var unsigned = await Client.AdministerAsync("fee_rate", "77", s_one, cancellationToken: Token);
        Client.Administrator = new KeyPairSigner(_bob);
        var stranger = await Client.AdministerAsync("fee_rate", "77", s_one, cancellationToken: Token);
        var untouched = await FeeRate();
        Client.Administrator = new KeyPairSigner(_charlie);
        var ticket = await Client.CreateTicketAsync(Token);
        var own = await Client.AdministerAsync("fee_rate", "77", s_one, ticket, Token);
        var later = await Client.AdministerAsync("fee_rate", "78", s_one, cancellationToken: Token);
        var repeated = await Client.AdministerAsync("fee_rate", "77", s_one, ticket, Token);

        Assert.Equal((RefusalCode.SignatureMissing, RefusalCode.NotAdministrator), (unsigned.Code, stranger.Code));
        Assert.Equal(before, untouched);
        Assert.True(own.IsApplied, own.ErrorName);
        Assert.True(later.IsApplied, later.ErrorName);
        Assert.Equal(own.Receipt!.Order, repeated.Receipt!.Order);
        Assert.Equal(new FeeRate(78), await FeeRate());
    }

    /// <summary>With an administrator named, a client at the gateway may do what a client does, and nothing that is the operator's.</summary>
    [Fact]
    public async Task Client_OperatorsCalls_AreRefusedAndItsOwnTaken()
    {
        var paid = await Client.TransferAsync(DevAccounts.Alice, DevAccounts.Bob, new Tao(1), cancellationToken: Token);
        var head = await Client.GetHeadAsync(Token);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client => client.UseLocalhostClustering(_host!.GatewayPort, NetworkHostOptions.ClusterName, NetworkHostOptions.ClusterName));
        using var outside = builder.Build();
        await outside.StartAsync(Token);
        var coordinator = outside.Services.GetRequiredService<IClusterClient>().GetGrain<IBlockCoordinatorGrain>(0);

        Assert.True(paid.IsApplied, paid.ErrorName);
        await Assert.ThrowsAnyAsync<UnauthorizedAccessException>(coordinator.CloseBlock);
        Assert.Equal(head.Block, (await coordinator.GetHead()).Block);
        var closed = await _host!.Grains.GetGrain<IBlockCoordinatorGrain>(0).CloseBlock();
        Assert.False(closed.RequiresSignatures);
        Assert.False((await Client.GetBlockAsync(closed.Number, Token))!.RequiresSignatures);
        await outside.StopAsync(Token);
    }

    private async Task<FeeRate> FeeRate() => (await Client.GetSubnetAsync(s_one, Token))!.Pool.Books!.FeeRate;
}

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

/// <summary>A network that takes signed operations only, over its gateway, as a program elsewhere meets it.</summary>
public sealed class SignedNetworkTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-signed-");
    private readonly KeyPair _alice = SecretUri.Parse("//Alice", KeyScheme.Sr25519, out _)!;
    private readonly KeyPair _bob = SecretUri.Parse("//Bob", KeyScheme.Sr25519, out _)!;
    private NetworkHost? _host;
    private DtaoClient? _client;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DtaoClient Client => _client!;

    public ValueTask InitializeAsync() => new(Start());

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _alice.Dispose();
        _bob.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Submit_Unsigned_IsRefusedAndSignedIsTaken()
    {
        var unsigned = await Pay(1);
        Client.AddSigner(new KeyPairSigner(_alice));
        var signed = await Pay(1);

        Assert.True(Client.RequiresSignatures);
        Assert.Equal((OperationStatus.NotAccepted, RefusalCode.SignatureMissing), (unsigned.Status, unsigned.Code));
        Assert.True(signed.IsApplied, signed.ErrorName);
        Assert.Equal(1UL, signed.Ticket.Nonce);
    }

    /// <summary>The same operation is answered again; nothing of it can be used for another one; and no other key, network, or content passes.</summary>
    [Fact]
    public async Task Submit_RepeatedOrForged_TakesEffectOnce()
    {
        Client.AddSigner(new KeyPairSigner(_alice));
        var first = await Pay(1);
        var before = (await Client.GetBalanceAsync(DevAccounts.Alice, Token)).Free;

        var repeated = await Client.SubmitAsync(first.Operation, Token);
        var byTicket = await Client.TransferAsync(DevAccounts.Alice, DevAccounts.Bob, new Tao(1), ticket: first.Ticket, cancellationToken: Token);
        var renamed = await Client.SubmitAsync(first.Operation with { Id = OperationId.Create() }, Token);
        var raised = await Client.SubmitAsync(
            first.Operation with { Id = OperationId.Create(), Call = Calls.Transfer(DevAccounts.Bob, new Tao(1_000), keepAlive: true) }, Token);
        var stolen = await Client.SubmitAsync(
            DtaoClient.Sign(first.Operation with { Id = OperationId.Create(), Nonce = 9 }, new KeyPairSigner(_bob)), Token);
        var used = await Client.SubmitAsync(DtaoClient.Sign(first.Operation with { Id = OperationId.Create() }, new KeyPairSigner(_alice)), Token);
        var abroad = await Client.SubmitAsync(
            DtaoClient.Sign(first.Operation with { Id = OperationId.Create(), Nonce = 9, NetworkId = "elsewhere" }, new KeyPairSigner(_alice)), Token);

        Assert.Equal(first.Receipt!.Order, repeated.Receipt!.Order);
        Assert.Equal(first.Receipt.Order, byTicket.Receipt!.Order);
        Assert.Equal(
            [RefusalCode.BadSignature, RefusalCode.BadSignature, RefusalCode.BadSignature, RefusalCode.NonceUsed, RefusalCode.WrongNetwork],
            new[] { renamed, raised, stolen, used, abroad }.Select(result => result.Code));
        Assert.Equal(before, (await Client.GetBalanceAsync(DevAccounts.Alice, Token)).Free);
    }

    /// <summary>Two programs sign for one coldkey at once: they meet on nonces, and every operation takes effect.</summary>
    [Fact]
    public async Task Submit_TwoClientsOfOneColdkey_EveryOperationOnce()
    {
        await using var other = await Connect();
        Client.AddSigner(new KeyPairSigner(_alice));
        other.AddSigner(new KeyPairSigner(_alice));
        var before = (await Client.GetBalanceAsync(DevAccounts.Bob, Token)).Free;

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(place =>
            (place % 2 == 0 ? Client : other).TransferAsync(DevAccounts.Alice, DevAccounts.Bob, new Tao(1_000), cancellationToken: Token)));

        Assert.All(results, result => Assert.True(result.IsApplied, $"{result.ErrorName} with nonce {result.Ticket.Nonce}"));
        Assert.Equal(20, results.Select(result => result.Ticket.Nonce).Distinct().Count());
        Assert.Equal(before + new Tao(20_000), (await Client.GetBalanceAsync(DevAccounts.Bob, Token)).Free);
    }

    /// <summary>Many in one message have the checks of each: signature, nonce, and whose they are.</summary>
    [Fact]
    public async Task SubmitMany_SignedAndNot_EachIsCheckedAsIfItWereAlone()
    {
        Client.AddSigner(new KeyPairSigner(_alice));
        await using var other = await Connect();
        other.AddSigner(new KeyPairSigner(_alice));
        var first = await Pay(1);

        // Its nonces are known to it from before the other's.
        var results = await Client.SubmitManyAsync(
            [.. Enumerable.Range(0, 20).Select(place => (place < 19 ? DevAccounts.Alice : DevAccounts.Bob, Calls.Transfer(DevAccounts.Charlie, new Tao(1), keepAlive: true)))], Token);
        var others = await other.SubmitManyAsync([.. Enumerable.Range(0, 5).Select(_ => (DevAccounts.Alice, Calls.Transfer(DevAccounts.Charlie, new Tao(1), keepAlive: true)))], Token);
        var again = await Client.SubmitManyAsync([.. Enumerable.Range(0, 5).Select(_ => (DevAccounts.Alice, Calls.Transfer(DevAccounts.Charlie, new Tao(1), keepAlive: true)))], Token);
        var forged = await Client.SubmitManyAsync([first.Operation, first.Operation with { Id = OperationId.Create() }], Token);

        Assert.All(results.Take(19).Concat(others).Concat(again), result => Assert.True(result.IsApplied, result.ErrorName));
        Assert.Equal(RefusalCode.SignatureMissing, results[19].Code);
        Assert.Equal([RefusalCode.None, RefusalCode.BadSignature], forged.Select(result => result.Code));
        Assert.Equal(first.Receipt!.Order, forged[0].Receipt!.Order);
        Assert.True(OutsideCalls.IsOpen(typeof(Grains.Stakers.IOperationIntakeGrain), "SubmitMany"));
        Assert.False(OutsideCalls.IsOpen(typeof(Grains.Stakers.IStakerAccountGrain), "SubmitAll"));
    }

    [Fact]
    public async Task Restart_NoncesAndTheRuleItself_AreRemembered()
    {
        Client.AddSigner(new KeyPairSigner(_alice));
        var first = await Pay(1);
        await Stop();
        await Start();
        Client.AddSigner(new KeyPairSigner(_alice));

        var used = await Client.SubmitAsync(DtaoClient.Sign(first.Operation with { Id = OperationId.Create() }, new KeyPairSigner(_alice)), Token);
        var next = await Pay(1);

        Assert.Equal(RefusalCode.NonceUsed, used.Code);
        Assert.Equal((true, 2UL), (next.IsApplied, next.Ticket.Nonce!.Value));
    }

    /// <summary>Actors' own calls, with which a client could speak in anybody's name, are not a client's to make; nor is the operator's.</summary>
    [Fact]
    public async Task Client_ActorsOwnCalls_AreRefusedAtTheGateway()
    {
        var administered = await Client.AdministerAsync("limit_orders", "false", cancellationToken: Token);
        using var outside = await ConnectRaw();
        var grains = outside.Services.GetRequiredService<IClusterClient>();
        var coordinator = grains.GetGrain<IBlockCoordinatorGrain>(0);

        Assert.Equal(RefusalCode.SignatureMissing, administered.Code);
        Assert.True((await Client.GetHeadAsync(Token)).Header?.RequiresSignatures ?? true);
        Assert.Equal((await Client.GetHeadAsync(Token)).Block, (await coordinator.GetHead()).Block);
        await Assert.ThrowsAnyAsync<UnauthorizedAccessException>(coordinator.CloseBlock);
        await outside.StopAsync(Token);
        Assert.True(OutsideCalls.IsOpen(typeof(Grains.Stakers.IStakerAccountGrain), "Submit"));
        Assert.All(
            [
                (typeof(Grains.Stakers.IStakerAccountGrain), "FillOrder"), (typeof(Grains.Stakers.IStakerAccountGrain), "Credit"),
                (typeof(Grains.Stakers.IStakerAccountGrain), "ExecuteForSudo"), (typeof(Grains.Subnets.ISubnetPoolGrain), "Execute"),
                (typeof(Grains.Lanes.ILaneGrain), "Execute"), (typeof(Grains.Registry.ISubnetRegistryGrain), "ExecuteSudo"),
                (typeof(Grains.Blocks.IBlockCoordinatorGrain), "CloseBlock"), (typeof(Grains.Validators.IValidatorGrain), "Execute"),
            ],
            call => Assert.False(OutsideCalls.IsOpen(call.Item1, call.Item2), $"{call.Item1.Name}.{call.Item2}"));
    }

    private Task<OperationResult> Pay(ulong rao) => Client.TransferAsync(DevAccounts.Alice, DevAccounts.Bob, new Tao(rao), cancellationToken: Token);

    private async Task Start()
    {
        var options = DemoNetwork.OptionsFor(Path.Combine(_folder.FullName, "ledger.db"));
        _host = await NetworkHost.StartAsync(options with { Genesis = options.Genesis! with { RequiresSignatures = true } }, Token);
        _client = await Connect();
    }

    private async Task Stop()
    {
        if (_client is not null) await _client.DisposeAsync();
        if (_host is not null) await _host.DisposeAsync();
        (_client, _host) = (null, null);
    }

    /// <summary>A client of the cluster that knows every actor's interface.</summary>
    private async Task<IHost> ConnectRaw()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client => client.UseLocalhostClustering(_host!.GatewayPort, NetworkHostOptions.ClusterName, NetworkHostOptions.ClusterName));
        var host = builder.Build();
        await host.StartAsync(Token);
        return host;
    }

    private Task<DtaoClient> Connect() => DtaoClient.ConnectAsync(
        new DtaoConnectionOptions { Gateways = [new IPEndPoint(IPAddress.Loopback, _host!.GatewayPort)], ConnectMillisecondsMax = 60_000 }, Token);
}

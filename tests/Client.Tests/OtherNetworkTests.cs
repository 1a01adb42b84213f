using System.Net;
using Dtao.Economics;
using Dtao.Grains;
using Dtao.Hosting.Network;
using Xunit;

namespace Dtao.Client.Tests;

/// <summary>What a client notices when another network answers at the address of its own.</summary>
public sealed class OtherNetworkTests : IDisposable
{
    private static readonly Tao OneTao = new(AmountText.RaoPerWhole);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-other-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Connect_OtherNetworkThanAskedFor_NamesBoth()
    {
        await using var host = await Start("mine");

        var caught = await Assert.ThrowsAsync<NetworkUnreachableException>(() => Connect(host, "yours"));

        Assert.Equal(ConnectFault.OtherNetwork, caught.Fault);
        Assert.Contains("'mine'", caught.Message, StringComparison.Ordinal);
        Assert.Contains("'yours'", caught.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_OperationOfAnotherNetwork_IsWrongNetworkAndCostsNothing()
    {
        await using var host = await Start("mine");
        await using var client = await Connect(host, "mine");
        var ticket = await client.CreateTicketAsync(Token);
        var operation = new Operation
        {
            Id = ticket.Id,
            LastValidBlock = ticket.LastValidBlock,
            Signer = DevAccounts.Alice,
            Call = Calls.Transfer(DevAccounts.Bob, OneTao, keepAlive: true),
            NetworkId = "yours",
        };
        var before = await client.GetBalanceAsync(DevAccounts.Alice, Token);

        var other = await client.SubmitAsync(operation, Token);
        var own = await client.SubmitAsync(operation with { NetworkId = "mine" }, Token);

        Assert.Equal((OperationStatus.NotAccepted, 1010, "WrongNetwork", 1), (other.Status, (int)other.Code, other.ErrorName, other.Tries));
        Assert.True(own.IsApplied, own.ErrorName);
        Assert.Equal(before.Free - OneTao, (await client.GetBalanceAsync(DevAccounts.Alice, Token)).Free);
    }

    [Fact]
    public async Task Client_AnotherNetworkAtTheSameAddress_RefusesOperationsAndThrowsInReads()
    {
        var first = await Start("first");
        await using var client = await Connect(first, null);
        var gateway = first.GatewayPort;
        var ticket = await client.CreateTicketAsync(Token);
        var applied = await client.TransferAsync(DevAccounts.Alice, DevAccounts.Bob, OneTao, ticket: ticket, cancellationToken: Token);
        await first.DisposeAsync();
        await using var second = await Start("second", gateway);
        await using var fresh = await Connect(second, "second");
        var before = await fresh.GetBalanceAsync(DevAccounts.Alice, Token);

        var sent = await client.TransferAsync(DevAccounts.Alice, DevAccounts.Bob, OneTao, ticket: ticket, cancellationToken: Token);

        Assert.True(applied.IsApplied, applied.ErrorName);
        Assert.Equal(RefusalCode.WrongNetwork, sent.Receipt?.Code);
        Assert.Equal("first", sent.Operation.NetworkId);
        var caught = await Assert.ThrowsAsync<NetworkChangedException>(() => client.GetBalanceAsync(DevAccounts.Alice, Token));
        Assert.Equal(("first", "second"), (caught.Expected, caught.Found));
        await Assert.ThrowsAsync<NetworkChangedException>(() => client.QuoteAsync(DevAccounts.Alice, Calls.Transfer(DevAccounts.Bob, OneTao, true), Token));
        await Assert.ThrowsAsync<NetworkChangedException>(() => client.GetHeadAsync(Token));
        Assert.Equal(before.Free, (await fresh.GetBalanceAsync(DevAccounts.Alice, Token)).Free);
    }

    private Task<NetworkHost> Start(string networkId, int gateway = 0)
    {
        var options = DemoNetwork.OptionsFor(Path.Combine(_folder.FullName, networkId + ".db"));
        return NetworkHost.StartAsync(options with { Genesis = options.Genesis! with { NetworkId = networkId }, GatewayPort = gateway });
    }

    private static Task<DtaoClient> Connect(NetworkHost host, string? networkId) => DtaoClient.ConnectAsync(
        new DtaoConnectionOptions
        {
            Gateways = [new IPEndPoint(IPAddress.Loopback, host.GatewayPort)],
            NetworkId = networkId,
            ConnectTriesMax = 100,
            Client = new DtaoClientOptions { TriesMax = 50, RetryPauseMillisecondsMax = 500 },
        },
        Token);
}

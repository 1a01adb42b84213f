using System.Net;
using System.Net.Sockets;
using Dtao.FirstStake;
using Xunit;

namespace Dtao.Client.Tests;

[Collection(typeof(OnDemoNetwork))]
public sealed class ConnectTests(DemoNetwork network)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connect_NothingListens_SaysSo()
    {
        // Bound and never listening: nobody else can take the port meanwhile.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var gateway = (IPEndPoint)socket.LocalEndPoint!;

        var caught = await Assert.ThrowsAsync<NetworkUnreachableException>(() => Connect(gateway, "dtao"));

        Assert.Equal(ConnectFault.NothingListens, caught.Fault);
        Assert.Contains(gateway.ToString(), caught.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_OtherClusterId_NamesBothIds()
    {
        var caught = await Assert.ThrowsAsync<NetworkUnreachableException>(() => Connect(network.Gateway, "another"));

        Assert.Equal(ConnectFault.HandshakeRefused, caught.Fault);
        Assert.Contains("'another'", caught.Message, StringComparison.Ordinal);
        Assert.Contains(network.Gateway.ToString(), caught.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_Cancelled_EndsAsCancelled()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            DtaoClient.ConnectAsync(new DtaoConnectionOptions { Gateways = [network.Gateway] }, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Sample_OnTheDemoNetwork_MakesItsFirstStake()
    {
        using var output = new StringWriter { NewLine = "\n" };

        var isDone = await Sample.RunAsync(network.Client, output);

        Assert.True(isDone, output.ToString());
        Assert.Contains("Bought ", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Alice holds ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InProcessClient_WithoutASocket_ReadsTheSameNetwork()
    {
        var inside = new DtaoClient(network.Host.Grains);

        Assert.Equal((await network.Client.GetNetworkAsync(Token)).NetworkId, (await inside.GetNetworkAsync(Token)).NetworkId);
        Assert.Equal(17, (await inside.GetSubnetsAsync(Token)).Count);
    }

    private static Task<DtaoClient> Connect(IPEndPoint gateway, string clusterId) => DtaoClient.ConnectAsync(
        new DtaoConnectionOptions { Gateways = [gateway], ClusterId = clusterId, ConnectTriesMax = 2, ConnectPauseMilliseconds = 0 }, Token);
}

using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace Dtao.Client;

/// <content>Reaching a network from outside its cluster.</content>
public sealed partial class DtaoClient
{
    /// <summary>Connects to a network's gateways.</summary>
    /// <exception cref="NetworkUnreachableException">No connection came about within the bounds of the options; the message says why and what to check.</exception>
    /// <exception cref="ValidationException">An option is out of its range.</exception>
    public static async Task<DtaoClient> ConnectAsync(DtaoConnectionOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        var watch = new ConnectionWatch();
        var host = BuildHost(options, watch);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(options.ConnectMillisecondsMax);
            await host.StartAsync(patience.Token).ConfigureAwait(false);
            var grains = host.Services.GetRequiredService<IClusterClient>();
            var client = new DtaoClient(grains, options.Client, TimeProvider.System, new Connection(host, watch));
            var network = await client.GetNetworkAsync(patience.Token).ConfigureAwait(false);
            if (options.NetworkId is not { } wanted || wanted == network.NetworkId) return client;
            await client.DisposeAsync().ConfigureAwait(false);
            throw new NetworkUnreachableException(
                ConnectFault.OtherNetwork, $"Network '{network.NetworkId}' answers{(options.Clustering is null ? $" at {string.Join(", ", options.Gateways)}" : string.Empty)}, and not '{wanted}'. Check the address.", null);
        }
        catch (Exception caught) when (caught is not NetworkUnreachableException)
        {
            host.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw await Explain(options, caught, cancellationToken).ConfigureAwait(false);
        }
    }

    private static IHost BuildHost(DtaoConnectionOptions options, ConnectionWatch watch)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        // The host belongs to the client: it must not listen for the program's Ctrl-C.
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.UseOrleansClient(client =>
        {
            if (options.Clustering is { } clustering) clustering(client);
            else client.UseStaticClustering([.. options.Gateways]);
            if (options.PropagatesTraces ?? ClientTraces.Source.HasListeners()) client.AddActivityPropagation();
            if (options.Tls is { } encryption) client.UseTls(encryption.ApplyToClient);
            client.Configure<ClusterOptions>(cluster =>
            {
                cluster.ClusterId = options.ClusterId;
                cluster.ServiceId = options.ServiceId;
            });
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromMilliseconds(options.ResponseMillisecondsMax));
            client.AddClusterConnectionLostHandler((_, _) => watch.NoteLoss());
            var tries = 0;
            client.UseConnectionRetryFilter(async (_, token) =>
            {
                if (++tries >= options.ConnectTriesMax) return false;
                await Task.Delay(options.ConnectPauseMilliseconds, token).ConfigureAwait(false);
                return true;
            });
        });
        return builder.Build();
    }

    /// <summary>A gateway that closes a connection says nothing, so the reason is found by looking whether anybody listens.</summary>
    private static async Task<NetworkUnreachableException> Explain(DtaoConnectionOptions options, Exception cause, CancellationToken cancellationToken)
    {
        if (options.Clustering is not null) return new(ConnectFault.NothingListens, $"No gateway of the cluster was found or answers: {cause.Message}", cause);
        var gateways = string.Join(", ", options.Gateways);
        foreach (var gateway in options.Gateways)
        {
            if (!await Listens(gateway, cancellationToken).ConfigureAwait(false)) continue;
            return new(
                ConnectFault.HandshakeRefused,
                $"{gateway} accepts connections but did not take this client, which says cluster id '{options.ClusterId}' and service id '{options.ServiceId}'. "
                    + "Check that both are the silo's own, and that the port is a silo's gateway.",
                cause);
        }

        return new(ConnectFault.NothingListens, $"No gateway accepts connections at {gateways}. Check the address, and that the network runs.", cause);
    }

    private static async Task<bool> Listens(IPEndPoint gateway, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        using var socket = new Socket(gateway.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(gateway, patience.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception caught) when (caught is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Counts how often no gateway was left: after each, another network may answer.</summary>
    private sealed class ConnectionWatch
    {
        private int _losses;

        public int Losses => Volatile.Read(ref _losses);

        public void NoteLoss() => Interlocked.Increment(ref _losses);
    }

    private sealed class Connection(IHost host, ConnectionWatch watch) : IAsyncDisposable
    {
        public int Losses => watch.Losses;

        public async ValueTask DisposeAsync()
        {
            await host.StopAsync().ConfigureAwait(false);
            host.Dispose();
        }
    }

    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

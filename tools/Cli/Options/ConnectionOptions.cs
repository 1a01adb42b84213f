using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Dtao.Client;

namespace Dtao.Cli.Options;

/// <summary>Where the network is.</summary>
internal sealed class ConnectionOptions
{
    private const int TriesMax = 3;

    private readonly Option<string> _gateway = new("--network", "--gateway")
    {
        Description = "A silo's gateway as host:port, or 'local' for this machine.",
        DefaultValueFactory = _ => "local",
    };

    private readonly Option<string> _clusterId = new("--cluster-id")
    {
        Description = "The silos' cluster id.",
        DefaultValueFactory = _ => DtaoConnectionOptions.ClusterIdDefault,
    };

    private readonly Option<string> _serviceId = new("--service-id")
    {
        Description = "The silos' service id.",
        DefaultValueFactory = _ => DtaoConnectionOptions.ServiceIdDefault,
    };

    private readonly Option<string?> _networkId = new("--network-id")
    {
        Description = "The id of the network that has to answer there; without it any may.",
    };

    public void AddTo(Command command)
    {
        command.Add(_gateway);
        command.Add(_clusterId);
        command.Add(_serviceId);
        command.Add(_networkId);
    }

    public async Task<DtaoClient> ConnectAsync(CliContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var gateway = await ReadGateway(parsed.GetValue(_gateway)!, cancellationToken);
        var options = new DtaoConnectionOptions
        {
            Gateways = gateway,
            ClusterId = parsed.GetValue(_clusterId)!,
            ServiceId = parsed.GetValue(_serviceId)!,
            NetworkId = parsed.GetValue(_networkId),
            ConnectTriesMax = TriesMax,
        };
        return await context.Connect(options, cancellationToken);
    }

    private static async Task<IReadOnlyList<IPEndPoint>> ReadGateway(string text, CancellationToken cancellationToken)
    {
        if (text == "local") return new DtaoConnectionOptions().Gateways;
        if (IPEndPoint.TryParse(text, out var endpoint) && endpoint.Port != 0) return [endpoint];
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            throw new UsageException($"'{text}' is no gateway: write host:port, such as 127.0.0.1:{DtaoConnectionOptions.GatewayPortDefault}, or 'local'.");
        }

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(text[..colon], cancellationToken);
            return [.. addresses.Select(address => new IPEndPoint(address, port))];
        }
        catch (SocketException caught)
        {
            throw new NetworkUnreachableException($"The host of '{text}' is not known: {caught.Message}", caught);
        }
    }
}

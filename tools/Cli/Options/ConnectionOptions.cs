using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Dtao.Cli.Clusters;
using Dtao.Client;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Dtao.Cli.Options;

/// <summary>Where the network is.</summary>
internal sealed class ConnectionOptions
{
    private const int TriesMax = 3;

    private const string ClusterWord = "cluster";

    private readonly Option<string?> _gateway = new("--network", "--gateway")
    {
        Description = $"A silo's gateway as host:port, 'local' for this machine, or '{ClusterWord}' or '{ClusterWord}:DIR' for a cluster of 'dtao cluster up'. "
            + $"When left out: the cluster in ./{ClusterState.FolderDefault} where one runs, else local.",
    };

    private readonly Option<string?> _connection = new("--connection")
    {
        Description = "The storage account in which the silos find each other: a connection string, or its table endpoint. In place of --network.",
    };

    private readonly Option<string> _membershipTable = new("--membership-table")
    {
        Description = "The table there.",
        DefaultValueFactory = _ => AzureStorageClusteringOptions.DEFAULT_TABLE_NAME,
    };

    private readonly Option<string?> _trusted = new("--tls-trusted")
    {
        Description = "Connections are encrypted, and silos show a certificate of this authority (PEM file).",
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
        command.Add(_connection);
        command.Add(_membershipTable);
        command.Add(_trusted);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_gateway) is not null && result.GetValue(_connection) is not null) result.AddError("Give either --network or --connection.");
        });
        command.Add(_clusterId);
        command.Add(_serviceId);
        command.Add(_networkId);
    }

    public async Task<DtaoClient> ConnectAsync(CliContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var connection = parsed.GetValue(_connection);
        var options = new DtaoConnectionOptions
        {
            Gateways = connection is null ? await ReadGateways(parsed.GetValue(_gateway), cancellationToken) : new DtaoConnectionOptions().Gateways,
            Clustering = connection is null ? null : client => client.UseAzureStorageClustering(gateways => Find(gateways, connection, parsed.GetValue(_membershipTable)!)),
            Tls = parsed.GetValue(_trusted) is { } trusted ? new DtaoTls { TrustedFile = trusted } : null,
            ClusterId = parsed.GetValue(_clusterId)!,
            ServiceId = parsed.GetValue(_serviceId)!,
            NetworkId = parsed.GetValue(_networkId),
            ConnectTriesMax = TriesMax,
        };
        return await context.Connect(options, cancellationToken);
    }

    private static void Find(AzureStorageGatewayOptions gateways, string connection, string table)
    {
        if (Uri.TryCreate(connection, UriKind.Absolute, out var endpoint)) gateways.ConfigureTableServiceClient(endpoint);
        else gateways.ConfigureTableServiceClient(connection);
        gateways.TableName = table;
    }

    private static async Task<IReadOnlyList<IPEndPoint>> ReadGateways(string? text, CancellationToken cancellationToken)
    {
        if (text is null) return ClusterState.Read(ClusterState.FolderDefault) is { Gateways: { Count: > 0 } found } ? found : new DtaoConnectionOptions().Gateways;
        if (text == ClusterWord || text.StartsWith(ClusterWord + ":", StringComparison.Ordinal))
        {
            var folder = text == ClusterWord ? ClusterState.FolderDefault : text[(ClusterWord.Length + 1)..];
            return ClusterState.Read(folder) is { Gateways: { Count: > 0 } running } ? running : throw new NetworkUnreachableException($"No silo of a cluster runs in {folder}.", null);
        }

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

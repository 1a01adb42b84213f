using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Dtao.Client;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Dtao.Api.Configuration;

/// <summary>Where the network is: settings with the silos' names, so that one set of them serves both.</summary>
internal static class ConnectionSettings
{
    public static IReadOnlyList<string> Names { get; } =
    [
        "Gateways", "NetworkId", "Cluster:Id", "Cluster:ServiceId", "Storage:ConnectionString", "Storage:TableEndpoint", "Membership:Table",
        "Tls:CertificateFile", "Tls:KeyFile", "Tls:Password", "Tls:TrustedFile", "Tls:RequiresPeerCertificate",
    ];

    /// <param name="text">The text of a setting; null when it is not set.</param>
    public static DtaoConnectionOptions Read(Func<string, string?> text, List<string> faults)
    {
        var account = text("Storage:ConnectionString") ?? text("Storage:TableEndpoint");
        var gateways = text("Gateways");
        if (account is not null && gateways is not null) faults.Add("Give either gateways or a storage account: there are two ways to find silos.");
        var table = text("Membership:Table") ?? AzureStorageClusteringOptions.DEFAULT_TABLE_NAME;
        var options = new DtaoConnectionOptions();
        return options with
        {
            Gateways = gateways is null ? options.Gateways : [.. gateways.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).SelectMany(one => Find(one, faults))],
            Clustering = account is null ? null : client => client.UseAzureStorageClustering(found => Find(found, account, table)),
            Tls = Tls(text, faults),
            ClusterId = text("Cluster:Id") ?? options.ClusterId,
            ServiceId = text("Cluster:ServiceId") ?? options.ServiceId,
            NetworkId = text("NetworkId"),
        };
    }

    private static void Find(AzureStorageGatewayOptions found, string account, string table)
    {
        if (Uri.TryCreate(account, UriKind.Absolute, out var endpoint)) found.ConfigureTableServiceClient(endpoint);
        else found.ConfigureTableServiceClient(account);
        found.TableName = table;
    }

    private static IEnumerable<IPEndPoint> Find(string gateway, List<string> faults)
    {
        if (IPEndPoint.TryParse(gateway, out var endpoint) && endpoint.Port != 0) return [endpoint];
        var colon = gateway.LastIndexOf(':');
        if (colon > 0 && ushort.TryParse(gateway.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port != 0)
        {
            try
            {
                return [.. Dns.GetHostAddresses(gateway[..colon]).Select(address => new IPEndPoint(address, port))];
            }
            catch (SocketException unknown)
            {
                faults.Add($"The host of the gateway {gateway} is not known: {unknown.Message}");
                return [];
            }
        }

        faults.Add($"'{gateway}' is no gateway: write host:port, such as 127.0.0.1:{DtaoConnectionOptions.GatewayPortDefault}.");
        return [];
    }

    private static DtaoTls? Tls(Func<string, string?> text, List<string> faults)
    {
        var requires = false;
        if (text("Tls:RequiresPeerCertificate") is { } flag && !bool.TryParse(flag, out requires)) faults.Add($"Tls:RequiresPeerCertificate {flag} is neither true nor false.");
        var tls = new DtaoTls
        {
            CertificateFile = text("Tls:CertificateFile"),
            KeyFile = text("Tls:KeyFile"),
            Password = text("Tls:Password"),
            TrustedFile = text("Tls:TrustedFile"),
            RequiresPeerCertificate = requires,
        };
        if (tls == new DtaoTls()) return null;
        faults.AddRange(tls.FindFaults(isSilo: false));
        return tls;
    }
}

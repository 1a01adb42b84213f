using System.Globalization;
using System.Net;
using Dtao.Client;

namespace Dtao.LoadTest.Runs;

/// <summary>A process of the loaded network that is watched.</summary>
public sealed record WatchedProcess(string Name, int ProcessId);

/// <summary>What is known of a network that runs.</summary>
/// <param name="Gateways">Each gets a connection of its own.</param>
/// <param name="Processes">Finds silos and storage on this machine, as they run when it is asked; none where they are not known.</param>
public sealed record LiveNetwork(IReadOnlyList<IPEndPoint> Gateways, Func<IReadOnlyList<WatchedProcess>> Processes)
{
    /// <summary>As many as there are gateways, as far as is known from outside.</summary>
    public int Silos => Gateways.Count;

    /// <summary>Of host:port texts; hosts are numeric addresses.</summary>
    /// <exception cref="LoadUsageException">One is none.</exception>
    public static LiveNetwork Of(IEnumerable<string> gateways)
    {
        ArgumentNullException.ThrowIfNull(gateways);
        return new([.. gateways.Select(Parse)], static () => []);
    }

    /// <summary>A connection for each gateway. Each knows the others too: where one is gone, its clients go on.</summary>
    internal static async Task<List<DtaoClient>> ConnectAsync(IReadOnlyList<IPEndPoint> gateways, CancellationToken cancellationToken)
    {
        var clients = new List<DtaoClient>();
        try
        {
            for (var number = 0; number < gateways.Count; number++)
            {
                clients.Add(await DtaoClient.ConnectAsync(
                    new DtaoConnectionOptions { Gateways = [.. gateways.Skip(number), .. gateways.Take(number)], Client = new DtaoClientOptions { OperationsMax = 1_000_000 } }, cancellationToken));
            }

            return clients;
        }
        catch
        {
            foreach (var client in clients) await client.DisposeAsync();
            throw;
        }
    }

    private static IPEndPoint Parse(string text)
    {
        if (text == "local") return new IPEndPoint(IPAddress.Loopback, DtaoConnectionOptions.GatewayPortDefault);
        return IPEndPoint.TryParse(text, out var gateway) && gateway.Port != 0
            ? gateway
            : throw new LoadUsageException(string.Create(CultureInfo.InvariantCulture, $"'{text}' is no gateway: write address:port, such as 127.0.0.1:{DtaoConnectionOptions.GatewayPortDefault}."));
    }
}

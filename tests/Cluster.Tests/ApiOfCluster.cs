using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dtao.Api;
using Dtao.Hosting.Cluster;
using Dtao.TestKit;

namespace Dtao.Cluster.Tests;

/// <summary>A process that serves the API of a cluster, from its command line on: it finds silos in the storage account's table.</summary>
internal static partial class ApiOfCluster
{
    /// <param name="trustedFile">Null: connections are plain.</param>
    public static async Task AssertServes(ClusterSiloOptions cluster, string networkId, string? trustedFile, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var shown = new Lines();
        using var http = new HttpClient { Timeout = Patience.Max };
        List<string> arguments =
        [
            "--connection", cluster.Account.ConnectionString!, "--port", "any", "--read-side", "none", "--log-level", "Error",
            "--set", $"Cluster:Id={cluster.ClusterId}", "--set", $"Cluster:ServiceId={cluster.ServiceId}", "--set", $"Membership:Table={cluster.MembershipTable}",
        ];
        if (trustedFile is not null) arguments.AddRange(["--set", $"Tls:TrustedFile={trustedFile}"]);

        var run = ApiProcess.Run(arguments, TextReader.Null, shown, shown, environment: null, stop.Token);
        await Patience.Until(() => Task.FromResult(run.IsCompleted || Address().IsMatch(shown.ToString())), "It serves nothing.");
        Assert.False(run.IsCompleted, shown.ToString());
        var status = JsonElement.Parse(await http.GetStringAsync($"{Address().Match(shown.ToString()).Value}/api/status/v1", cancellationToken));
        await stop.CancelAsync();

        Assert.Equal(networkId, status.GetProperty("network_id").GetString());
        Assert.Equal(0, await run.WaitAsync(Patience.Max, cancellationToken));
    }

    /// <summary>What was told so far, line by line, by whichever thread.</summary>
    private sealed class Lines : TextWriter
    {
        private readonly ConcurrentQueue<string?> _lines = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override Task WriteLineAsync(string? value)
        {
            _lines.Enqueue(value);
            return Task.CompletedTask;
        }

        public override string ToString() => string.Concat(_lines.Select(line => line + "\n"));
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}

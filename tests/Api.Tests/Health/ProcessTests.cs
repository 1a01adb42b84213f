using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Dtao.Api.Configuration;
using Dtao.TestKit;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Dtao.Api.Tests.Health;

/// <summary>A process of its own, from the command line to the exit code, in this process and over a gateway.</summary>
public sealed partial class ProcessTests(ApiNetwork network)
{
    [Fact]
    public async Task Run_AtAGateway_ServesTheNetworkUntilItIsStopped()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var shown = new Lines();
        using var http = new HttpClient { Timeout = Patience.Max };

        var folder = Directory.CreateTempSubdirectory("dtao-process-");
        string[] arguments = ["--gateway", $"127.0.0.1:{network.Host.GatewayPort}", "--port", "any", "--read-side", Path.Combine(folder.FullName, "read.db"), "--set", "Metrics:Port=any", "--log-level", "Error"];
        var run = ApiProcess.Run(arguments, TextReader.Null, shown, shown, environment: null, stop.Token);
        await Patience.Until(() => Task.FromResult(run.IsCompleted || shown.ToString().Contains("Page and API at", StringComparison.Ordinal)), "It serves nothing.");
        Assert.False(run.IsCompleted, shown.ToString());
        var address = Address().Match(shown.ToString(), shown.ToString().IndexOf("Page and API at", StringComparison.Ordinal)).Value;
        var status = await http.GetStringAsync($"{address}/api/status/v1", TestContext.Current.CancellationToken);
        using var missing = await http.GetAsync($"{address}/api/nowhere", TestContext.Current.CancellationToken);
        // A request is counted when it is over, which is after its answer.
        var metrics = string.Empty;
        await Patience.Until(
            async () => (metrics = await http.GetStringAsync(MetricsAddress().Match(shown.ToString()).Value, TestContext.Current.CancellationToken)).Contains("http_route=\"/api/status/v1\"", StringComparison.Ordinal),
            "Requests are not counted.");
        using var hidden = await http.GetAsync($"{address}/metrics", TestContext.Current.CancellationToken);
        await stop.CancelAsync();

        Assert.Contains("\"network\":\"demo\"", status, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Stopped, await run);
        Assert.EndsWith("Stopped.\n", shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("dtao_api_problems_total{name=\"UnknownRoute\"}", metrics, StringComparison.Ordinal);
        Assert.All(["dtao_api_streams", "dtao_read_side_behind", "dtao_read_side_block", "dtao_read_side_stands_still"], name => Assert.Contains($"\n{name}", metrics, StringComparison.Ordinal));
        // Who may use the API need not see how it is.
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Read_ManyFaults_AreToldAllAtOnce()
    {
        using var error = new StringWriter();
        var environment = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Api:RequestsMax"] = "0", ["Storage:ConnectionString"] = "AccountKey=secret" }).Build();

        var (options, exitCode) = new ApiCommandLine().Read(["--gateway", "nowhere", "--port", "high", "--set", "novalue", "--set", "Api:Prot=1", "--log-level", "loud"], TextWriter.Null, error, environment);

        Assert.Null(options);
        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.All(["nowhere", "high", "novalue", "'Api:Prot' is no setting", "loud", "RequestsMax", "either gateways or a storage account"], part => Assert.Contains(part, error.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfAStorageAccountAndCertificates_IsWhatTheClientConnectsWith()
    {
        string[] arguments =
        [
            "--connection", "UseDevelopmentStorage=true", "--port", "any", "--set", "Cluster:Id=one", "--set", "Tls:TrustedFile=authority.pem", "--set", "Tls:CertificateFile=own.pem", "--set", "Tls:KeyFile=own.key",
        ];
        using var error = new StringWriter();
        var (options, _) = new ApiCommandLine().Read(arguments, TextWriter.Null, error, environment: null);

        // Files that are not there are told at the start, not at the first connection.
        Assert.Null(options);
        Assert.Contains("Tls:TrustedFile", error.ToString(), StringComparison.Ordinal);
        (options, _) = new ApiCommandLine().Read(arguments[..6], TextWriter.Null, error, environment: null);
        Assert.NotNull(options!.Connection.Clustering);
        Assert.Equal(("one", null), (options.Connection.ClusterId, options.Connection.Tls));
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

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/metrics")]
    private static partial Regex MetricsAddress();
}

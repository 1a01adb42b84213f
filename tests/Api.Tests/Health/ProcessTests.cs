using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Dtao.Api.Configuration;
using Dtao.Api.Telemetry;
using Dtao.Hosting.Tests.Telemetry;
using Dtao.TestKit;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Trace;
using Xunit;

namespace Dtao.Api.Tests.Health;

/// <summary>A process of its own, from the command line to the exit code, in this process and over a gateway.</summary>
public sealed partial class ProcessTests(ApiNetwork network)
{
    private const string SpanDelay = "OTEL_BSP_SCHEDULE_DELAY";

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

    /// <summary>An operation over HTTP is one trace, from the request to the client, told with the route; who asks how the process is does not show in it.</summary>
    [Fact]
    public async Task Run_WithACollector_SendsTracesOfRequestsAndOperations()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var shown = new Lines();
        using var http = new HttpClient { Timeout = Patience.Max };
        await using var receiver = new OtlpReceiver();
        await receiver.StartAsync();
        // Spans are collected for five seconds otherwise.
        Environment.SetEnvironmentVariable(SpanDelay, "100");

        string[] settings = [$"Otlp:Endpoint={receiver.Address}", "Otlp:Protocol=http", "Otlp:TracePermille=1000"];
        string[] arguments = ["--gateway", $"127.0.0.1:{network.Host.GatewayPort}", "--port", "any", "--read-side", "none", "--log-level", "Error", .. settings.SelectMany(one => new[] { "--set", one })];
        var run = ApiProcess.Run(arguments, TextReader.Null, shown, shown, environment: null, stop.Token);
        await Patience.Until(() => Task.FromResult(run.IsCompleted || shown.ToString().Contains("Page and API at", StringComparison.Ordinal)), "It serves nothing.");
        Environment.SetEnvironmentVariable(SpanDelay, null);
        Assert.False(run.IsCompleted, shown.ToString());
        var address = Address().Match(shown.ToString(), shown.ToString().IndexOf("Page and API at", StringComparison.Ordinal)).Value;
        using (var health = await http.GetAsync($"{address}/health/live", TestContext.Current.CancellationToken)) Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        var body = $$$"""{"signer":"{{{ApiNetwork.Staker(65)}}}","call":{"kind":"transfer","to_coldkey":"{{{ApiNetwork.Staker(66)}}}","amount":"1000000"}}""";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var sent = await http.PostAsync($"{address}/api/operations/v1", content, TestContext.Current.CancellationToken);
        Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        string[] told = ["client.submit", "Microsoft.Orleans.Application", "POST /api/operations/v1", "http.response.status_code"];
        await Patience.Until(() => Task.FromResult(told.All(text => receiver.HasReceived("/v1/traces", text))), "Traces did not come.");
        await stop.CancelAsync();

        Assert.Equal(ExitCode.Stopped, await run);
        Assert.False(receiver.HasReceived("/v1/traces", "/health/live"));
    }

    /// <summary>Where a trace begins with a request, nobody outside decides what is recorded; below, everything follows what was decided.</summary>
    [Theory]
    [InlineData(1_000, true, "/api/block/v1", false, true)]
    [InlineData(1_000, true, "/health/ready", false, false)]
    [InlineData(1_000, true, "/metrics", true, false)]
    [InlineData(0, true, "/api/block/v1", true, false)]
    [InlineData(0, false, null, true, true)]
    [InlineData(1_000, false, null, false, false)]
    public void Sampler_OfRequestsAndOfWhatIsBelow_DecidesOnceForATrace(int permille, bool isRequest, string? path, bool isParentRecorded, bool isRecorded)
    {
        var parent = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), isParentRecorded ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None, isRemote: true);
        var asked = new SamplingParameters(
            parent, parent.TraceId, isRequest ? "Microsoft.AspNetCore.Hosting.HttpRequestIn" : "client.submit", isRequest ? ActivityKind.Server : ActivityKind.Internal,
            path is null ? [] : [new("url.path", path)]);

        Assert.Equal(isRecorded ? SamplingDecision.RecordAndSample : SamplingDecision.Drop, new TraceSampler(permille).ShouldSample(asked).Decision);
    }

    [Fact]
    public void Read_ManyFaults_AreToldAllAtOnce()
    {
        using var error = new StringWriter();
        var environment = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Api:RequestsMax"] = "0", ["Storage:ConnectionString"] = "AccountKey=secret" }).Build();

        var (options, exitCode) = new ApiCommandLine().Read(["--gateway", "nowhere", "--port", "high", "--set", "novalue", "--set", "Api:Prot=1", "--set", "Otlp:TracePermille=1001", "--log-level", "loud"], TextWriter.Null, error, environment);

        Assert.Null(options);
        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.All(["nowhere", "high", "novalue", "'Api:Prot' is no setting", "loud", "RequestsMax", "Otlp:TracePermille 1001", "either gateways or a storage account"], part => Assert.Contains(part, error.ToString(), StringComparison.Ordinal));
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

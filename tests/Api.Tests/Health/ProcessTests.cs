using System.Collections.Concurrent;
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

        var run = ApiProcess.Run(["--gateway", $"127.0.0.1:{network.Host.GatewayPort}", "--port", "any", "--log-level", "Error"], TextReader.Null, shown, shown, environment: null, stop.Token);
        await Patience.Until(() => Task.FromResult(run.IsCompleted || shown.ToString().Contains("Page and API at", StringComparison.Ordinal)), "It serves nothing.");
        Assert.False(run.IsCompleted, shown.ToString());
        var status = await http.GetStringAsync($"{Address().Match(shown.ToString()).Value}/api/status/v1", TestContext.Current.CancellationToken);
        await stop.CancelAsync();

        Assert.Contains("\"network\":\"demo\"", status, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Stopped, await run);
        Assert.EndsWith("Stopped.\n", shown.ToString(), StringComparison.Ordinal);
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

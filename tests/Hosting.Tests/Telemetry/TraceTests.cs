using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains.Telemetry;
using Dtao.Silo.Configuration;
using Dtao.Silo.Telemetry;
using Dtao.Storage;
using Dtao.TestKit;
using Microsoft.Extensions.Logging;
using Serilog.Extensions.Logging;
using Xunit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Hosting.Tests.Telemetry;

/// <summary>One operation is one trace, from the client to the disk; and what is told of it by log and by OTLP.</summary>
public sealed class TraceTests(ObservedSilo silo) : IClassFixture<ObservedSilo>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddStake_Traced_IsOneTraceFromClientToStorage()
    {
        using var spans = new Spans();

        var result = await spans.Under(() => silo.Client.AddStakeAsync(Staker(2), Hot, One, new Tao(OneTao), cancellationToken: Cancel));

        Assert.True(result.IsApplied);
        AssertPaths(["client.submit"], spans.PathTo("client.submit"));
        AssertPaths(["client.submit", "account.submit"], spans.PathTo("account.submit"));
        AssertPaths(["client.submit", "account.submit", "pool.decide"], spans.PathTo("pool.decide"));
        var commits = spans.PathTo("storage.commit").Select(path => string.Join(" > ", path)).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(["client.submit > account.submit > pool.decide > storage.commit", "client.submit > account.submit > storage.commit"], commits.Order(StringComparer.Ordinal));
        var account = spans.Named("account.submit")[^1];
        Assert.Equal(result.Operation.Id.ToString(), account.GetTagItem(LedgerTraces.OperationTag));
        Assert.Equal(("applied", "None", false), (account.GetTagItem(LedgerTraces.OutcomeTag), account.GetTagItem(LedgerTraces.CodeTag), account.GetTagItem(LedgerTraces.RepeatTag)));
        var pool = spans.Named("pool.decide")[^1];
        Assert.Equal((1, "AddStake", "applied"), (pool.GetTagItem(LedgerTraces.NetuidTag), pool.GetTagItem(LedgerTraces.CallTag), pool.GetTagItem(LedgerTraces.OutcomeTag)));
        Assert.Equal((long)result.Receipt!.Block.Value, pool.GetTagItem(LedgerTraces.BlockTag));
    }

    [Fact]
    public async Task AddStake_Repeated_IsSeenAsARepeatAndDecidedByNobody()
    {
        var first = await silo.Client.AddStakeAsync(Staker(3), Hot, One, new Tao(OneTao), cancellationToken: Cancel);
        using var spans = new Spans();

        var second = await spans.Under(() => silo.Client.SubmitAsync(first.Operation, Cancel));

        Assert.Equal(ReceiptText.Of(first.Receipt!), ReceiptText.Of(second.Receipt!));
        Assert.Equal(true, spans.Named("account.submit")[^1].GetTagItem(LedgerTraces.RepeatTag));
        Assert.Empty(spans.Named("pool.decide"));
        Assert.Empty(spans.Named("storage.commit"));
    }

    [Fact]
    public async Task SwapStake_OverTwoPools_IsDecidedByTheLaneInTheSameTrace()
    {
        using var spans = new Spans();

        var result = await spans.Under(() => silo.Client.SwapStakeAsync(Staker(4), Hot, One, Two, new Alpha(OneTao), cancellationToken: Cancel));

        Assert.True(result.IsApplied);
        AssertPaths(["client.submit", "account.submit", "lane.decide"], spans.PathTo("lane.decide"));
        AssertPaths(["client.submit", "account.submit", "lane.decide", "lane.batch"], spans.PathTo("lane.batch"));
        Assert.Contains(spans.PathTo("storage.commit"), path => path.Contains("lane.batch"));
    }

    [Fact]
    public async Task AddStake_Refused_CarriesTheStableCode()
    {
        using var spans = new Spans();

        await spans.Under(() => silo.Client.AddStakeAsync(Staker(5), Hot, One, new Tao(1), cancellationToken: Cancel));

        var span = spans.Named("client.submit")[^1];
        Assert.Equal(("refused", "AmountTooLow"), (span.GetTagItem("dtao.outcome"), span.GetTagItem("dtao.code")));
    }

    [Fact]
    public async Task Operation_NobodyTraces_HasNoSpans()
    {
        using var spans = new Spans();

        var result = await silo.Client.AddStakeAsync(Staker(6), Hot, One, new Tao(OneTao), cancellationToken: Cancel);

        Assert.True(result.IsApplied);
        Assert.DoesNotContain(spans.OfAnyTrace, span => Equals(span.GetTagItem(LedgerTraces.OperationTag), result.Operation.Id.ToString()));
    }

    [Fact]
    public async Task LogLine_OfAnOperation_HasItsIdNetuidAndBlockAsProperties()
    {
        var result = await silo.Client.AddStakeAsync(Staker(7), Hot, Two, new Tao(OneTao), cancellationToken: Cancel);

        var line = (await silo.LogLinesWith(result.Operation.Id.ToString())).Select(line => JsonNode.Parse(line)!).First(line => (string?)line["Outcome"] is not null);

        Assert.Equal(result.Operation.Id.ToString(), (string?)line["OperationId"]);
        Assert.Equal(2, (int)line["Netuid"]!);
        Assert.Equal(result.Receipt!.Block.Value, (ulong)line["Block"]!);
        Assert.Equal(("Applied", "AddStake"), ((string?)line["Outcome"], (string?)line["Call"]));
    }

    [Fact]
    public async Task Otlp_AfterATracedOperation_HasMetricsTracesAndLogs()
    {
        await Patience.Until(
            async () =>
            {
                await WorkUnder(silo.Options.Telemetry);
                return silo.Receiver.HasReceived("/v1/metrics", "dtao.operation.duration") && silo.Receiver.HasReceived("/v1/traces", "account.submit")
                    && silo.Receiver.HasReceived("/v1/logs", "over-the-wire");
            },
            "Metrics, traces, or logs did not come.");
    }

    /// <summary>Each span of a name lies under the same others; there are several where something was asked again, as on a busy machine.</summary>
    private static void AssertPaths(string[] expected, string[][] paths)
    {
        Assert.NotEmpty(paths);
        Assert.All(paths, path => Assert.Equal(expected, path));
    }

    /// <summary>Whatever ends sends what it has, but waits for that for some seconds only.</summary>
    private async Task WorkUnder(TelemetryOptions options)
    {
        using var spans = new Spans();
        using var telemetry = SiloTelemetry.Start(options);
        await using var logger = SiloLogging.Create(silo.Options with { DataDirectory = Path.Combine(silo.Options.DataDirectory, "otlp") }, showsTable: true, telemetry.LogProviders);
        using var loggers = new SerilogLoggerFactory(logger);
        var result = await spans.Under(() => silo.Client.AddStakeAsync(Staker(0), Hot, One, new Tao(OneTao), cancellationToken: Cancel));
        Assert.True(result.IsApplied);
        loggers.CreateLogger("Dtao.Tests").Log(LogLevel.Warning, "Hello {Name}", "over-the-wire");
    }

    /// <summary>The spans of one trace, which begins with a parent that no product source made.</summary>
    private sealed class Spans : IDisposable
    {
        private static readonly string[] s_sources = [LedgerTraces.SourceName, StoreTraces.SourceName, ClientTraces.SourceName, "Microsoft.Orleans.Application"];

        private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
        private readonly ConcurrentQueue<Activity> _all = new();
        private readonly ActivityListener _listener;

        public Spans()
        {
            _listener = new()
            {
                ShouldListenTo = source => s_sources.Contains(source.Name),
                Sample = (ref ActivityCreationOptions<ActivityContext> creating) =>
                    creating.Parent.TraceId == _trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
                ActivityStarted = _all.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public void Dispose() => _listener.Dispose();

        public async Task<T> Under<T>(Func<Task<T>> work)
        {
            using var root = new Activity("test").SetParentId(_trace, ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded).Start();
            return await work();
        }

        public IEnumerable<Activity> OfAnyTrace => _all;

        public Activity[] Named(string name) => [.. Own.Where(activity => activity.OperationName == name)];

        private IEnumerable<Activity> Own => _all.Where(activity => activity.TraceId == _trace);

        /// <summary>For each span of the name: the ledger's own spans from the root down to it. Orleans' lie between them.</summary>
        public string[][] PathTo(string name)
        {
            var byId = Own.ToDictionary(activity => activity.SpanId);
            return [.. Named(name).Select(span => Path(span).Reverse().ToArray())];

            IEnumerable<string> Path(Activity span)
            {
                for (var next = span; next is not null; next = byId.GetValueOrDefault(next.ParentSpanId))
                {
                    if (next.Source.Name.StartsWith("Dtao.", StringComparison.Ordinal)) yield return next.OperationName;
                }
            }
        }
    }
}

using System.Diagnostics.Metrics;
using System.Net;
using System.Runtime.CompilerServices;
using Dtao.Api.Telemetry;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains.Telemetry;
using Dtao.Hosting.Health;
using Dtao.Silo.Health;
using Dtao.Silo.Telemetry;
using Dtao.Storage;
using Dtao.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Hosting.Tests.Telemetry;

/// <summary>What a silo measures: that it is what the page says, and that it can be asked for.</summary>
public sealed class MetricsTests(ObservedSilo silo) : IClassFixture<ObservedSilo>
{
    /// <summary>More than a log holds before it is carried over.</summary>
    private const int LargeBytes = 9 * 1024 * 1024;

    private static readonly string[] s_late = ["dtao_bundle_size_count", "dtao_audit_runs_total", "dtao_storage_checkpoint_duration"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Page_Metrics_AreTheInstrumentsOfTheMeters()
    {
        foreach (var meter in (Type[])[typeof(LedgerMetrics), typeof(StoreMetrics), typeof(ClientMetrics), typeof(SiloMetrics), typeof(ApiMetrics)]) RuntimeHelpers.RunClassConstructor(meter.TypeHandle);
        var instruments = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name.StartsWith("Dtao.", StringComparison.Ordinal)) instruments.Add($"{instrument.Meter.Name} {instrument.Name} {TypeOf(instrument)} {instrument.Unit}");
            },
        };
        listener.Start();

        var listed = MetricsPage.Read().Select(row => $"{row.Section.Split(' ', ':')[1]} {row.Name} {row.Type} {row.Unit}").ToArray();

        Assert.Equal(instruments.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Metrics_OfASiloThatHasWorked_AreThoseOfThePageWithItsLabels()
    {
        Assert.True((await silo.Client.AddStakeAsync(Staker(0), Hot, One, new Tao(OneTao), cancellationToken: Cancel)).IsApplied);
        var refused = await silo.Client.AddStakeAsync(Staker(0), Hot, One, new Tao(1), cancellationToken: Cancel);
        Assert.Equal("AmountTooLow", refused.ErrorName);
        await silo.Client.SubmitAsync(refused.Operation, Cancel);
        Assert.True((await silo.Client.SwapStakeAsync(Staker(1), Hot, One, Two, new Alpha(OneTao), cancellationToken: Cancel)).IsApplied);
        await silo.CloseBlock();
        silo.Audit();

        // A log is carried over into its file only when much was written; so much is, to one of this test.
        await using var log = OrderedLog.Open(silo.FileOf("large.db"));
        var journal = log.Open("large");
        await journal.LoadAsync();
        await log.WhenDurable(log.Append(journal, new byte[LargeBytes]));

        // Operations share a message only where they meet on their way; so they are offered until some have met.
        await Patience.Until(
            async () =>
            {
                await using var inside = new DtaoClient(silo.Host.Client);
                await Task.WhenAll(Enumerable.Range(0, 8).Select(number => inside.AddStakeAsync(Staker(number), Hot, One, new Tao(OneTao), cancellationToken: Cancel)));
                var page = await Scrape();
                return s_late.All(name => page.Contains(name, StringComparison.Ordinal));
            },
            "No two operations ever shared a message, no audit ended, or no log was carried over.");

        var scraped = await Scrape();

        foreach (var row in MetricsPage.Read().Where(row => row.Section is not (MetricsPage.GrainStorageSection or MetricsPage.ApiSection)))
        {
            Assert.Contains($"# TYPE {row.PrometheusName} {row.Type}\n", scraped, StringComparison.Ordinal);
            Assert.Equal(row.Labels.Order(StringComparer.Ordinal), LabelsIn(scraped, row));
        }
    }

    [Fact]
    public async Task Server_WithMetricsAndDashboard_ShowsThemAndTheDashboardToThisMachineOnly()
    {
        Assert.Equal(HttpStatusCode.OK, await Status(silo.Address, "/metrics"));
        Assert.Equal(HttpStatusCode.OK, await Status(silo.Address, "/dashboard/"));
        Assert.Equal(HttpStatusCode.OK, await Status(silo.Address, "/dashboard/DashboardCounters"));
        Assert.Equal(HttpStatusCode.NotFound, await Status(silo.Address, "/dashboard/", host: "elsewhere.example"));
        Assert.Equal(HttpStatusCode.NotFound, await Status(silo.Address, "/other"));
    }

    [Fact]
    public async Task Server_WithoutMetricsAndDashboard_HasNeither()
    {
        await using var bare = await HealthServer.StartAsync(silo.Host.Services.GetRequiredService<SiloHealth>(), new IPEndPoint(IPAddress.Loopback, 0));

        Assert.Equal(HttpStatusCode.NotFound, await Status(bare.Address, "/metrics"));
        Assert.Equal(HttpStatusCode.NotFound, await Status(bare.Address, "/dashboard/"));
        Assert.Equal(HttpStatusCode.OK, await Status(bare.Address, "/health/live"));
    }

    private static async Task<HttpStatusCode> Status(string address, string path, string? host = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address + path));
        request.Headers.Host = host;
        using var answer = await http.SendAsync(request, Cancel);
        return answer.StatusCode;
    }

    /// <summary>The labels of a metric's series, all together, besides those that every histogram has.</summary>
    private static string[] LabelsIn(string scraped, MetricRow row)
    {
        var name = row.PrometheusName + (row.Type == "histogram" ? "_count" : string.Empty);
        var series = scraped.Split('\n').Where(line => line.StartsWith(name + "{", StringComparison.Ordinal));
        return [.. series.SelectMany(line => line[(name.Length + 1)..line.IndexOf('}', StringComparison.Ordinal)].Split(',', StringSplitOptions.RemoveEmptyEntries))
            .Select(label => label[..label.IndexOf('=', StringComparison.Ordinal)]).Distinct().Order(StringComparer.Ordinal)];
    }

    private async Task<string> Scrape()
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(silo.Address + "/metrics"), Cancel);
    }

    /// <summary>As Prometheus has it: what goes up and down is a gauge.</summary>
    private static string TypeOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" or "ObservableCounter" => "counter",
        "Histogram" => "histogram",
        _ => "gauge",
    };
}

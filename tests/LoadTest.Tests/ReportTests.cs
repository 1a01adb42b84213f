using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dtao.Hosting.Chaos;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Populations;
using Dtao.LoadTest.Reports;
using Dtao.LoadTest.Runs;

namespace Dtao.LoadTest.Tests;

public sealed partial class ReportTests
{
    private const long Second = 1_000_000;

    [Fact]
    public async Task Json_OfAReport_IsAsItAlwaysWas()
    {
        var golden = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "goldens", "report.json"), TestContext.Current.CancellationToken);

        var text = ReportJson.Text(Report());

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(golden), JsonNode.Parse(text)), text);
    }

    [Fact]
    public void Html_OfAReport_NeedsNothingElseAndShowsAll()
    {
        var html = HtmlReport.Text(Report());

        Assert.DoesNotMatch(Outside(), html);
        Assert.Equal(7, Svg().Count(html));
        foreach (var part in new[] { "prefers-color-scheme:dark", "p99.99", "SlippageTooHigh", "TimeoutException", "add_stake", "p99&lt;50ms", "free_tao", "&lt;odd&gt; fault", "silo 2 was killed", "class=\"down\"", "gather", "0.1.0+test", "40 signatures, 50 us each", "silo 10.0.0.1:11111@5", "1 audit beside the load" })
        {
            Assert.Contains(part, html, StringComparison.Ordinal);
        }

        // Every polyline stays within its picture.
        Assert.All(Points().Matches(html).SelectMany(match => match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)), point =>
        {
            var at = point.Split(',').Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            Assert.InRange(at[0], 0, 760);
            Assert.InRange(at[1], 0, 240);
        });
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_OfAReport_TellsFailuresApart()
    {
        using var text = new StringWriter();
        ReportText.Write(text, Report());

        Assert.Contains("refused as SlippageTooHigh: 2", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("failed as TimeoutException: 1", text.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("FAILED", text.ToString().TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0 1 2 3 4")]
    [InlineData(7, "0 2 4 6 8")]
    [InlineData(93, "0 50 100 150 200")]
    [InlineData(400, "0 100 200 300 400")]
    public void Axis_Even_ReachesTheHighest(long highest, string steps) => Assert.Equal(steps, string.Join(' ', SvgChart.Even(highest)));

    [Fact]
    public void Axis_OfTens_HoldsLowestAndHighest()
    {
        Assert.Equal([100, 1_000, 10_000], SvgChart.Tens(350, 9_000));
        Assert.Equal([1, 10], SvgChart.Tens(1, 0));
    }

    /// <summary>A number that the run does not have keeps no bound.</summary>
    [Theory]
    [InlineData("p99<50ms")]
    [InlineData("max<1s")]
    [InlineData("rss<8GiB")]
    public void Thresholds_OfARunThatMeasuredNothing_DoNotHold(string threshold)
    {
        var full = Report();
        var empty = full with { Result = full.Result with { Tally = new LoadTally(Second) }, Processes = [("silo", [])] };

        Assert.True(Threshold.Parse(threshold).Check(LoadMetrics.Of(full)).IsPassed);
        Assert.False(Threshold.Parse(threshold).Check(LoadMetrics.Of(empty)).IsPassed);
    }

    /// <summary>Rates and charts are of the time in which requests were sent, whatever time was asked for. Twenty of them were begun in 1.9 seconds.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    public void Rates_OfAClosedModel_AreOfTheTimeToTheLastSend(int seconds)
    {
        var report = Report() is var open ? open with { Options = open.Options with { Model = new LoadModel(null, 1, 0), Seconds = seconds } } : null!;

        var requests = JsonNode.Parse(ReportJson.Text(report))!["requests"]!;

        Assert.Equal((1_900_000, 17L * Second / 1_900_000, 21L * Second / 1_900_000), (requests["sending_us"]!.GetValue<long>(), requests["applied_per_second"]!.GetValue<long>(), requests["offered_per_second"]!.GetValue<long>()));
        Assert.Equal(8, LoadMetrics.Of(report)["rate"]);
        // Two stretches in each line of the first chart, and the third, in which nothing was sent, in none.
        var chart = HtmlReport.Text(report).Split("offered and reached")[^1];
        Assert.Equal(2, Points().Match(chart).Groups[1].Value.Split(' ').Length);
        Assert.Contains("(requests were sent for 2 s)", HtmlReport.Text(report), StringComparison.Ordinal);
    }

    /// <summary>An open model's time is its schedule's, unless somebody ended it.</summary>
    [Fact]
    public void Rates_OfAnOpenModel_AreOfItsSchedule()
    {
        var report = Report();

        Assert.Equal(2 * Second, report.SendingMicroseconds);
        Assert.Equal(1_900_000, (report with { Result = report.Result with { IsInterrupted = true } }).SendingMicroseconds);
        Assert.DoesNotContain("requests were sent for", HtmlReport.Text(report), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, true, true, LoadExitCode.Passed, "passed")]
    [InlineData(false, true, false, LoadExitCode.Failed, "failed")]
    [InlineData(false, false, true, LoadExitCode.Failed, "failed")]
    [InlineData(true, true, true, LoadExitCode.Unknown, "interrupted")]
    [InlineData(true, true, false, LoadExitCode.Unknown, "interrupted")]
    [InlineData(true, false, true, LoadExitCode.Failed, "failed")]
    public void End_OfARun_IsToldByItsExitCode(bool isInterrupted, bool isProved, bool holds, int code, string verdict)
    {
        var full = Report();
        var report = full with
        {
            Options = full.Options with { Thresholds = [Threshold.Parse(holds ? "failed=1" : "failed=0")] },
            Result = full.Result with { IsInterrupted = isInterrupted },
            Proof = [ChaosCheck.Of("audit", "3 tokens", isProved ? [] : ["a fault"])],
        };
        using var text = new StringWriter();
        ReportText.Write(text, report);

        Assert.Equal((code, verdict, code == LoadExitCode.Passed), (report.ExitCode, report.Verdict, report.IsPassed));
        Assert.EndsWith(verdict.ToUpperInvariant(), text.ToString().TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(isInterrupted, text.ToString().Contains("ended before it was over", StringComparison.Ordinal));
        Assert.Equal(isInterrupted, JsonNode.Parse(ReportJson.Text(report))!["interrupted"]!.GetValue<bool>());
        // With nothing sent yet there was nothing to prove.
        var empty = report with { Result = report.Result with { Tally = new LoadTally(Second) } };
        Assert.Equal(isInterrupted ? LoadExitCode.Unknown : code, (empty with { Options = empty.Options with { Thresholds = [Threshold.Parse(holds ? "failed=0" : "failed=1")] } }).ExitCode);
    }

    [Fact]
    public void Memory_OfARun_IsThatOfItsLoadAndOfItsProof()
    {
        var report = Report();

        Assert.Equal((110_000_000, 110_000_000), (LoadMetrics.Of(report)["rss"], LoadMetrics.Of(report)["rss_load"]));
        var grown = LoadMetrics.Of(report with { Network = report.Network with { ProofResidentBytes = 200_000_000 } });
        Assert.Equal((200_000_000, 110_000_000), (grown["rss"], grown["rss_load"]));
    }

    /// <summary>Of a curve the network's own process is shown, and below the table what did not hold.</summary>
    [Fact]
    public void Curve_ThatFailed_SaysWhy()
    {
        var report = Report() is var one ? one with { Processes = [.. one.Processes, ("worker 1", [new ProcessSample(Second, 500, 900_000_000)])] } : null!;
        using var text = new StringWriter();
        var curve = new CurveResult([report], "Block 1 was not closed");

        CurveRun.Write(text, curve);

        Assert.Equal(110_000_000, CurveRun.ResidentOf(report));
        Assert.Equal(LoadExitCode.Failed, curve.ExitCode);
        foreach (var part in new[] { "10 stakers: failed", "NOT PROVED free_tao", "an <odd> fault", "FAILED     failed=0 (measured 1)", "not whole: Block 1" }) Assert.Contains(part, text.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("p99<50ms", text.ToString(), StringComparison.Ordinal);
        var passed = report with { Proof = [ChaosCheck.Of("audit", "", [])], Options = report.Options with { Thresholds = [] } };
        Assert.Equal((LoadExitCode.Passed, LoadExitCode.Unknown), (new CurveResult([passed], null).ExitCode, new CurveResult([passed], "it was ended").ExitCode));
    }

    private static LoadReport Report()
    {
        var tally = new LoadTally(Second);
        for (var number = 0; number < 20; number++)
        {
            var intended = number * 100_000L;
            tally.NoteSent(intended, intended + (number == 7 ? 20_000 : 0), 10_000);
            var end = number switch { 3 or 4 => StepEnd.Refused, 5 => StepEnd.Failed, _ => StepEnd.Applied };
            tally.NoteEnd(intended, intended + 1_000 + (number * 100), new StepResult(end, end switch { StepEnd.Refused => "SlippageTooHigh", StepEnd.Failed => "TimeoutException", _ => string.Empty }, number % 2 == 0 ? "add_stake" : "transfer", number % 3));
        }

        tally.NoteUnsent(2 * Second);
        var phases = new Dictionary<string, LatencyHistogram>(StringComparer.Ordinal) { ["gather"] = new(), ["whole"] = new() };
        phases["gather"].Record(1_500);
        phases["whole"].Record(9_500, 2);
        var intervals = new LatencyHistogram();
        intervals.Record(Second);
        return new LoadReport
        {
            Options = new LoadOptions
            {
                Population = new PopulationOptions { Stakers = 10, Subnets = 2, Validators = 1 },
                Model = new LoadModel(new Schedule(10, 2 * Second) { RampMicroseconds = Second, Spike = new Spike(50, Second, Second) }, 0, 0),
                Seconds = 2,
                Thresholds = [Threshold.Parse("p99<50ms"), Threshold.Parse("failed=0")],
            },
            Machine = new MachineFacts("0.1.0+test", 2, 8L << 30, "Linux", ".NET 10", "server"),
            Network = new NetworkFacts("embedded", 1, []) { CreationMilliseconds = 12, StoreBytes = 5_000, StoreBytesAfter = 6_000, FirstBlockMilliseconds = 900, AuditMilliseconds = 30, ResidentBytes = 90_000_000, ProofResidentBytes = 95_000_000 },
            StartedAt = new DateTimeOffset(2026, 11, 30, 8, 0, 0, TimeSpan.Zero),
            Command = "LoadTest --embedded",
            Result = new LoadResult(tally, [], [], [], ["abcdefabcdefabcdef"], 3, 9) { Signed = (40, 2_000) },
            Blocks = new BlockFacts(1, 3, intervals, phases) { Course = [new BlockCourse(Second / 2, 2, [1_000, 2_000, 3_000, 400]), new BlockCourse(3 * Second / 2, 3, [1_100, 2_100, 3_100, 500])] },
            Processes = [("silo and testers", [new ProcessSample(Second, 750, 100_000_000), new ProcessSample(2 * Second, 1_250, 110_000_000)])],
            Silos = [("silo 10.0.0.1:11111@5", [new SiloSample(Second, 400, 300_000_000)])],
            Audits = [new AuditNote(Second / 2, 20_000, 2, null)],
            Faults = [new Strike(1_200, 1_700, "silo 2 was killed and started again")],
            Proof = [ChaosCheck.Of("audit", "3 tokens", []), ChaosCheck.Of("free_tao", "10 accounts", ["an <odd> fault"])],
        };
    }

    /// <summary>Whatever would be fetched.</summary>
    [GeneratedRegex("""https?://|\bsrc=|\bhref=|@import|url\(|<script|<link""", RegexOptions.IgnoreCase)]
    private static partial Regex Outside();

    [GeneratedRegex("<svg ")]
    private static partial Regex Svg();

    [GeneratedRegex("points=\"([^\"]*)\"")]
    private static partial Regex Points();
}

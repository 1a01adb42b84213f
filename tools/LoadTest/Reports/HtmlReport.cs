using System.Globalization;
using System.Net;
using System.Text;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Runs;

namespace Dtao.LoadTest.Reports;

/// <summary>A report as one page that needs nothing else: no script, no asset, light or dark as the reader likes.</summary>
public static class HtmlReport
{
    private const string Style = """
        :root{color-scheme:light dark;--back:#fcfcfb;--text:#1d2327;--soft:#5b6770;--line:#d9dde0;--ok:#11713f;--bad:#b3261e;
        --c0:#1f6fb2;--c1:#c25700;--c2:#2d8a4e;--c3:#8a4fb0;--c4:#b3261e;--c5:#00808a;--c6:#77620c}
        @media(prefers-color-scheme:dark){:root{--back:#14181b;--text:#e6eaed;--soft:#9aa7b0;--line:#343c42;--ok:#5cc98b;--bad:#ff8a80;
        --c0:#6db3f2;--c1:#ff9f5a;--c2:#6fd08f;--c3:#c79be6;--c4:#ff8a80;--c5:#5fd0d8;--c6:#d8c25a}}
        body{background:var(--back);color:var(--text);font:15px/1.5 system-ui,sans-serif;max-width:1000px;margin:0 auto;padding:1.5rem}
        h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{margin:.3rem 0}.soft,figcaption{color:var(--soft)}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{padding:.25rem .6rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
        th{color:var(--soft);font-weight:600}th:first-child,td:first-child,td.left,th.left{text-align:left}.wide{overflow-x:auto}
        .ok{color:var(--ok);font-weight:600}.bad{color:var(--bad);font-weight:600}figure{margin:1rem 0}svg{width:100%;height:auto}svg text{fill:var(--soft);font:11px system-ui,sans-serif}
        .grid{stroke:var(--line)}.mark{stroke:var(--bad);stroke-dasharray:3 3}.down{fill:var(--bad);opacity:.13}.ramp{stroke:var(--soft);stroke-dasharray:2 4}polyline{fill:none;stroke-width:1.8}circle{stroke:none}
        circle.c0{fill:var(--c0)}circle.c1{fill:var(--c1)}circle.c2{fill:var(--c2)}circle.c3{fill:var(--c3)}circle.c4{fill:var(--c4)}circle.c5{fill:var(--c5)}circle.c6{fill:var(--c6)}
        .c0{stroke:var(--c0)}.c1{stroke:var(--c1)}.c2{stroke:var(--c2)}.c3{stroke:var(--c3)}.c4{stroke:var(--c4)}.c5{stroke:var(--c5)}.c6{stroke:var(--c6)}
        i.c0{background:var(--c0)}i.c1{background:var(--c1)}i.c2{background:var(--c2)}i.c3{background:var(--c3)}i.c4{background:var(--c4)}i.c5{background:var(--c5)}i.c6{background:var(--c6)}
        .legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1rem;padding:0;margin:.2rem 0}.legend i{display:inline-block;width:.9rem;height:.25rem;margin-right:.4rem;vertical-align:middle}
        """;

    private const int SubnetsShown = 24;

    /// <summary>Percentiles over time.</summary>
    private static readonly string[] s_drawn = ["p50", "p90", "p99", "p99.9", "p99.99"];

    public static string Text(LoadReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var page = new StringBuilder();
        Write(page, $"""<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Load of {report.StartedAt:yyyy-MM-dd HH:mm}</title><style>{Style}</style></head><body>""");
        Head(page, report);
        Thresholds(page, report);
        Rates(page, report);
        Latencies(page, report);
        Outcomes(page, report);
        Blocks(page, report);
        Processes(page, report);
        Faults(page, report);
        Proof(page, report);
        return page.Append("</body></html>\n").ToString();
    }

    /// <summary>As text of a page.</summary>
    internal static string Clean(string text) => WebUtility.HtmlEncode(text);

    private static void Head(StringBuilder page, LoadReport report)
    {
        var (machine, population) = (report.Machine, report.Options.Population);
        Write(page, $"""<h1>Load: <span class="{(report.IsPassed ? "ok" : "bad")}">{report.Verdict}</span></h1>""");
        Write(page, $"""<p>{Clean(report.Options.Model.Text)}, for {report.LengthText}. {population.Stakers:N0} stakers, {population.Subnets} subnets, {population.Validators} validators, seed {population.Seed}.</p>""");
        Write(page, $"""<p class="soft">{report.StartedAt:yyyy-MM-dd HH:mm:ss} UTC. Dtao {Clean(machine.Build)}. {Clean(machine.Framework)}, {machine.Processors} processors, {machine.MemoryBytes / 1_073_741_824:N0} GiB, {Clean(machine.System)}, {machine.Collector} GC.</p>""");
        Write(page, $"""<p class="soft">{NetworkText(report)} {report.Workers} {(report.Workers == 1 ? "worker" : "workers")}.{SigningText(report)} <code>{Clean(report.Command)}</code></p>""");
    }

    private static string NetworkText(LoadReport report) => (report.Network.Kind, report.Workers) switch
    {
        ("embedded", 1) => "Testers and network are one process.",
        ("embedded", _) => "The network was made for the run, on the same machine.",
        _ => "Gateways: " + Clean(string.Join(", ", report.Network.Gateways)) + ".",
    };

    private static string SigningText(LoadReport report) => report.Result.Signed is { Count: > 0 } signed
        ? string.Create(CultureInfo.InvariantCulture, $" Every operation was signed: {signed.Count:N0} signatures, {signed.Microseconds / signed.Count:N0} us each at the testers.")
        : string.Empty;

    private static void Thresholds(StringBuilder page, LoadReport report)
    {
        if (report.Thresholds.Count == 0) return;
        page.Append("<h2>Thresholds</h2>");
        Table(page, ["Threshold", "Measured", "Holds"], report.Thresholds.Select(threshold => new[] { Clean(threshold.Text), Clean(threshold.Measured), Mark(threshold.IsPassed, "yes", "NO") }));
    }

    private static void Rates(StringBuilder page, LoadReport report)
    {
        var tally = report.Tally;
        page.Append("<h2>Requests</h2>");
        Table(page, ["Offered", "Sent", "Late", "Not sent", "Applied", "Refused by a rule", "Failed", "Applied a second"],
            [[Number(tally.Offered), Number(tally.Sent), Number(tally.Late), Number(tally.Unsent), Number(tally.All.Applied), Number(tally.All.Refused), Number(tally.All.Failed), Number(report.ReachedPerSecond())]]);
        var seconds = tally.IntervalMicroseconds / 1_000_000;
        page.Append(SvgChart.Draw("Requests a second: offered and reached", Times(report),
            [Line("offered", interval => interval.Offered / seconds), Line("applied", interval => interval.Ends.Applied / seconds), Line("refused", interval => interval.Ends.Refused / seconds), Line("failed", interval => interval.Ends.Failed / seconds), Line("late or not sent", interval => interval.Late / seconds)],
            Number, marks: Marks(report)));

        ChartLine Line(string name, Func<IntervalTally, long> value) => new(name, [.. Whole(report).Select(interval => (long?)value(interval))]);
    }

    private static void Latencies(StringBuilder page, LoadReport report)
    {
        var tally = report.Tally;
        Write(page, $"""<h2>Latency</h2><p class="soft">{(report.Options.Model.IsOpen ? "From the time at which a request was meant to be sent." : "From the send: in a closed model the next request waits for the last.")} Milliseconds.</p>""");
        var rows = new List<string[]> { Row("applied", tally.All.Latency), Row("refused", tally.RefusedLatency), Row("failed", tally.FailedLatency) };
        rows.RemoveAll(row => row[1] == "0");
        Table(page, ["", "Count", "Mean", .. LoadMetrics.Percentiles.Select(percentile => percentile.Name), "max"], rows);
        page.Append(SvgChart.Draw("Latency of what was applied, milliseconds", Times(report),
            [.. s_drawn.Select(name => new ChartLine(name, [.. Whole(report).Select(interval => interval.Ends.Latency.Count == 0 ? (long?)null : interval.Ends.Latency.Percentile(LoadMetrics.Percentiles.First(entry => entry.Name == name).Percent))]))],
            value => value >= 1_000 ? Number(value / 1_000) : Milliseconds(value), isLogarithmic: true, marks: Marks(report)));
    }

    private static void Outcomes(StringBuilder page, LoadReport report)
    {
        var tally = report.Tally;
        if (tally.RefusedCodes.Count + tally.FailedCodes.Count > 0)
        {
            page.Append("<h2>Refusals and failures by code</h2>");
            Table(page, ["Code", "How", "Count"], tally.RefusedCodes.Select(code => new[] { Clean(code.Key), "refused", Number(code.Value) }).Concat(tally.FailedCodes.Select(code => new[] { Clean(code.Key), "failed", Number(code.Value) })));
        }

        page.Append("<h2>By operation</h2>");
        Table(page, s_ends, tally.Operations.Select(entry => Ends(Clean(entry.Key), entry.Value)));
        page.Append("<h2>By subnet</h2>");
        var subnets = tally.Subnets.OrderByDescending(entry => entry.Value.Ended).ToArray();
        if (subnets.Length > SubnetsShown) Write(page, $"""<p class="soft">The {SubnetsShown} with most operations, of {subnets.Length}.</p>""");
        Table(page, s_ends, subnets.Take(SubnetsShown).Select(entry => Ends(entry.Key.ToString(CultureInfo.InvariantCulture), entry.Value)));
    }

    private static readonly string[] s_ends = ["", "Applied", "Refused", "Failed", "p50 ms", "p99 ms", "p99.9 ms", "max ms"];

    private static string[] Ends(string name, EndTally ends) =>
    [
        name, Number(ends.Applied), Number(ends.Refused), Number(ends.Failed), Milliseconds(ends.Latency.Percentile(50)), Milliseconds(ends.Latency.Percentile(99)), Milliseconds(ends.Latency.Percentile(99.9)),
        Milliseconds(ends.Latency.Max),
    ];

    private static void Blocks(StringBuilder page, LoadReport report)
    {
        var (blocks, network) = (report.Blocks, report.Network);
        page.Append("<h2>Blocks</h2>");
        Write(page, $"""<p>Blocks {blocks.First + 1} to {blocks.Last}. From one to the next {Milliseconds(blocks.Intervals.Percentile(50))} ms (p50), at most {Milliseconds(blocks.Intervals.Max)} ms.</p>""");
        if (blocks.Phases.Values.Any(phase => phase.Count > 0)) Table(page, ["Phase", "Count", "Mean", .. LoadMetrics.Percentiles.Select(percentile => percentile.Name), "max"], blocks.Phases.Select(phase => Row(phase.Key, phase.Value)));
        if (blocks.Course.Count > 0) page.Append(SvgChart.Draw("Block time by phase, as headers tell it: without the header's own writing; milliseconds", [.. blocks.Course.Select(block => block.AtMicroseconds / 1_000)], PhaseLines(blocks), Milliseconds, isLogarithmic: true, marks: Marks(report)));
        if (network.CreationMilliseconds is not { } created) return;
        if (network.StoreBytes is null)
        {
            Write(page, $"""<p>The stakers were made in {created:N0} ms.</p>""");
            return;
        }

        Write(page, $"""<p>The network was made in {created:N0} ms; its store had {Number((network.StoreBytes ?? 0) / report.Options.Population.Stakers)} bytes for each staker, {Number((network.StoreBytesAfter ?? 0) / report.Options.Population.Stakers)} after the load. First block {network.FirstBlockMilliseconds:N0} ms after the start. The audit took {network.AuditMilliseconds:N0} ms.</p>""");
    }

    private static ChartLine[] PhaseLines(BlockFacts blocks) =>
        [.. BlockPhases.Names.SkipLast(1).Select((name, place) => new ChartLine(name, [.. blocks.Course.Select(block => place < block.Phases.Count ? block.Phases[place] : (long?)null)])),
         new ChartLine(BlockPhases.Whole, [.. blocks.Course.Select(block => (long?)block.Phases.Sum())])];

    private static void Processes(StringBuilder page, LoadReport report)
    {
        var processes = report.Processes.Where(process => process.Samples.Count > 0).ToArray();
        if (processes.Length + report.Silos.Count > 0) page.Append("<h2>Processor and memory</h2>");
        if (processes.Length > 0)
        {
            Course("Processor time, percent of one processor", processes, sample => sample.AtMicroseconds, sample => sample.CpuPermille / 10);
            Course("Resident memory, MiB", processes, sample => sample.AtMicroseconds, sample => sample.ResidentBytes / 1_048_576);
        }

        if (report.Silos.Count > 0)
        {
            page.Append("<p class=\"soft\">The silos' processes could not be watched: this is what they told of themselves, smoothed.</p>");
            Course("Processor time of silos, percent of their machines", report.Silos, sample => sample.AtMicroseconds, sample => sample.CpuPermille / 10);
            Course("Managed memory of silos, MiB", report.Silos, sample => sample.AtMicroseconds, sample => sample.ManagedBytes / 1_048_576);
        }

        // Samples of one look have one time; where a process was not there, its line is broken.
        void Course<TSample>(string title, IReadOnlyList<(string Name, IReadOnlyList<TSample> Samples)> all, Func<TSample, long> at, Func<TSample, long> value)
        {
            var times = all.SelectMany(one => one.Samples).Select(at).Distinct().Order().ToArray();
            page.Append(SvgChart.Draw(title, [.. times.Select(time => time / 1_000)], [.. all.Select(one => Line(one.Name, one.Samples.ToDictionary(at, sample => value(sample))))], Number, marks: Marks(report)));
            ChartLine Line(string name, Dictionary<long, long> values) => new(name, [.. times.Select(time => values.TryGetValue(time, out var found) ? found : (long?)null)]);
        }
    }

    private static void Faults(StringBuilder page, LoadReport report)
    {
        if (report.Faults.Count == 0) return;
        page.Append("<h2>Faults</h2><p class=\"soft\">In the charts a fault is the red line, and the time until all was there again is shaded.</p>");
        Table(page, ["At s", "Back at s", "What"], report.Faults.Select(fault => new[] { Seconds(fault.AtMilliseconds), fault.BackMilliseconds is { } back ? Seconds(back) : string.Empty, Clean(fault.What) }));
    }

    private static string Seconds(long milliseconds) => (milliseconds / 1_000m).ToString("N1", CultureInfo.InvariantCulture);

    private static void Proof(StringBuilder page, LoadReport report)
    {
        page.Append("<h2>Proof</h2>");
        if (report.Audits.Count > 0) Write(page, $"""<p>{report.Audits.Count} {(report.Audits.Count == 1 ? "audit" : "audits")} beside the load, the last of block {report.Audits[^1].Block}; each took {Number(report.Audits.Max(audit => audit.TookMicroseconds) / 1_000)} ms at most.</p>""");
        Table(page, ["Check", "Holds", "Of what"], report.Proof.Select(check => new[] { Clean(check.Name), Mark(check.IsPassed, "yes", "NO"), Clean(check.Extent) + string.Concat(check.Faults.Select(fault => "<br>" + Clean(fault))) }));
    }

    /// <summary>Stretches in which requests were begun, the last of them perhaps for a part of it; what ended later is in the totals.</summary>
    private static IEnumerable<IntervalTally> Whole(LoadReport report) =>
        report.Tally.Intervals.Take((int)((report.SendingMicroseconds + report.Tally.IntervalMicroseconds - 1) / report.Tally.IntervalMicroseconds));

    /// <summary>The middle of each stretch, in milliseconds.</summary>
    private static long[] Times(LoadReport report) => [.. Whole(report).Select((_, place) => ((2 * place) + 1) * report.Tally.IntervalMicroseconds / 2_000)];

    private static ChartMark[] Marks(LoadReport report) => [.. report.Faults.Select(fault => new ChartMark(fault.AtMilliseconds, fault.BackMilliseconds, fault.What))];

    private static string[] Row(string name, LatencyHistogram latency) =>
        [name, Number(latency.Count), Milliseconds(latency.Mean), .. LoadMetrics.Percentiles.Select(percentile => Milliseconds(latency.Percentile(percentile.Percent))), Milliseconds(latency.Max)];

    private static void Table(StringBuilder page, string[] heads, IEnumerable<string[]> rows)
    {
        page.Append("<div class=\"wide\"><table><thead><tr>");
        foreach (var head in heads) page.Append(IsText(head) ? "<th class=\"left\">" : "<th>").Append(Clean(head)).Append("</th>");
        page.Append("</tr></thead><tbody>");
        foreach (var row in rows) page.Append("<tr>").AppendJoin(null, row.Select((cell, place) => $"<td{(IsText(heads[place]) ? " class=\"left\"" : string.Empty)}>{cell}</td>")).Append("</tr>");
        page.Append("</tbody></table></div>\n");
    }

    /// <summary>Columns of words, which begin at their left.</summary>
    private static bool IsText(string head) => head is "What" or "Of what" or "How";

    private static string Mark(bool isOk, string yes, string no) => isOk ? $"<span class=\"ok\">{yes}</span>" : $"<span class=\"bad\">{no}</span>";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Milliseconds(long microseconds) => (microseconds / 1_000m).ToString("N1", CultureInfo.InvariantCulture);

    private static void Write(StringBuilder text, FormattableString part) => text.Append(part.ToString(CultureInfo.InvariantCulture));
}

using System.Globalization;
using Dtao.LoadTest.Driving;
using Spectre.Console;

namespace Dtao.LoadTest.Runs;

/// <summary>How far a load has come.</summary>
/// <param name="Late">Sent late, or not at all.</param>
/// <param name="Codes">The most frequent refusals and failures.</param>
public sealed record LoadProgress(long Sent, long Applied, long Refused, long Failed, long Late, long P50, long P99, IReadOnlyList<KeyValuePair<string, long>> Codes)
{
    internal const int CodesShown = 5;

    /// <summary>How many stakers had their turn.</summary>
    public long Acted { get; init; }

    /// <summary>How many have to, where the run goes on until they had; else 0.</summary>
    public int ActedMax { get; init; }

    /// <summary>From the beginning of the run.</summary>
    public long Second { get; init; }

    /// <summary>Seconds until no request is begun any more, as it goes now.</summary>
    public long SecondsToGo { get; init; }

    /// <summary>The newest block.</summary>
    public ulong Head { get; init; }

    /// <summary>What the last complete audit said; null before the first, or where none runs beside the load.</summary>
    public AuditNote? Audit { get; init; }

    /// <summary>In words: how old the last complete audit is, and its result.</summary>
    public string AuditText { get; init; } = string.Empty;

    internal static LoadProgress Of(LoadTally tally) => new(
        tally.Sent, tally.All.Applied, tally.All.Refused, tally.All.Failed, tally.Late + tally.Unsent, tally.All.Latency.Percentile(50), tally.All.Latency.Percentile(99),
        [.. tally.FailedCodes.Concat(tally.RefusedCodes).OrderByDescending(code => code.Value).ThenBy(code => code.Key, StringComparer.Ordinal).Take(CodesShown)]);

    /// <summary>With what is known of the run around it.</summary>
    internal LoadProgress At(long microseconds, LoadOptions options, ulong head, bool isAudited, AuditNote? audit) => this with
    {
        Second = microseconds / LoadOptions.MicrosecondsPerSecond,
        SecondsToGo = ToGo(microseconds, options),
        ActedMax = options.Everyone ? options.Population.Stakers : 0,
        Head = head,
        Audit = audit,
        AuditText = audit switch
        {
            null => isAudited ? "audit not yet" : "audit at the end",
            { IsClean: true } => string.Create(CultureInfo.InvariantCulture, $"audit clean {(microseconds - audit.AtMicroseconds) / LoadOptions.MicrosecondsPerSecond} s ago at block {audit.Block}"),
            _ => $"AUDIT OFF: {audit.Fault}",
        },
    };

    /// <summary>What is left of the time, or of the operations at the rate so far: whichever ends first. Where everybody has to act, what is left of them at the rate so far, when that takes longer.</summary>
    private long ToGo(long microseconds, LoadOptions options)
    {
        var time = Math.Max(0, (options.Seconds * LoadOptions.MicrosecondsPerSecond) - microseconds);
        if (options.OperationsMax < long.MaxValue && Sent > 0) time = (long)Int128.Min(time, (Int128)microseconds * Math.Max(0, options.OperationsMax - Sent) / Sent);
        if (options.Everyone && Acted > 0) time = (long)Int128.Max(time, (Int128)microseconds * Math.Max(0, options.Population.Stakers - Acted) / Acted);
        return time / LoadOptions.MicrosecondsPerSecond;
    }
}

/// <summary>Shows a person how a run goes.</summary>
internal interface ILoadDisplay
{
    void Tell(string line);

    /// <summary>Shows the load until it is over.</summary>
    Task RunAsync(Func<LoadProgress> read, LoadOptions options, CancellationToken over);
}

/// <summary>Plain lines, for pipes and files.</summary>
/// <param name="interval">From one line on the load to the next.</param>
internal sealed class LineDisplay(TextWriter output, TimeSpan interval) : ILoadDisplay
{
    public void Tell(string line) => output.WriteLine(line);

    public async Task RunAsync(Func<LoadProgress> read, LoadOptions options, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(interval, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            output.WriteLine(Line(read(), options.Seconds));
        }
    }

    internal static string Line(LoadProgress now, int seconds)
    {
        var codes = string.Join(", ", now.Codes.Select(code => string.Create(CultureInfo.InvariantCulture, $"{code.Key} {code.Value}")));
        var length = now.ActedMax > 0 ? string.Create(CultureInfo.InvariantCulture, $"s, {now.Acted} of {now.ActedMax} stakers have acted, {now.SecondsToGo} s to go") : string.Create(CultureInfo.InvariantCulture, $"of {seconds} s, {now.SecondsToGo} to go");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{now.Second,4} {length}  block {now.Head}  {now.AuditText}  sent {now.Sent}  applied {now.Applied} ({now.Applied / Math.Max(1, now.Second)}/s)  refused {now.Refused}  failed {now.Failed}  late {now.Late}  p50 {now.P50 / 1_000} ms  p99 {now.P99 / 1_000} ms  {codes}").TrimEnd();
    }
}

/// <summary>A table that stays in its place, for a terminal.</summary>
internal sealed class TerminalDisplay(IAnsiConsole console) : ILoadDisplay
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    public void Tell(string line) => console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]{line}[/]");

    public Task RunAsync(Func<LoadProgress> read, LoadOptions options, CancellationToken over) => console.Live(Draw(read(), null)).StartAsync(async live =>
    {
        LoadProgress? before = null;
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(s_interval, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var now = read();
            live.UpdateTarget(Draw(now, before));
            if (before is null || now.Second > before.Second) before = now;
        }
    });

    /// <param name="before">What was seen before, for rates.</param>
    internal static Table Draw(LoadProgress now, LoadProgress? before)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("", "Now", "In all");
        table.AddRow("time", Text(now.Second) + " s", now.SecondsToGo > 0 ? $"{Text(now.SecondsToGo)} s to go" : "what is under way ends");
        if (now.ActedMax > 0) table.AddRow("stakers", string.Empty, $"{Text(now.Acted)} of {Text(now.ActedMax)} have acted");
        table.AddRow("block", Text((long)now.Head), Markup.Escape(now.AuditText));
        var passed = Math.Max(1, now.Second - (before?.Second ?? 0));
        table.AddRow("sent", Text((now.Sent - (before?.Sent ?? 0)) / passed) + "/s", Text(now.Sent));
        table.AddRow("applied", Text((now.Applied - (before?.Applied ?? 0)) / passed) + "/s", Text(now.Applied));
        table.AddRow("refused", Text((now.Refused - (before?.Refused ?? 0)) / passed) + "/s", Text(now.Refused));
        table.AddRow("failed", Text((now.Failed - (before?.Failed ?? 0)) / passed) + "/s", Text(now.Failed));
        table.AddRow("late", Text((now.Late - (before?.Late ?? 0)) / passed) + "/s", Text(now.Late));
        table.AddRow("p50, p99", string.Empty, $"{Text(now.P50 / 1_000)} ms, {Text(now.P99 / 1_000)} ms");
        foreach (var code in now.Codes) table.AddRow(Markup.Escape(code.Key), string.Empty, Text(code.Value));
        return table;
    }

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

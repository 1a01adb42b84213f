using Dtao.Hosting.Audit;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Proofs;
using Dtao.LoadTest.Runs;
using Spectre.Console;

namespace Dtao.LoadTest.Tests;

/// <summary>What a person sees while a load runs.</summary>
public sealed class DisplayTests
{
    private const long Second = 1_000_000;

    private static readonly LoadOptions s_options = new() { Population = new(), Model = new LoadModel(null, 4, 0), Seconds = 30 };

    [Fact]
    public void Table_OfAFixedState_ShowsAll()
    {
        var told = new LoadProgress(900, 800, 60, 30, 7, 4_000, 90_000, [KeyValuePair.Create("SlippageTooHigh", 60L), KeyValuePair.Create("Timeout[odd]", 30L)]);
        var before = told with { Sent = 700, Applied = 640, Refused = 50, Failed = 10, Late = 5, Second = 8 };
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text), Interactive = InteractionSupport.No });
        console.Profile.Width = 120;

        console.Write(TerminalDisplay.Draw(told.At(10 * Second, s_options, 77, true, new AuditNote(7 * Second, 200_000, 74, null)), before));

        var rows = text.ToString().Split('\n').Select(line => string.Join(' ', line.Split([' ', '│', '\r'], StringSplitOptions.RemoveEmptyEntries))).ToArray();
        Assert.All(
            [
                "Now In all", "time 10 s 20 s to go", "block 77 audit clean 3 s ago at block 74", "sent 100/s 900", "applied 80/s 800", "refused 5/s 60", "failed 10/s 30", "late 1/s 7",
                "p50, p99 4 ms, 90 ms", "SlippageTooHigh 60", "Timeout[odd] 30",
            ],
            row => Assert.Contains(row, rows));
    }

    [Fact]
    public void Progress_AuditsAndTimeToGo_AreTold()
    {
        var told = new LoadProgress(100, 100, 0, 0, 0, 0, 0, []);

        Assert.Equal("audit at the end", told.At(Second, s_options, 1, false, null).AuditText);
        Assert.Equal("audit not yet", told.At(Second, s_options, 1, true, null).AuditText);
        Assert.Equal("AUDIT OFF: TAO is lost", told.At(Second, s_options, 1, true, new AuditNote(0, 0, 1, "TAO is lost")).AuditText);
        Assert.Equal(20, told.At(10 * Second, s_options, 1, true, null).SecondsToGo);
        // At ten a second the other fifty take five more.
        Assert.Equal(5, told.At(10 * Second, s_options with { OperationsMax = 150 }, 1, true, null).SecondsToGo);
        Assert.Equal(0, told.At(40 * Second, s_options, 1, true, null).SecondsToGo);
        Assert.Equal("  10 of 30 s, 20 to go  block 1  audit not yet  sent 100  applied 100 (10/s)  refused 0  failed 0  late 0  p50 0 ms  p99 0 ms", LineDisplay.Line(told.At(10 * Second, s_options, 1, true, null), 30));
    }

    /// <summary>A run that goes on until everybody has acted tells how many have, and how long the others take at this rate.</summary>
    [Fact]
    public void Progress_UntilEverybodyHasActed_TellsHowManyAndHowLong()
    {
        var options = s_options with { Everyone = true, Population = new() { Stakers = 1_000 } };
        var told = new LoadProgress(100, 100, 0, 0, 0, 0, 0, []) { Acted = 250 };

        // 250 in 40 seconds, 750 are left; and at the beginning the time that was asked for.
        Assert.Equal(120, told.At(40 * Second, options, 1, true, null).SecondsToGo);
        Assert.Equal(29, (told with { Acted = 999 }).At(Second, options, 1, true, null).SecondsToGo);
        Assert.StartsWith("  40 s, 250 of 1000 stakers have acted, 120 s to go  block 1  ", LineDisplay.Line(told.At(40 * Second, options, 1, true, null), 30), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audits_BesideALoad_GoOnUntilItIsOverAndBelongToTheProof()
    {
        using var over = new CancellationTokenSource();
        var count = 0;
        var audits = new AuditsBeside(_ => ++count switch { 1 => throw new TimeoutException("no answer"), 3 => EndWith(Report(0)), _ => Task.FromResult(Report(count == 2 ? 5 : 0)) }, 0, new DriverTests.FakeClock());

        await audits.RunAsync(over.Token);

        Assert.Equal(["no answer", "TAO: the places hold 5 rao too much", null], audits.Notes.Select(note => note.Fault));
        Assert.True(audits.Last!.IsClean);
        var check = Assert.Single(LoadProof.OfAuditsBeside(audits.Notes));
        Assert.Equal(2, check.Faults.Count);
        Assert.Empty(LoadProof.OfAuditsBeside([]));

        Task<AuditReport> EndWith(AuditReport report)
        {
            over.Cancel();
            return Task.FromResult(report);
        }
    }

    [Fact]
    public void Processes_StartedAgain_KeepTheirName()
    {
        var clock = new DriverTests.FakeClock();
        IReadOnlyList<WatchedProcess> now = [new("silo 1", Environment.ProcessId)];
        var watch = new ProcessWatch(clock, () => now);

        // It runs, is gone, has a number that nobody has, and runs again.
        foreach (var processes in (IReadOnlyList<WatchedProcess>[])[now, now, [], [new("silo 1", int.MaxValue)], now, now])
        {
            now = processes;
            clock.Pass(Second);
            watch.Look();
        }

        var (name, samples) = Assert.Single(watch.Samples);
        Assert.Equal("silo 1", name);
        Assert.Equal([2 * Second, 6 * Second], samples.Select(sample => sample.AtMicroseconds));
        Assert.All(samples, sample => Assert.True(sample.ResidentBytes > 0));
    }

    private static AuditReport Report(int difference) => new(new(9), null!, [new AuditColumn("TAO", [], 0, difference)], 1, 1, null, []);
}

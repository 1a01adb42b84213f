using System.Globalization;
using Dtao.LoadTest.Driving;

namespace Dtao.LoadTest.Runs;

/// <summary>Shows a person how a run goes.</summary>
internal interface ILoadDisplay
{
    void Tell(string line);

    /// <summary>Shows the load until it is over.</summary>
    Task RunAsync(Recorder recorder, ILoadClock clock, Func<ulong> head, CancellationToken over);
}

/// <summary>Plain lines, for pipes and files.</summary>
/// <param name="interval">From one line on the load to the next.</param>
internal sealed class LineDisplay(TextWriter output, LoadOptions options, TimeSpan interval) : ILoadDisplay
{
    public void Tell(string line) => output.WriteLine(line);

    public async Task RunAsync(Recorder recorder, ILoadClock clock, Func<ulong> head, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(interval, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            output.WriteLine(recorder.Read(tally => Line(tally, clock.Now / LoadOptions.MicrosecondsPerSecond, options.Seconds, head())));
        }
    }

    internal static string Line(LoadTally tally, long second, int seconds, ulong head)
    {
        var codes = string.Join(", ", tally.FailedCodes.Concat(tally.RefusedCodes).OrderByDescending(code => code.Value).Take(3).Select(code => string.Create(CultureInfo.InvariantCulture, $"{code.Key} {code.Value}")));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{second,4} of {seconds} s  block {head}  sent {tally.Sent}  applied {tally.All.Applied} ({tally.All.Applied / Math.Max(1, second)}/s)  refused {tally.All.Refused}  failed {tally.All.Failed}  late {tally.Late}  p50 {tally.All.Latency.Percentile(50) / 1_000} ms  p99 {tally.All.Latency.Percentile(99) / 1_000} ms  {codes}");
    }
}

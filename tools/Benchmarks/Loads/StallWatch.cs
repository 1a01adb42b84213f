using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using System.Globalization;

namespace Dtao.Benchmarks.Loads;

/// <summary>
/// Shows when a load stood still, and what else went on then: steps that were done are counted in windows of a few milliseconds, beside the runtime's collections, the log's commits and
/// checkpoints, and the blocks that were closed.
/// </summary>
internal sealed class StallWatch : EventListener
{
    private const int WindowMilliseconds = 5;
    private const int WindowsMax = 60_000 / WindowMilliseconds;
    private const int Shown = 12;
    private const EventKeywords Collections = (EventKeywords)0x1;

    /// <summary>A window counts as standing still with fewer than a tenth of the steps of a mean one.</summary>
    private const int StandingShare = 10;

    private static readonly string[] s_watched = ["dtao.storage.log.commit.duration", "dtao.storage.checkpoint.duration", "dtao.block.duration"];

    private readonly long _origin = Stopwatch.GetTimestamp();
    private readonly DateTime _originTime = DateTime.UtcNow;
    private readonly ConcurrentQueue<Span> _spans = [];
    private readonly MeterListener _meters = new();
    private int[] _windows = [];
    private TimeSpan _began;
    private TimeSpan _ended;
    private TimeSpan _paused;
    private uint _generation;

    public StallWatch()
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (s_watched.Contains(instrument.Name)) listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>(Measured);
        _meters.Start();
    }

    private TimeSpan Now => Stopwatch.GetElapsedTime(_origin);

    /// <summary>Forgets what was, and counts from now on.</summary>
    public void Begin()
    {
        _spans.Clear();
        _began = Now;
        _windows = new int[WindowsMax];
    }

    /// <summary>The measured time is over: what comes now is neither shown nor taken for standing still.</summary>
    public void End() => _ended = Now;

    /// <summary>A step is done.</summary>
    public void Count()
    {
        var window = (Now - _began).Ticks / TimeSpan.TicksPerMillisecond / WindowMilliseconds;
        if (window < _windows.Length) Interlocked.Increment(ref _windows[window]);
    }

    /// <summary>Prints the longest times without steps, and totals of what went on.</summary>
    public void Print(TextWriter output)
    {
        var windows = (int)Math.Min(_windows.Length, (_ended - _began).Ticks / TimeSpan.TicksPerMillisecond / WindowMilliseconds);
        var spans = _spans.Where(span => span.From < _ended).ToArray();
        foreach (var kind in spans.GroupBy(span => span.Name).OrderBy(kind => kind.Key, StringComparer.Ordinal))
        {
            var lengths = kind.Select(span => span.Milliseconds).Order().ToArray();
            output.WriteLine(Text($"    {kind.Key}: {lengths.Length}, {lengths.Sum()} ms in all, median {lengths[lengths.Length / 2]}, 99th percentile {lengths[lengths.Length * 99 / 100]}, longest {lengths[^1]}"));
        }

        var memory = GC.GetGCMemoryInfo();
        var sizes = memory.GenerationInfo.ToArray().Select(generation => Text($"{generation.SizeAfterBytes >> 20}"));
        output.WriteLine(Text($"    heap after the last collection, MiB by generation: {string.Join(" / ", sizes)}; {memory.TotalCommittedBytes >> 20} taken from the system"));
        foreach (var (first, count) in Stalls(windows).OrderByDescending(stall => stall.Count).Take(Shown).OrderBy(stall => stall.First))
        {
            var (from, until) = (_began + (first * Window), _began + ((first + count) * Window));
            var beside = spans.Where(span => span.From < until && span.Until > from && span.Milliseconds > 0).OrderByDescending(span => span.Milliseconds).Take(4)
                .Select(span => Text($"{span.Name} {span.Milliseconds} ms from {(long)(span.From - _began).TotalMilliseconds}"));
            output.WriteLine(Text($"    {count * WindowMilliseconds} ms without steps from {first * WindowMilliseconds}: {string.Join(", ", beside)}"));
        }
    }

    public override void Dispose()
    {
        _meters.Dispose();
        base.Dispose();
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime") EnableEvents(eventSource, EventLevel.Informational, Collections);
    }

    /// <remarks>The runtime tells of its collections a little later, with the time at which each thing was.</remarks>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        switch (eventData.EventName)
        {
            case "GCSuspendEEBegin_V1":
                _paused = eventData.TimeStamp - _originTime;
                _generation = uint.MaxValue;
                break;
            case "GCStart_V2":
                _generation = (uint)eventData.Payload![1]!;
                break;
            case "GCRestartEEEnd_V1" when _generation != uint.MaxValue:
                _spans.Enqueue(new Span(Text($"collection {_generation}"), _paused, eventData.TimeStamp - _originTime));
                break;
        }
    }

    private static TimeSpan Window => TimeSpan.FromMilliseconds(WindowMilliseconds);

    private void Measured(Instrument instrument, long microseconds, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var part = tags.IsEmpty ? "" : $" ({tags[0].Value})";
        var name = instrument.Name.Replace("dtao.", "", StringComparison.Ordinal).Replace(".duration", part, StringComparison.Ordinal);
        var now = Now;
        _spans.Enqueue(new Span(name, now - TimeSpan.FromMicroseconds(microseconds), now));
    }

    private List<(int First, int Count)> Stalls(int windows)
    {
        var least = _windows.AsSpan(0, windows).ToArray().Sum(steps => (long)steps) / Math.Max(1, windows) / StandingShare;
        List<(int First, int Count)> stalls = [];
        for (var first = 0; first < windows; first++)
        {
            var end = first;
            while (end < windows && _windows[end] <= least) end++;
            if (end > first) stalls.Add((first, end - first));
            first = end;
        }

        return stalls;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Span(string Name, TimeSpan From, TimeSpan Until)
    {
        public long Milliseconds => (Until - From).Ticks / TimeSpan.TicksPerMillisecond;
    }
}

using System.Diagnostics.Metrics;
using Dtao.Grains.Telemetry;
using Dtao.LoadTest.Driving;

namespace Dtao.LoadTest.Runs;

/// <summary>What silos of this process tell of their blocks: how long each phase took.</summary>
internal sealed class BlockPhases : IDisposable
{
    public const string Whole = "whole";

    /// <summary>In their order, and the whole last.</summary>
    public static readonly IReadOnlyList<string> Names = ["gather", "plan", "apply", "record", Whole];

    private const string Instrument = "dtao.block.duration";
    private const string Label = "phase";

    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LatencyHistogram> _phases = Names.ToDictionary(name => name, _ => new LatencyHistogram(), StringComparer.Ordinal);

    public BlockPhases()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == LedgerMetrics.MeterName && instrument.Name == Instrument) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, microseconds, tags, _) => Note(microseconds, tags));
        _listener.Start();
    }

    /// <summary>Forgets what was seen so far.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            foreach (var name in Names) _phases[name] = new LatencyHistogram();
        }
    }

    /// <summary>A copy of what was seen, by phase.</summary>
    public IReadOnlyDictionary<string, LatencyHistogram> Read()
    {
        lock (_lock)
        {
            var copy = new Dictionary<string, LatencyHistogram>(StringComparer.Ordinal);
            foreach (var (name, phase) in _phases)
            {
                copy[name] = new LatencyHistogram();
                copy[name].Add(phase);
            }

            return copy;
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Note(long microseconds, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
        {
            if (tag.Key != Label || tag.Value is not string name || !_phases.ContainsKey(name)) continue;
            lock (_lock) _phases[name].Record(microseconds);
        }
    }
}

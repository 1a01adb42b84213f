using System.Diagnostics.Metrics;
using Dtao.Grains.Shell;
using Dtao.Hosting.Health;
using Dtao.Silo.Display;

namespace Dtao.Silo.Telemetry;

/// <summary>The meter of the process: where its network stands, and what its audits found.</summary>
internal sealed class SiloMetrics : IDisposable
{
    public const string MeterName = "Dtao.Silo";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _audits;
    private readonly Histogram<long> _auditMicroseconds;
    private ulong _auditedBlock;
    private bool _isAudited;

    /// <param name="health">Null where nobody asks for it: then it is not known when a block was heard of.</param>
    public SiloMetrics(NetworkContext network, SiloHealth? health)
    {
        _meter.CreateObservableGauge("dtao.block.height", () => (long)network.Head.Value, "{block}", "The highest block that this process knows.");
        _meter.CreateObservableGauge("dtao.block.age", () => Known(health?.Live().BlockSeconds), "s", "Since this process heard of a new block.");
        _meter.CreateObservableGauge(
            "dtao.audit.age", () => Known(Volatile.Read(ref _isAudited) ? (long)(network.Head.Value - Math.Min(network.Head.Value, Volatile.Read(ref _auditedBlock))) : null),
            "{block}", "Blocks since the one of the last clean audit.");
        _audits = _meter.CreateCounter<long>("dtao.audit.runs", "{audit}", "Audits of the running network.");
        _auditMicroseconds = _meter.CreateHistogram(
            "dtao.audit.duration", "us", "Time of one audit.", tags: null,
            new InstrumentAdvice<long> { HistogramBucketBoundaries = [1_000, 5_000, 25_000, 100_000, 250_000, 1_000_000, 5_000_000, 25_000_000, 100_000_000] });
    }

    public void NoteAudit(AuditState state, TimeSpan took)
    {
        if (state.Outcome == AuditOutcome.Clean)
        {
            Volatile.Write(ref _auditedBlock, state.Block.Value);
            Volatile.Write(ref _isAudited, true);
        }

        _audits.Add(1, new KeyValuePair<string, object?>("outcome", NameOf(state.Outcome)));
        _auditMicroseconds.Record(took.Ticks / TimeSpan.TicksPerMicrosecond);
    }

    public void Dispose() => _meter.Dispose();

    private static string NameOf(AuditOutcome outcome) => outcome switch
    {
        AuditOutcome.Clean => "clean",
        AuditOutcome.Off => "off",
        _ => "failed",
    };

    private static Measurement<long>[] Known(long? value) => value is { } known ? [new(known)] : [];
}

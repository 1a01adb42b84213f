using System.Diagnostics.Metrics;
using Dtao.Grains.Shell;
using Dtao.Hosting.Health;
using Dtao.Silo.Display;

namespace Dtao.Silo.Telemetry;

/// <summary>The meter of the process: where its network stands, and what its audits found.</summary>
/// <remarks>A process runs one silo after the other at most. Where tests run several at once, the one that began last and knows a figure tells it.</remarks>
internal sealed class SiloMetrics : IDisposable
{
    public const string MeterName = "Dtao.Silo";

    private static readonly Meter s_meter = new(MeterName);

    private static readonly Counter<long> s_audits = s_meter.CreateCounter<long>("dtao.audit.runs", "{audit}", "Audits of the running network.");

    private static readonly Histogram<long> s_auditMicroseconds = s_meter.CreateHistogram(
        "dtao.audit.duration", "us", "Time of one audit.", tags: null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [1_000, 5_000, 25_000, 100_000, 250_000, 1_000_000, 5_000_000, 25_000_000, 100_000_000] });

    private static readonly List<SiloMetrics> s_running = [];

    private readonly Lock _lock = new();
    private readonly NetworkContext _network;
    private readonly SiloHealth? _health;
    private ulong _auditedBlock;
    private bool _isAudited;

    static SiloMetrics()
    {
        s_meter.CreateObservableGauge("dtao.block.height", () => Read(silo => silo.Height), "{block}", "The highest block that this process knows.");
        s_meter.CreateObservableGauge("dtao.block.age", () => Read(silo => silo._health?.Live().BlockSeconds), "s", "Since this process heard of a new block.");
        s_meter.CreateObservableGauge("dtao.audit.age", () => Read(silo => silo.AuditAge), "{block}", "Blocks since the one of the last clean audit.");
    }

    /// <param name="health">Null where nobody asks for it: then it is not known when a block was heard of.</param>
    public SiloMetrics(NetworkContext network, SiloHealth? health)
    {
        (_network, _health) = (network, health);
        lock (s_running) s_running.Add(this);
    }

    private long Height => (long)_network.Head.Value;

    private long? AuditAge
    {
        get
        {
            lock (_lock) return _isAudited ? Height - (long)Math.Min(_auditedBlock, _network.Head.Value) : null;
        }
    }

    public void NoteAudit(AuditState state, TimeSpan took)
    {
        if (state.Outcome == AuditOutcome.Clean)
        {
            lock (_lock) (_auditedBlock, _isAudited) = (state.Block.Value, true);
        }

        s_audits.Add(1, new KeyValuePair<string, object?>("outcome", NameOf(state.Outcome)));
        s_auditMicroseconds.Record(took.Ticks / TimeSpan.TicksPerMicrosecond);
    }

    public void Dispose()
    {
        lock (s_running) s_running.Remove(this);
    }

    private static Measurement<long>[] Read(Func<SiloMetrics, long?> value)
    {
        lock (s_running)
        {
            for (var i = s_running.Count - 1; i >= 0; i--)
            {
                if (value(s_running[i]) is { } known) return [new(known)];
            }
        }

        return [];
    }

    private static string NameOf(AuditOutcome outcome) => outcome switch
    {
        AuditOutcome.Clean => "clean",
        AuditOutcome.Off => "off",
        _ => "failed",
    };
}

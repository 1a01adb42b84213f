using System.Diagnostics;
using System.Diagnostics.Metrics;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Telemetry;

/// <summary>The meter of the actors. Names, units, and labels are part of what others rely on: docs/reference/metrics.md lists them, and a test holds the list.</summary>
/// <remarks>
/// Labels come from fixed sets, so that the number of series is bounded: no account, no hotkey, no operation. No amount is measured, since whoever reads
/// metrics reads them as floating-point numbers. Times are whole microseconds. What nobody listens to costs a look at a flag.
/// </remarks>
public static class LedgerMetrics
{
    /// <summary>Name of the meter, for whoever listens.</summary>
    public const string MeterName = "Dtao.Grains";

    /// <summary>The counter of pools' decisions, which has a label more than <see cref="PoolDecisionLabels"/>: the netuid. A host leaves that one out unless it is asked for it.</summary>
    public const string PoolDecisionsName = "dtao.pool.decisions";

    private const string CallLabel = "call";
    private const string OutcomeLabel = "outcome";
    private const string CodeLabel = "code";
    private const string NetuidLabel = "netuid";

    private static readonly Meter s_meter = new(MeterName);

    private static readonly InstrumentAdvice<long> s_microseconds = new()
    {
        HistogramBucketBoundaries = [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000],
    };

    private static readonly InstrumentAdvice<long> s_counts = new() { HistogramBucketBoundaries = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024] };

    private static readonly Counter<long> s_operations =
        s_meter.CreateCounter<long>("dtao.operations", "{operation}", "Operations that an account of this silo answered for the first time.");

    private static readonly Counter<long> s_operationRepeats =
        s_meter.CreateCounter<long>("dtao.operation.repeats", "{operation}", "Operations that came again, and were answered as before.");

    private static readonly Histogram<long> s_operationMicroseconds =
        Microseconds("dtao.operation.duration", "From an operation's arrival at its account to its durable answer.");

    private static readonly Counter<long> s_poolDecisions =
        s_meter.CreateCounter<long>(PoolDecisionsName, "{call}", "Calls that pools of this silo decided.");

    private static readonly Histogram<long> s_poolBlockMicroseconds = Microseconds("dtao.pool.block.duration", "A pool's part of a block.");

    private static readonly Histogram<long> s_bundleSize = Count("dtao.bundle.size", "{command}", "Commands that travelled to a pool in one message.");

    private static readonly Histogram<long> s_laneBatchSize = Count("dtao.lane.batch.size", "{operation}", "Operations over several pools that were decided together.");

    private static readonly Histogram<long> s_laneBatchMicroseconds = Microseconds("dtao.lane.batch.duration", "From closing the first pool to the last acknowledgement.");

    private static readonly Counter<long> s_blocks = s_meter.CreateCounter<long>("dtao.blocks", "{block}", "Blocks that this silo closed.");

    private static readonly Histogram<long> s_blockMicroseconds = Microseconds("dtao.block.duration", "A block, and each of its phases.");

    private static readonly Histogram<long> s_blockFanOut = Count("dtao.block.fan_out", "{subnet}", "Subnets that were told a block.");

    private static long s_holds;
    private static long s_accountQueue;
    private static long s_bundleQueue;
    private static long s_poolQueue;
    private static long s_laneQueue;

    static LedgerMetrics()
    {
        s_meter.CreateObservableGauge("dtao.account.holds", static () => Interlocked.Read(ref s_holds), "{operation}", "Operations in flight, of accounts that are active here.");
        s_meter.CreateObservableGauge("dtao.queue.length", ReadQueues, "{message}", "What waits.");
        s_meter.CreateObservableGauge("dtao.actor.active", static () => ActorTally.Read(tally => tally.Active), "{activation}", "Actors that are active here.");
        s_meter.CreateObservableCounter("dtao.actor.activations", static () => ActorTally.Read(tally => tally.Activations), "{activation}", "Actors that were activated here.");
        s_meter.CreateObservableCounter("dtao.actor.poisoned", static () => ActorTally.Read(tally => tally.Poisoned), "{activation}", "Activations that ended by a failed or unknown write.");
        s_meter.CreateObservableCounter("dtao.actor.repeats", static () => ActorTally.Read(tally => tally.Repeats), "{message}", "Messages to other actors that were sent again.");
    }

    public static IReadOnlyList<string> PoolDecisionLabels => [OutcomeLabel, CodeLabel];

    /// <summary>Whether anybody wants to know of each operation how long it took, and what became of it.</summary>
    internal static bool MeasuresOperations => s_operationMicroseconds.Enabled || s_operations.Enabled;

    internal static bool CountsPoolDecisions => s_poolDecisions.Enabled;

    internal static void OperationAnswered(CallKind call, Receipt receipt)
    {
        if (!s_operations.Enabled) return;
        s_operations.Add(1, new(CallLabel, call.ToString()), new(OutcomeLabel, NameOf(receipt.Status)), new(CodeLabel, NameOf(receipt)));
    }

    internal static void OperationRepeated() => s_operationRepeats.Add(1);

    internal static void OperationTook(long startTimestamp, ReceiptStatus status) => Took(s_operationMicroseconds, startTimestamp, new(OutcomeLabel, NameOf(status)));

    /// <param name="outcome">Null of a call whose last valid block had passed.</param>
    internal static void PoolDecided(object netuid, CallOutcome? outcome) =>
        s_poolDecisions.Add(1, new(OutcomeLabel, NameOf(outcome)), new(CodeLabel, CodeOf(outcome)), new(NetuidLabel, netuid));

    internal static void PoolBlockTook(long startTimestamp, bool hadEpoch) =>
        Took(s_poolBlockMicroseconds, startTimestamp, new("epoch", hadEpoch ? "true" : "false"));

    internal static void BundleSent(int commands) => s_bundleSize.Record(commands);

    internal static void LaneBatchDecided(int operations) => s_laneBatchSize.Record(operations);

    internal static void LaneBatchTook(long startTimestamp) => Took(s_laneBatchMicroseconds, startTimestamp);

    /// <param name="phases">Microseconds of gathering, planning, applying, and recording; 0 where an earlier activation did that part.</param>
    internal static void BlockClosed(int subnets, ReadOnlySpan<long> phases, long whole)
    {
        s_blocks.Add(1);
        s_blockFanOut.Record(subnets);
        if (!s_blockMicroseconds.Enabled) return;
        ReadOnlySpan<string> names = ["gather", "plan", "apply", "record"];
        for (var i = 0; i < names.Length; i++) s_blockMicroseconds.Record(phases[i], new KeyValuePair<string, object?>("phase", names[i]));
        s_blockMicroseconds.Record(whole, new KeyValuePair<string, object?>("phase", "whole"));
    }

    internal static void HoldsChanged(long change) => Interlocked.Add(ref s_holds, change);

    internal static void AccountQueueChanged(int change) => Interlocked.Add(ref s_accountQueue, change);

    internal static void BundleQueueChanged(int change) => Interlocked.Add(ref s_bundleQueue, change);

    internal static void PoolQueueChanged(int change) => Interlocked.Add(ref s_poolQueue, change);

    internal static void LaneQueueChanged(int change) => Interlocked.Add(ref s_laneQueue, change);

    /// <summary>The label of what became of an operation.</summary>
    internal static string NameOf(ReceiptStatus status) => status switch
    {
        ReceiptStatus.Applied => "applied",
        ReceiptStatus.Refused => "refused",
        _ => "not_accepted",
    };

    /// <summary>The label of what a pool or the lane decided; null of a call whose last valid block had passed.</summary>
    internal static string NameOf(CallOutcome? outcome) => outcome is null ? "expired" : outcome.IsOk ? "applied" : "refused";

    /// <summary>The stable code of a refusal, by its name.</summary>
    internal static string NameOf(Receipt receipt) => receipt.IsApplied ? nameof(RefusalCode.None) : receipt.ErrorName;

    /// <inheritdoc cref="NameOf(Receipt)"/>
    internal static string CodeOf(CallOutcome? outcome) => outcome is null ? nameof(RefusalCode.Expired) : outcome.IsOk ? nameof(RefusalCode.None) : outcome.Error.ToString();

    private static Histogram<long> Microseconds(string name, string description) => s_meter.CreateHistogram(name, "us", description, tags: null, s_microseconds);

    private static Histogram<long> Count(string name, string unit, string description) => s_meter.CreateHistogram(name, unit, description, tags: null, s_counts);

    private static void Took(Histogram<long> histogram, long startTimestamp, KeyValuePair<string, object?> label)
    {
        if (histogram.Enabled) histogram.Record(Stopwatch.GetElapsedTime(startTimestamp).Ticks / TimeSpan.TicksPerMicrosecond, label);
    }

    private static void Took(Histogram<long> histogram, long startTimestamp)
    {
        if (histogram.Enabled) histogram.Record(Stopwatch.GetElapsedTime(startTimestamp).Ticks / TimeSpan.TicksPerMicrosecond);
    }

    private static Measurement<long>[] ReadQueues() =>
    [
        Of("account", ref s_accountQueue), Of("bundle", ref s_bundleQueue), Of("pool", ref s_poolQueue), Of("lane", ref s_laneQueue),
    ];

    private static Measurement<long> Of(string queue, ref long length) => new(Interlocked.Read(ref length), new KeyValuePair<string, object?>("queue", queue));
}

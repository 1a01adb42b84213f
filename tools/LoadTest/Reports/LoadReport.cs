using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;
using Dtao.Client;
using Dtao.Hosting.Chaos;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Runs;

namespace Dtao.LoadTest.Reports;

/// <summary>Where a run took place.</summary>
public sealed record MachineFacts(string Build, int Processors, long MemoryBytes, string System, string Framework, string Collector)
{
    public static MachineFacts OfThis() => new(
        DtaoVersion.Text, Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription,
        GCSettings.IsServerGC ? "server" : "workstation");
}

/// <summary>What was loaded.</summary>
/// <param name="Kind">embedded or live.</param>
/// <param name="Gateways">Of a live network.</param>
/// <param name="CreationMilliseconds">From the first to the last account of a network that was made for the run; null where it was there.</param>
/// <param name="StoreBytes">Of an embedded network: its database file when the run began.</param>
/// <param name="FirstBlockMilliseconds">Of an embedded network: from the start of the process's silo on a stored network to its first closed block.</param>
public sealed record NetworkFacts(string Kind, int Silos, IReadOnlyList<string> Gateways)
{
    public long? CreationMilliseconds { get; init; }

    public long? StoreBytes { get; init; }

    public long? StoreBytesAfter { get; init; }

    public long? FirstBlockMilliseconds { get; init; }

    public long? AuditMilliseconds { get; init; }

    /// <summary>Whether it takes signed operations only.</summary>
    public bool RequiresSignatures { get; init; }

    /// <summary>Resident memory of an embedded network's process when it served and nobody traded yet.</summary>
    public long? ResidentBytes { get; init; }

    /// <summary>What that process had at most from the end of the load to the end of the proof, which audits the whole store.</summary>
    public long? ProofResidentBytes { get; init; }

    /// <summary>Of an embedded network whose idle accounts were waited for; null where they were not.</summary>
    public IdleFacts? Idle { get; init; }

    /// <summary>As <see cref="FirstBlockMilliseconds"/>, to the next block on what the load has stored; null where it was not tried.</summary>
    public long? RestartMilliseconds { get; init; }
}

/// <summary>How long closing one block took.</summary>
/// <param name="AtMicroseconds">When it was seen, from the beginning of the run.</param>
/// <param name="Phases">Microseconds: gather, plan, apply, record.</param>
public sealed record BlockCourse(long AtMicroseconds, ulong Block, IReadOnlyList<long> Phases);

/// <summary>What was seen of blocks.</summary>
/// <param name="Phases">As silos of this process measured them; of a network elsewhere, as headers tell them.</param>
public sealed record BlockFacts(ulong First, ulong Last, LatencyHistogram Intervals, IReadOnlyDictionary<string, LatencyHistogram> Phases)
{
    /// <summary>Block by block, as headers tell.</summary>
    public IReadOnlyList<BlockCourse> Course { get; init; } = [];
}

/// <summary>Everything that is told of a run.</summary>
public sealed record LoadReport
{
    public required LoadOptions Options { get; init; }

    public required MachineFacts Machine { get; init; }

    public required NetworkFacts Network { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How the run was asked for.</summary>
    public required string Command { get; init; }

    public int Workers { get; init; } = 1;

    public required LoadResult Result { get; init; }

    public required BlockFacts Blocks { get; init; }

    public IReadOnlyList<(string Name, IReadOnlyList<ProcessSample> Samples)> Processes { get; init; } = [];

    /// <summary>What silos told of themselves, where their processes could not be watched.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<SiloSample> Samples)> Silos { get; init; } = [];

    /// <summary>Of a chaos script.</summary>
    public IReadOnlyList<Strike> Faults { get; init; } = [];

    /// <summary>Audits that ran beside the load.</summary>
    public IReadOnlyList<AuditNote> Audits { get; init; } = [];

    public IReadOnlyList<ChaosCheck> Proof { get; init; } = [];

    public LoadTally Tally => Result.Tally;

    public bool IsProved => Proof.Count > 0 && Proof.All(check => check.IsPassed);

    public IReadOnlyList<ThresholdResult> Thresholds => [.. Options.Thresholds.Select(threshold => threshold.Check(LoadMetrics.Of(this)))];

    /// <summary>Whether somebody ended the run before it was over.</summary>
    public bool IsInterrupted => Result.IsInterrupted;

    public bool IsPassed => IsProved && !IsInterrupted && Thresholds.All(threshold => threshold.IsPassed);

    /// <summary>A run that was ended before it was over has no other fault than that, unless what it did is not proved.</summary>
    public int ExitCode => IsPassed ? LoadExitCode.Passed : IsInterrupted && (IsProved || Tally.All.Applied == 0) ? LoadExitCode.Unknown : LoadExitCode.Failed;

    /// <summary>In a word: passed, failed, or interrupted.</summary>
    public string Verdict => ExitCode switch { LoadExitCode.Passed => "passed", LoadExitCode.Failed => "failed", _ => "interrupted" };

    /// <summary>
    /// For how long requests were begun: to the last send, whatever time was asked for. Of an open model it is the schedule's length, unless somebody ended the run: whoever has
    /// nothing to send at its end has not ended before.
    /// </summary>
    public long SendingMicroseconds => Options.Model.Schedule is { } schedule && !IsInterrupted ? schedule.Microseconds : Math.Max(SendingMin, Tally.LastSentMicroseconds);

    /// <summary>As it was asked for, and as it was where that is another time.</summary>
    public string LengthText
    {
        get
        {
            var sent = (SendingMicroseconds + (LoadOptions.MicrosecondsPerSecond / 2)) / LoadOptions.MicrosecondsPerSecond;
            return sent == Options.Seconds ? string.Create(CultureInfo.InvariantCulture, $"{Options.Seconds} s") : string.Create(CultureInfo.InvariantCulture, $"{Options.Seconds} s (requests were sent for {sent} s)");
        }
    }

    /// <summary>Of a run with one request or a few there is no other time to divide by: a millisecond.</summary>
    private const long SendingMin = 1_000;
}

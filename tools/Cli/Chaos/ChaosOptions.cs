using Dtao.Hosting.Chaos;

namespace Dtao.Cli.Chaos;

/// <summary>How a trial is run.</summary>
/// <param name="Folder">Where the cluster keeps its files; made when missing, and it must hold none yet.</param>
/// <param name="SiloProgram">The built silo.</param>
/// <param name="Silos">How many run when none is down; one or two more for a while.</param>
/// <param name="Seed">Of the plan, the load, and the storage faults.</param>
internal sealed record ChaosOptions(string Folder, string SiloProgram, int Silos, ulong Seed, FaultCounts Counts)
{
    public const int SilosMin = 2;
    public const int ProbeMilliseconds = 1_000;
    public const int MissedProbesMax = 3;

    /// <summary>From one fault to the next on average; one that takes longer moves the later ones.</summary>
    public long SpacingMilliseconds { get; init; } = 4_000;

    public long BlockIntervalMilliseconds { get; init; } = 400;

    /// <summary>Clients that send for stakers; beside them three for claims and hotkeys.</summary>
    public int Clients { get; init; } = 9;

    /// <summary>A silo that stands still for longer than this has missed its probes.</summary>
    public static long MembershipTimeoutMilliseconds => (ProbeMilliseconds * MissedProbesMax) + ProbeMilliseconds;

    /// <summary>More than twice the time after which a silo may be declared dead; and it is not continued before it was.</summary>
    public static long PauseMilliseconds => 2 * MembershipTimeoutMilliseconds;

    /// <summary>How long anything may take before the trial has failed: a block, an outcome, a start, a stop.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>How long all of it may take.</summary>
    public TimeSpan TimeMax { get; init; } = TimeSpan.FromMinutes(30);

    public IReadOnlyList<PlannedFault> Plan() => FaultPlan.Make(Seed, Counts, SpacingMilliseconds, PauseMilliseconds);
}

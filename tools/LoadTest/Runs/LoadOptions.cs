using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Populations;
using Dtao.LoadTest.Reports;

namespace Dtao.LoadTest.Runs;

/// <summary>How requests come about: at the times of a schedule (open), or from loops that wait for their answers (closed).</summary>
/// <param name="Schedule">Null of a closed model.</param>
/// <param name="Loops">Of a closed model.</param>
/// <param name="ThinkMicroseconds">Of a closed model: from an answer to the next request.</param>
public sealed record LoadModel(Schedule? Schedule, int Loops, long ThinkMicroseconds)
{
    public bool IsOpen => Schedule is not null;

    /// <summary>As it stands in reports.</summary>
    public string Text => Schedule?.ToString()
        ?? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"closed, {Loops} at a time") + (ThinkMicroseconds > 0 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $", think time {ThinkMicroseconds / 1_000} ms") : string.Empty);

    /// <summary>One worker's part.</summary>
    public LoadModel PartOf(int worker, int workers)
    {
        if (Schedule is not { } whole) return this with { Loops = Share(Loops, worker, workers) };
        return this with
        {
            Schedule = whole with
            {
                PerSecond = Share(whole.PerSecond, worker, workers),
                Spike = whole.Spike is { } spike ? spike with { PerSecond = Share(spike.PerSecond, worker, workers) } : null,
            },
        };
    }

    /// <summary>Of how many workers each has a part of it.</summary>
    public long Parts => Schedule is { } whole ? Math.Min(whole.PerSecond, whole.Spike?.PerSecond ?? int.MaxValue) : Loops;

    private static int Share(int all, int worker, int workers) => (int)LoadOptions.Share(all, worker, workers);
}

/// <summary>One run.</summary>
public sealed record LoadOptions
{
    public const long MicrosecondsPerSecond = 1_000_000;

    public required PopulationOptions Population { get; init; }

    public required LoadModel Model { get; init; }

    /// <summary>How long requests are begun.</summary>
    public int Seconds { get; init; } = 15;

    /// <summary>Of a closed model: no more requests than this.</summary>
    public long OperationsMax { get; init; } = long.MaxValue;

    /// <summary>Of a closed model: goes on until each staker has acted once, and the proof shows that it has.</summary>
    public bool Everyone { get; init; }

    /// <summary>Of an embedded network: idle accounts go after so many minutes, and the run waits for that when the load is over; 0: neither.</summary>
    public int IdleMinutes { get; init; }

    /// <summary>Of an open model: with so many under way nothing is sent.</summary>
    public int InFlightMax { get; init; } = 10_000;

    /// <summary>What is sent later than this counts as late.</summary>
    public long LateMicroseconds { get; init; } = 10_000;

    /// <summary>Of a network that is made for the run; below 0 blocks close only when asked, so never.</summary>
    public long BlockIntervalMilliseconds { get; init; } = 1_000;

    /// <summary>How many silos an embedded network has, all in this process.</summary>
    public int Silos { get; init; } = 1;

    /// <summary>How often traders look at prices. With one loop of a closed model every 64th operation looks first, whatever the time.</summary>
    public int PriceMilliseconds { get; init; } = 1_000;

    /// <summary>Where an embedded network keeps its database; null: a temporary folder, which is removed.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether an embedded network is started once more at the end, on what the load has stored.</summary>
    public bool Restarts { get; init; }

    public IReadOnlyList<Threshold> Thresholds { get; init; } = [];

    /// <summary>Where the network can be audited beside the load: seconds from one audit to the next; 0 audits at the end only.</summary>
    public int AuditSeconds { get; init; }

    /// <summary>How long what has no outcome is asked for at the end.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A stretch of the report: at least a second, and not more than about 120 of them.</summary>
    public long IntervalMicroseconds => Math.Max(1, (Seconds + 119) / 120) * MicrosecondsPerSecond;

    /// <summary>One worker's part: parts add up to the whole, of whatever there is at least one for each.</summary>
    public LoadOptions PartOf(int worker, int workers) => this with
    {
        Model = Model.PartOf(worker, workers),
        OperationsMax = OperationsMax == long.MaxValue ? long.MaxValue : Share(OperationsMax, worker, workers),
        InFlightMax = (int)Share(InFlightMax, worker, workers),
    };

    internal static long Share(long all, int worker, int workers) => Math.Max(1, (all / workers) + (worker < all % workers ? 1 : 0));

    /// <summary>Whether the whole run is the same each time: nothing depends on time.</summary>
    public bool IsSequential => Model is { IsOpen: false, Loops: 1 };
}

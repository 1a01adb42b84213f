using Dtao.Hosting.Demo;

namespace Dtao.Hosting.Chaos;

/// <summary>What is done to a cluster. Names stand in reports.</summary>
public enum FaultKind : byte
{
    None = 0,
    /// <summary>SIGKILL for a silo; another process takes its place.</summary>
    Kill = 1,
    /// <summary>SIGSTOP for a silo until the others have declared it dead, and then SIGCONT.</summary>
    Pause = 2,
    /// <summary>SIGTERM for a silo, and another process in its place.</summary>
    Restart = 3,
    /// <summary>One silo more.</summary>
    Add = 4,
    /// <summary>The storage is stopped, stays away for a while, and is started again.</summary>
    StorageRestart = 5,
    /// <summary>For a while the silos' storage requests are late, fail, and go unanswered.</summary>
    StorageWindow = 6,
}

/// <summary>How many faults of each kind.</summary>
public sealed record FaultCounts(int Kills, int Pauses, int Restarts, int Adds, int StorageRestarts, int StorageWindows)
{
    /// <summary>The counts of a plan of so many faults, in the proportions of this one: as many as asked for, and one of each kind at least where there are six.</summary>
    public static FaultCounts OfTotal(int total)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(total, 1);
        // Of thirty: 9 kills, 3 pauses, 4 restarts, 2 adds, 2 of the storage, 10 windows.
        int[] parts = [9, 3, 4, 2, 2, 10];
        var counts = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++) counts[i] = Math.Max(total >= parts.Length ? 1 : 0, total * parts[i] / 30);
        for (var i = 0; counts.Sum() < total; i++) counts[i % parts.Length]++;
        for (var i = 0; counts.Sum() > total; i++) counts[Array.IndexOf(counts, counts.Max())]--;
        return new(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);
    }

    public int Total => Kills + Pauses + Restarts + Adds + StorageRestarts + StorageWindows;

    public int Of(FaultKind kind) => kind switch
    {
        FaultKind.Kill => Kills,
        FaultKind.Pause => Pauses,
        FaultKind.Restart => Restarts,
        FaultKind.Add => Adds,
        FaultKind.StorageRestart => StorageRestarts,
        FaultKind.StorageWindow => StorageWindows,
        _ => 0,
    };
}

/// <summary>One fault of a plan.</summary>
/// <param name="Number">From 1, in the plan's order.</param>
/// <param name="AtMilliseconds">Not before so long after the beginning.</param>
/// <param name="Choice">Which of those whom it may hit: this number modulo how many there are.</param>
/// <param name="Milliseconds">How long it lasts at least; 0 where it has no length.</param>
/// <param name="Rates">Of a storage window.</param>
public sealed record PlannedFault(int Number, FaultKind Kind, long AtMilliseconds, int Choice, long Milliseconds, FaultRates? Rates);

/// <summary>Which faults happen, in which order and when. The same seed and counts are the same plan, on every machine.</summary>
public static class FaultPlan
{
    /// <param name="spacingMilliseconds">From one fault to the next, on average.</param>
    /// <param name="pauseMilliseconds">How long a paused silo sleeps at least.</param>
    public static IReadOnlyList<PlannedFault> Make(ulong seed, FaultCounts counts, long spacingMilliseconds, long pauseMilliseconds)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentOutOfRangeException.ThrowIfNegative(spacingMilliseconds);
        var numbers = new SplitMix(seed);
        var kinds = Enum.GetValues<FaultKind>().SelectMany(kind => Enumerable.Repeat(kind, counts.Of(kind))).ToArray();
        for (var last = kinds.Length - 1; last > 0; last--)
        {
            var other = (int)numbers.Below((ulong)last + 1);
            (kinds[last], kinds[other]) = (kinds[other], kinds[last]);
        }

        var plan = new List<PlannedFault>(kinds.Length);
        for (var place = 0; place < kinds.Length; place++)
        {
            // The same count of numbers for each fault, whatever it is.
            var at = (place * spacingMilliseconds) + (long)numbers.Below((ulong)spacingMilliseconds);
            var choice = (int)numbers.Below(1_000);
            var length = LengthOf(kinds[place], pauseMilliseconds, (long)numbers.Below(3_000));
            var rates = Rates(numbers);
            plan.Add(new(place + 1, kinds[place], at, choice, length, kinds[place] == FaultKind.StorageWindow ? rates : null));
        }

        return plan;
    }

    private static long LengthOf(FaultKind kind, long pauseMilliseconds, long more) => kind switch
    {
        FaultKind.Pause => pauseMilliseconds + more,
        FaultKind.StorageRestart => 500 + more,
        FaultKind.StorageWindow => 3_000 + more,
        _ => 0,
    };

    private static FaultRates Rates(SplitMix numbers) => new(
        Delayed: 20 + (int)numbers.Below(180),
        DelayMillisecondsMax: 100 + (int)numbers.Below(1_400),
        NotSent: 5 + (int)numbers.Below(55),
        Refused: 5 + (int)numbers.Below(55),
        AnswerLost: 5 + (int)numbers.Below(75),
        OtherAnswer: 5 + (int)numbers.Below(55));
}

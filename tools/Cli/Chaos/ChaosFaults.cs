using System.Diagnostics;
using System.Globalization;
using Dtao.Cli.Clusters;
using Dtao.Hosting.Chaos;
using Dtao.Hosting.Cluster;

namespace Dtao.Cli.Chaos;

/// <summary>Carries a plan of faults out, one after the other; storage windows stay open beside the faults that follow.</summary>
internal sealed class ChaosFaults(
    ChaosOptions options, LocalCluster cluster, ChaosSilos silos, ChaosStorage storage, BlockWatch blocks, ClusterSiloOptions reading, Action<string> tell)
{
    /// <summary>A fault has passed when the chain has gone on by so many blocks.</summary>
    private const ulong BlocksAfter = 2;

    /// <summary>A silo is hit only where another one serves.</summary>
    private const int ServingMin = 2;

    /// <summary>So many silos more than wanted may run for a while.</summary>
    private const int ExtraMax = 2;
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(90);

    private readonly List<StruckFault> _struck = [];
    private readonly Stopwatch _clock = new();
    private Task _window = Task.CompletedTask;

    /// <summary>In the order in which they passed.</summary>
    public IReadOnlyList<StruckFault> Struck
    {
        get
        {
            lock (_struck) return [.. _struck.OrderBy(fault => fault.AtMilliseconds)];
        }
    }

    /// <summary>Every fault of the plan is carried out: one that cannot be now lets a later one go first.</summary>
    public async Task Run(IReadOnlyList<PlannedFault> plan, CancellationToken cancellationToken)
    {
        _clock.Start();
        var left = plan.ToList();
        while (left.Count > 0)
        {
            await WaitUntil(() => _clock.ElapsedMilliseconds >= left[0].AtMilliseconds, TimeSpan.MaxValue, "Time does not pass.", cancellationToken);
            PlannedFault? next = null;
            await WaitUntil(() => (next = left.Find(CanStrike)) is not null, options.Patience, $"Too few silos serve for any of the {left.Count} faults that are left.", cancellationToken);
            left.Remove(next!);
            await Strike(next!, cancellationToken);
        }

        await _window;
    }

    private bool CanStrike(PlannedFault fault) => fault.Kind switch
    {
        FaultKind.Kill or FaultKind.Pause or FaultKind.Restart => silos.ServingCount >= ServingMin,
        FaultKind.Add => silos.Count < options.Silos + ExtraMax,
        // One window at a time.
        FaultKind.StorageWindow => _window.IsCompleted,
        _ => silos.ServingCount > 0,
    };

    private async Task Strike(PlannedFault fault, CancellationToken cancellationToken)
    {
        var at = _clock.ElapsedMilliseconds;
        var (head, began) = (blocks.Head, Stopwatch.GetTimestamp());
        if (fault.Kind == FaultKind.StorageWindow)
        {
            var before = storage.ReadCounts().Values.Sum();
            storage.SetRates(fault.Rates!);
            tell($"{Prefix(fault, at)}: {fault.Rates}");
            _window = Task.Run(() => CloseWindow(fault, at, before, cancellationToken), CancellationToken.None);
            return;
        }

        var struck = fault.Kind switch
        {
            FaultKind.Kill => await Kill(fault, at, cancellationToken),
            FaultKind.Pause => await Pause(fault, at, cancellationToken),
            FaultKind.Restart => await Restart(fault, at, cancellationToken),
            FaultKind.Add => await Add(fault, at, cancellationToken),
            FaultKind.StorageRestart => await RestartStorage(fault, at, cancellationToken),
            _ => throw new InvalidOperationException($"A fault of kind {fault.Kind} cannot be made."),
        };
        await blocks.WaitForAsync(Math.Max(head, 1) + BlocksAfter, options.Patience, cancellationToken);
        Note(struck with { RecoveryMilliseconds = Milliseconds(began) });
    }

    private async Task<StruckFault> Kill(PlannedFault fault, long at, CancellationToken cancellationToken)
    {
        var slot = silos.Take(fault.Choice);
        slot.Entry!.Process.Kill();
        await slot.Entry.Process.WaitForEnd(StopMax, cancellationToken);
        var isReplaced = silos.Release(slot, mayRetire: true);
        return new(fault, at, $"silo {slot.Number} killed{(isReplaced ? "" : ", and not replaced")}");
    }

    private async Task<StruckFault> Restart(PlannedFault fault, long at, CancellationToken cancellationToken)
    {
        var slot = silos.Take(fault.Choice);
        var began = Stopwatch.GetTimestamp();
        var process = slot.Entry!.Process;
        process.Terminate();
        var isStopped = await process.WaitForEnd(StopMax, cancellationToken);
        if (!isStopped)
        {
            process.Kill();
            await process.WaitForEnd(StopMax, cancellationToken);
        }

        silos.Release(slot, mayRetire: false);
        return new(fault, at, $"silo {slot.Number} stopped after {Milliseconds(began)} ms{(isStopped ? "" : ", not by itself but killed")}, and is started again");
    }

    /// <summary>The silo sleeps until the others have declared it dead, wakes as one that does not know, and has to end.</summary>
    private async Task<StruckFault> Pause(PlannedFault fault, long at, CancellationToken cancellationToken)
    {
        var slot = silos.Take(fault.Choice);
        var (process, silo) = (slot.Entry!.Process, slot.Silo);
        var began = Stopwatch.GetTimestamp();
        process.Pause();
        long declared, slept;
        bool isEnded;
        try
        {
            await WaitUntil(() => IsDead(silo, cancellationToken), options.Patience, $"Silo {slot.Number}, which stands still, is not declared dead.", cancellationToken);
            declared = Milliseconds(began);
            await WaitUntil(() => Milliseconds(began) >= fault.Milliseconds, TimeSpan.MaxValue, "Time does not pass.", cancellationToken);
        }
        finally
        {
            slept = Milliseconds(began);
            process.Continue();
        }

        var continued = Stopwatch.GetTimestamp();
        isEnded = await process.WaitForEnd(options.Patience, cancellationToken);
        var lived = Milliseconds(continued);
        if (!isEnded) process.Kill();
        silos.Release(slot, mayRetire: false);
        return new(fault, at, $"silo {slot.Number} slept for {slept} ms, was declared dead after {declared} ms, and {(isEnded ? "ended" : "DID NOT END")} {lived} ms after it woke") { IsEvicted = isEnded };
    }

    private async Task<StruckFault> Add(PlannedFault fault, long at, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var number = silos.Add();
        await WaitUntil(() => silos.Serving().Any(slot => slot.Number == number), options.Patience, $"Silo {number}, which was added, does not serve.", cancellationToken);
        return new(fault, at, $"silo {number} added, served after {Milliseconds(began)} ms");
    }

    private async Task<StruckFault> RestartStorage(PlannedFault fault, long at, CancellationToken cancellationToken)
    {
        await storage.Stop(cluster, silos, cancellationToken);
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromMilliseconds(fault.Milliseconds), cancellationToken);
        await storage.Start(cluster, silos, cancellationToken);
        return new(fault, at, $"the storage was away for {Milliseconds(began)} ms");
    }

    /// <summary>A window in which nothing happened is none: it stays open until a request has met a fault.</summary>
    private async Task CloseWindow(PlannedFault fault, long at, long before, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            await WaitUntil(
                () => Milliseconds(began) >= fault.Milliseconds && storage.ReadCounts().Values.Sum() > before, options.Patience, "No storage request meets a fault.", cancellationToken);
        }
        finally
        {
            storage.SetRates(FaultRates.None);
        }

        var calls = storage.ReadCounts().Values.Sum() - before;
        Note(new(fault, at, $"open for {Milliseconds(began)} ms: {fault.Rates}") { StorageCalls = calls });
    }

    private async Task<bool> IsDead(string silo, CancellationToken cancellationToken)
    {
        try
        {
            return await ClusterMembers.IsDeadAsync(reading, silo, cancellationToken);
        }
        catch (Azure.RequestFailedException)
        {
            // Not answered: asked again.
            return false;
        }
    }

    private void Note(StruckFault struck)
    {
        lock (_struck) _struck.Add(struck);
        var after = struck.RecoveryMilliseconds is { } recovery ? $"; {BlocksAfter} blocks more after {recovery} ms" : $"; {struck.StorageCalls} requests";
        tell($"{Prefix(struck.Planned, struck.AtMilliseconds)}: {struck.What}{after}");
    }

    private static string Prefix(PlannedFault fault, long at) => string.Create(CultureInfo.InvariantCulture, $"{at / 1_000,4} s  fault {fault.Number,3} {ChaosReport.NameOf(fault.Kind)}");

    private static long Milliseconds(long since) => Stopwatch.GetElapsedTime(since).Ticks / TimeSpan.TicksPerMillisecond;

    private static Task WaitUntil(Func<bool> isSo, TimeSpan timeMax, string told, CancellationToken cancellationToken) =>
        WaitUntil(() => Task.FromResult(isSo()), timeMax, told, cancellationToken);

    private static async Task WaitUntil(Func<Task<bool>> isSo, TimeSpan timeMax, string told, CancellationToken cancellationToken)
    {
        for (var began = Stopwatch.GetTimestamp(); !await isSo();)
        {
            if (Stopwatch.GetElapsedTime(began) > timeMax) throw new TimeoutException(told);
            await Task.Delay(LookPause, cancellationToken);
        }
    }
}

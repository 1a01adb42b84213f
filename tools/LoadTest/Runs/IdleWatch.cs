using System.Diagnostics;
using Dtao.Grains.Stakers;
using Dtao.Hosting.Network;

namespace Dtao.LoadTest.Runs;

/// <summary>What collecting idle accounts gave back.</summary>
/// <param name="Before">Accounts in memory when the load ended.</param>
/// <param name="After">Accounts in memory when the wait was over.</param>
/// <param name="ResidentBytesBefore">Of the process, garbage collected; testers keep what they were told in the same one.</param>
public sealed record IdleFacts(int Before, int After, long ResidentBytesBefore, long ResidentBytesAfter, long WaitedMilliseconds);

/// <summary>Waits while an embedded network that nobody loads gives back its accounts.</summary>
internal sealed class IdleWatch(NetworkHost network, int idleMinutes)
{
    /// <summary>The runtime looks for idle ones once a minute, and whoever was reached within the silo stays two minutes longer.</summary>
    private const int MinutesMore = 4;

    /// <summary>Few are left: one in a hundred.</summary>
    private const int LeftParts = 100;

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(2);

    /// <returns>Null when somebody ended the run meanwhile.</returns>
    public async Task<IdleFacts?> RunAsync(CancellationToken cancellationToken)
    {
        var (before, residentBefore) = (await ActiveAccounts(), Resident());
        var clock = Stopwatch.StartNew();
        var after = before;
        while (after > before / LeftParts && clock.Elapsed < TimeSpan.FromMinutes(idleMinutes + MinutesMore))
        {
            await Task.Delay(s_look, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested) return null;
            after = await ActiveAccounts();
        }

        return new IdleFacts(before, after, residentBefore, Resident(), clock.ElapsedMilliseconds);
    }

    private async Task<int> ActiveAccounts()
    {
        var all = await network.Grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics();
        return all.Where(statistic => statistic.GrainType.Contains(nameof(StakerAccountGrain), StringComparison.Ordinal)).Sum(statistic => statistic.ActivationCount);
    }

    private static long Resident()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return ProcessWatch.ResidentBytes(Environment.ProcessId);
    }
}

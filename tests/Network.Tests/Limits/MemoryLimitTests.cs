using System.Reflection;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains.Stakers;
using Dtao.Hosting.Network;
using Dtao.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Statistics;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Limits;

/// <summary>Memory runs short: idle actors are given back until it is well again, whatever the time after which they would go by themselves.</summary>
public sealed class MemoryLimitTests : IDisposable
{
    private const int Accounts = 40;
    private const int PercentMax = 60;
    private static readonly Tao s_amount = new(OneTao / 100);

    private readonly string _folder = Directory.CreateTempSubdirectory("dtao-memory-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Memory_AboveItsLimit_IdleAccountsGoAndComeBackWhereTheyStood()
    {
        var memory = new Memory { Percent = PercentMax - 10 };
        await using var host = await NetworkHost.StartAsync(
            new NetworkHostOptions
            {
                DatabasePath = Path.Combine(_folder, "ledger.db"),
                Genesis = NetworkGenesis.Of(Genesis(stakers: Accounts)),
                DrivesBlocks = false,
                Limits = new SiloLimits { IdleMinutesMax = 1_440, MemoryPercentMax = PercentMax, MemoryPercentTarget = PercentMax / 2 },
                Silo = silo =>
                {
                    silo.Services.AddSingleton<IEnvironmentStatisticsProvider>(memory);
                    silo.Configure<GrainCollectionOptions>(collection => collection.MemoryUsagePollingPeriod = TimeSpan.FromMilliseconds(20));
                },
            },
            TestContext.Current.CancellationToken);
        var network = RunningNetwork.Of(host);
        await StakeFromAll(network);

        // Below the limit: the runtime has looked, and has let everyone be.
        var looks = memory.Looks;
        await Patience.Until(() => Task.FromResult(memory.Looks > looks + 1), "Nobody looks at the memory.");
        Assert.True(await ActiveAccounts(host) >= Accounts);

        memory.Percent = PercentMax + 1;
        await Patience.Until(
            async () =>
            {
                // The runtime believes a figure only after a full collection of garbage.
                GC.Collect();
                return await ActiveAccounts(host) <= Accounts / 4;
            },
            "Idle accounts stay in memory.");

        memory.Percent = PercentMax / 2;
        await StakeFromAll(network);
        for (var number = 0; number < Accounts; number++) Assert.Equal(StakerTao - (2 * s_amount.Rao), await network.Free(Staker(number)));
        AuditAssert.IsClean(host);
    }

    private static async Task StakeFromAll(RunningNetwork network)
    {
        var receipts = await Task.WhenAll(Enumerable.Range(0, Accounts).Select(number => network.Submit(Staker(number), Calls.AddStake(Hot, One, s_amount))));
        Assert.All(receipts, receipt => Assert.True(receipt.IsApplied, receipt.ErrorName));
    }

    private static async Task<int> ActiveAccounts(NetworkHost host)
    {
        var all = await host.Grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics();
        return all.Where(statistic => statistic.GrainType.Contains(nameof(StakerAccountGrain), StringComparison.Ordinal)).Sum(statistic => statistic.ActivationCount);
    }

    /// <summary>What the runtime takes for the memory of the process.</summary>
    private sealed class Memory : IEnvironmentStatisticsProvider
    {
        private static readonly ConstructorInfo s_create = typeof(EnvironmentStatistics).GetConstructors(BindingFlags.NonPublic | BindingFlags.Instance).Single();

        private int _looks;
        private int _percent;

        public int Looks => Volatile.Read(ref _looks);

        public int Percent
        {
            get => Volatile.Read(ref _percent);
            set => Volatile.Write(ref _percent, value);
        }

        public EnvironmentStatistics GetEnvironmentStatistics()
        {
            var (used, free) = ((long)Percent, 100L - Percent);
            Interlocked.Increment(ref _looks);
            return (EnvironmentStatistics)s_create.Invoke([0f, 0f, used, used, free, free, 100L]);
        }
    }
}

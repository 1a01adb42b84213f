using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Hosting.Network;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using Microsoft.Extensions.DependencyInjection;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Failures;

/// <summary>The wall clock of the machine jumps: the ledger knows no clock, and actors begin whatever it says.</summary>
/// <remarks>
/// Only what is ours goes by the clock that jumps, and the runtime's care of idle activations through the one that is made even. Membership compares its clock
/// with what the machine's has written, so that a clock of a test's own is none for it.
/// </remarks>
public sealed class JumpingClockTests : IDisposable
{
    private static readonly DateTimeOffset s_begin = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The first goes back behind what the runtime has seen when it started.</summary>
    private static readonly TimeSpan[] s_jumps = [TimeSpan.Zero, TimeSpan.FromHours(-1), TimeSpan.FromDays(1), TimeSpan.FromHours(-1), TimeSpan.FromSeconds(-1)];

    private readonly string _folder = Directory.CreateTempSubdirectory("dtao-clock-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Clock_JumpsForwardAndBack_LedgerIsAsThoughItRanEvenly()
    {
        var clock = new JumpingClock { Now = s_begin };
        var genesis = Genesis(Author, stakers: s_jumps.Length);
        await using var cluster = await ClusterNetwork.StartAsync(genesis, silo: silo => GoBy(clock, silo));
        var network = RunningNetwork.Of(cluster.Host);
        await using var model = new ModelNetwork(genesis);

        var headers = new List<BlockHeader>();
        foreach (var (number, jump) in s_jumps.Index())
        {
            clock.Now += jump;

            // Each time an account that was not active: the runtime looks at the clock when it begins an actor.
            var receipt = await network.Submit(Staker(number), Calls.AddStake(Hot, One, new Tao(OneTao)));
            Assert.True(receipt.IsApplied, receipt.ErrorName);
            await model.Execute(Staker(number), Calls.AddStake(Hot, One, new Tao(OneTao)));
            headers.Add(await network.Coordinator.CloseBlock());
            await model.MakeBlocks(1);
            Assert.Equal(clock.Now.ToUnixTimeMilliseconds(), headers[^1].ClosedAt);
        }

        Assert.Equal(await Text(model), await Text(cluster));
        AssertChain(headers);
        AuditAssert.IsClean(cluster.Host);
    }

    /// <summary>Blocks that close by themselves: none is missed, none is made up for, and they go on.</summary>
    [Fact]
    public async Task Blocks_ClockJumpsForwardAndBack_GoOnWithoutGapOrRepeat()
    {
        const ulong BlocksEach = 3;
        var clock = new JumpingClock { Now = s_begin };
        await using var host = await NetworkHost.StartAsync(
            new NetworkHostOptions
            {
                DatabasePath = Path.Combine(_folder, "ledger.db"),
                Genesis = NetworkGenesis.Of(Genesis()) with { BlockIntervalMilliseconds = 10 },
                Silo = silo => GoBy(clock, silo),
            },
            TestContext.Current.CancellationToken);
        var network = RunningNetwork.Of(host);
        foreach (var jump in s_jumps)
        {
            clock.Now += jump;
            var after = (await network.Head()).Value + BlocksEach;
            await Patience.Until(async () => (await network.Head()).Value >= after, $"Block {after} was never closed.");
        }

        var headers = new List<BlockHeader>();
        for (var number = 1UL; number <= BlocksEach * (ulong)s_jumps.Length; number++) headers.Add((await network.Coordinator.GetHeader(new BlockNumber(number)))!);
        AssertChain(headers);
    }

    /// <summary>Two runs of the same operations on different clocks have the same block hashes.</summary>
    [Fact]
    public async Task Hashes_OfTwoRunsOnDifferentClocks_AreTheSame()
    {
        var hashes = new List<byte[]>();
        foreach (var days in new[] { 0, 5_000 })
        {
            var clock = new JumpingClock { Now = s_begin.AddDays(days) };
            await using var cluster = await ClusterNetwork.StartAsync(Genesis(), silo: silo => GoBy(clock, silo));
            var network = RunningNetwork.Of(cluster.Host);
            await network.Submit(Staker(1), Calls.AddStake(Warm, Two, new Tao(OneTao)));
            await network.Coordinator.CloseBlock();
            clock.Now -= TimeSpan.FromDays(1);
            hashes.Add((await network.Coordinator.CloseBlock()).Hash);
        }

        Assert.Equal(hashes[0], hashes[1]);
    }

    [Fact]
    public async Task Host_OfANetwork_HasAnEvenClockForIdleActorsAndTheMachinesForMembership()
    {
        await using var cluster = await ClusterNetwork.StartAsync(Genesis());
        var services = cluster.Host.Services;

        Assert.IsType<SteadyClock>(services.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.ActivationManagement));
        Assert.Same(TimeProvider.System, services.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.Membership));
        Assert.Same(TimeProvider.System, services.GetRequiredService<TimeProvider>());
    }

    [Fact]
    public void SteadyClock_MachinesIsSetBackAndForward_NeverGoesBackAndFollowsForward()
    {
        var clock = new JumpingClock { Now = s_begin };
        var steady = new SteadyClock(clock);
        var seen = new List<DateTimeOffset> { steady.GetUtcNow() };
        foreach (var jump in s_jumps)
        {
            clock.Now += jump;
            seen.Add(steady.GetUtcNow());
        }

        Assert.All(seen.Zip(seen.Skip(1)), pair => Assert.True(pair.First <= pair.Second, $"{pair.Second} is before {pair.First}."));
        Assert.True(seen[3] >= s_begin.AddHours(-1).AddDays(1));
    }

    private static void GoBy(TimeProvider clock, ISiloBuilder silo)
    {
        silo.Services.AddSingleton(clock);
        silo.Services.AddKeyedSingleton(KeyedService.AnyKey, (_, _) => TimeProvider.System);
        silo.Services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.ActivationManagement, new SteadyClock(clock));
    }

    private static void AssertChain(List<BlockHeader> headers)
    {
        Assert.Equal(Enumerable.Range(1, headers.Count).Select(number => (ulong)number), headers.Select(header => header.Number.Value));
        Assert.All(headers.Zip(headers.Skip(1)), pair => Assert.Equal(pair.First.Hash, pair.Second.ParentHash));
    }

    private static async Task<string> Text(IScenarioNetwork network) =>
        System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(CanonicalState.Of(await network.Read(), "clock", SmallNetwork.Aliases, results: null)));

    /// <summary>A wall clock that a test sets. As on any machine, what measures how long something takes goes on evenly.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private long _ticks;

        public DateTimeOffset Now
        {
            get => new(Volatile.Read(ref _ticks), TimeSpan.Zero);
            set => Volatile.Write(ref _ticks, value.Ticks);
        }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}

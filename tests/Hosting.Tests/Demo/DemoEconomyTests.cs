using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Demo;
using Dtao.Hosting.Genesis;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Dtao.Hosting.Tests.Demo;

public class DemoEconomyTests
{
    private static readonly DemoPopulation Population = DemoPopulation.Of(DemoGenesis.Create());

    [Fact]
    public void PopulationOf_DemoGenesis_IsItsStakersAndValidators()
    {
        Assert.Equal(DemoGenesis.Stakers.Order(), Population.Traders.Order());
        Assert.Equal(64, Population.Hotkeys.Count);
        Assert.Equal(16 * 8, Population.Judges.Count);
        Assert.All(Population.Judges, judge => Assert.Equal(8, judge.Miners.Length));
    }

    [Fact]
    public void Planner_SameSeed_MakesTheSamePlans()
    {
        var first = new DemoPlanner(7, 1_000);
        var second = new DemoPlanner(7, 1_000);

        Assert.Equal(Enumerable.Range(0, 5_000).Select(_ => first.Next()), Enumerable.Range(0, 5_000).Select(_ => second.Next()).ToList());
        Assert.NotEqual(new DemoPlanner(8, 1_000).Next(), new DemoPlanner(7, 1_000).Next());
    }

    [Fact]
    public void Planner_ManyPlans_ReachEveryActionAndTrader()
    {
        var planner = new DemoPlanner(1, 1_000);
        var plans = Enumerable.Range(0, 20_000).Select(_ => planner.Next()).ToList();

        Assert.Equal(Enum.GetValues<DemoAction>().Length - 1, plans.Select(plan => plan.Action).Distinct().Count());
        Assert.Equal(1_000, plans.Select(plan => plan.Trader).Distinct().Count());
        Assert.All(plans, plan => Assert.InRange(plan.AmountPermille, 10U, 100U));
    }

    [Theory]
    [InlineData(DemoAction.Buy, CallKind.AddStake)]
    [InlineData(DemoAction.Sell, CallKind.RemoveStake)]
    [InlineData(DemoAction.Move, CallKind.SwapStake)]
    [InlineData(DemoAction.Send, CallKind.Transfer)]
    public async Task RunPlan_EachAction_SubmitsItsCallWithinTheTradersMeans(DemoAction action, CallKind kind)
    {
        var network = new FakeNetwork();
        var economy = Economy(network);

        await economy.RunPlan(new(3, action, 5, 7, 50), FakeNetwork.Markets, TestContext.Current.CancellationToken);

        var (signer, call) = Assert.Single(network.Submitted);
        Assert.Equal((Population.Traders[3], kind), (signer, call.Kind));
        // 5 % of the TAO that is sent; what is traded is cut at one part in 2,000 of the pool.
        Assert.Equal(action switch { DemoAction.Buy => 2_000_000_000UL, DemoAction.Send => 5_000_000_000UL, _ => 4_000_000_000UL }, call.Amount);
        Assert.Equal(1, economy.Counts[DemoCounts.Applied]);
    }

    [Fact]
    public async Task RunPlan_Weigh_IsSignedByAValidatorAndWeightsEveryMiner()
    {
        var network = new FakeNetwork();

        await Economy(network).RunPlan(new(3, DemoAction.Weigh, 5, 7, 50), FakeNetwork.Markets, TestContext.Current.CancellationToken);

        var (signer, call) = Assert.Single(network.Submitted);
        var judge = Population.Judges[5];
        Assert.Equal((judge.Hotkey, CallKind.SetWeights, judge.Netuid), (signer, call.Kind, call.Netuid));
        var weights = Assert.IsType<WeightsDetail>(call.Detail);
        Assert.Equal(judge.Miners, weights.Uids);
        Assert.All(weights.Values, value => Assert.InRange(value, (ushort)1_000, (ushort)8_999));
    }

    [Theory]
    [InlineData(DemoAction.Sell)]
    [InlineData(DemoAction.Move)]
    public async Task RunPlan_NothingToSell_BuysInstead(DemoAction action)
    {
        var network = new FakeNetwork { Positions = [] };

        await Economy(network).RunPlan(new(3, action, 5, 7, 50), FakeNetwork.Markets, TestContext.Current.CancellationToken);

        Assert.Equal(CallKind.AddStake, Assert.Single(network.Submitted).Call.Kind);
    }

    [Theory]
    [InlineData(DemoAction.Buy)]
    [InlineData(DemoAction.Sell)]
    public async Task RunPlan_TraderWithoutMeans_SubmitsNothing(DemoAction action)
    {
        var network = new FakeNetwork { Free = new Tao(1_000), Positions = [] };
        var economy = Economy(network);

        await economy.RunPlan(new(0, action, 0, 0, 10), FakeNetwork.Markets, TestContext.Current.CancellationToken);

        Assert.Empty(network.Submitted);
        Assert.Equal(1, economy.Counts[DemoCounts.NoMeans]);
    }

    [Fact]
    public async Task RunPlan_RefusalsAndFailures_AreCountedByName()
    {
        var answers = new Queue<Func<string>>([() => "SlippageTooHigh", () => throw new TimeoutException(), () => DemoCounts.Applied]);
        var economy = Economy(new FakeNetwork { Answer = _ => Task.FromResult(answers.Dequeue()()) });

        for (var trade = 0; trade < 3; trade++) await economy.RunPlan(new(0, DemoAction.Buy, 0, 0, 50), FakeNetwork.Markets, TestContext.Current.CancellationToken);

        Assert.Equal("Applied 1, SlippageTooHigh 1, TimeoutException 1", economy.Counts.ToString());
    }

    [Fact]
    public async Task Run_NothingIsEverAnswered_KeepsItsBoundAndStopsWhenCancelled()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var full = new TaskCompletionSource();
        var underWay = 0;
        var network = new FakeNetwork
        {
            Answer = async token =>
            {
                if (Interlocked.Increment(ref underWay) == 4) full.SetResult();
                await Task.Delay(Timeout.Infinite, token);
                return DemoCounts.Applied;
            },
        };
        var economy = Economy(network, new() { OperationsPerSecond = 1_000, ConcurrencyMax = 4 });
        var run = economy.Run(stop.Token);

        await full.Task.WaitAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await run.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(4, underWay);
    }

    [Fact]
    public async Task Run_NobodyToTrade_ReturnsByItself()
    {
        var economy = new DemoEconomy(new FakeNetwork(), new([], []), new(), TimeProvider.System, NullLogger.Instance);

        await economy.Run(TestContext.Current.CancellationToken).WaitAsync(TestContext.Current.CancellationToken);

        Assert.Empty(economy.Counts.All);
    }

    private static DemoEconomy Economy(IDemoNetwork network, DemoEconomyOptions? options = null) =>
        new(network, Population, options ?? new(), TimeProvider.System, NullLogger.Instance);

    private sealed class FakeNetwork : IDemoNetwork
    {
        public static readonly IReadOnlyList<DemoMarket> Markets =
            [.. Enumerable.Range(1, 3).Select(netuid => new DemoMarket(new((ushort)netuid), new(4_000_000_000_000), new(8_000_000_000_000)))];

        public Tao Free { get; init; } = new(100_000_000_000);

        public IReadOnlyList<DemoPosition> Positions { get; init; } = [new(new(1), new AccountId(new byte[32]), new Alpha(90_000_000_000))];

        public Func<CancellationToken, Task<string>> Answer { get; init; } = _ => Task.FromResult(DemoCounts.Applied);

        public List<(AccountId Signer, Call Call)> Submitted { get; } = [];

        public Task<IReadOnlyList<DemoMarket>> ReadMarkets(CancellationToken cancellationToken) => Task.FromResult(Markets);

        public Task<Tao> ReadFree(AccountId account, CancellationToken cancellationToken) => Task.FromResult(Free);

        public Task<IReadOnlyList<DemoPosition>> ReadPositions(AccountId account, CancellationToken cancellationToken) => Task.FromResult(Positions);

        public Task<string> Submit(AccountId signer, Call call, CancellationToken cancellationToken)
        {
            lock (Submitted) Submitted.Add((signer, call));
            return Answer(cancellationToken);
        }
    }
}

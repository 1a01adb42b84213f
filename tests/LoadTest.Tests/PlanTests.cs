using Dtao.Economics;
using Dtao.Hosting.Demo;
using Dtao.LoadTest.Plans;
using Dtao.LoadTest.Populations;

namespace Dtao.LoadTest.Tests;

public sealed class PlanTests
{
    /// <summary>Of the first 5,000 operations of seed 1, at recorded prices and without receipts. It changes only with the sequence itself.</summary>
    private const string Golden = "8bd79150a4d6cf0d8b6519122be7adc77501e80003fc5bf4f553145b7a90446b";

    private static readonly PopulationOptions s_options = new() { Stakers = 1_000, Subnets = 8, Validators = 4 };

    [Fact]
    public void Plan_SameSeedAndPrices_IsTheSameSequence()
    {
        var hash = HashOf(s_options);

        Assert.True(Golden == hash, $"The sequence has hash {hash}.");
        Assert.NotEqual(Golden, HashOf(s_options with { Seed = 2 }));
    }

    [Fact]
    public void Plan_AllBehaviours_MakeTheirCalls()
    {
        var calls = new List<(Behaviour Behaviour, string Call)>();
        Walk(s_options, (intent, call) => calls.Add((intent.Behaviour, call.Kind.ToString())));

        var kinds = calls.GroupBy(call => call.Behaviour).ToDictionary(group => group.Key, group => group.Select(call => call.Call).Distinct().ToHashSet());
        Assert.Equal(6, kinds.Count);
        Assert.Contains("Transfer", kinds[Behaviour.Holder]);
        Assert.Contains("RemoveStake", kinds[Behaviour.Momentum]);
        Assert.Contains("AddStake", kinds[Behaviour.MeanReversion]);
        Assert.Contains("SwapStake", kinds[Behaviour.Arbitrage]);
        Assert.Contains("SwapStake", kinds[Behaviour.Drifter]);
        Assert.Contains("ClaimRoot", kinds[Behaviour.Claimer]);
    }

    [Fact]
    public void Plan_MomentumAndMeanReversion_BuyOppositeSubnets()
    {
        var board = new PriceBoard([(new NetUid(1), Price(10), 1_000_000_000_000, 1_000_000_000_000), (new NetUid(2), Price(10), 1_000_000_000_000, 1_000_000_000_000)]);
        board.Note([(new NetUid(1), Price(20), 1_000_000_000_000, 1_000_000_000_000), (new NetUid(2), Price(5), 1_000_000_000_000, 1_000_000_000_000)]);
        var population = new Population(s_options);
        var trader = new Trader([population.ValidatorHotkey(0)], population.Staker);
        var book = new StakerBook();
        book.AddFree(10_000_000_000);
        var intent = new Intent(1, 0, Behaviour.Momentum, HolderAction.Buy, 0, 1, 0, 1, 50);

        Assert.Equal(new NetUid(1), trader.Decide(intent, board.View, book)!.Netuid);
        Assert.Equal(new NetUid(2), trader.Decide(intent with { Behaviour = Behaviour.MeanReversion }, board.View, book)!.Netuid);
    }

    [Fact]
    public void Plan_OfSeveralWorkers_SharesStakersWithoutOverlap()
    {
        var population = new Population(s_options with { Stakers = 100 });
        var seen = new Dictionary<int, int>();
        for (var worker = 0; worker < 3; worker++)
        {
            var planner = new Planner(population, 8, worker, 3);
            // A worker comes to each of its stakers once before it comes to one again.
            for (var number = 0; number < (100 - worker + 2) / 3; number++) Assert.True(seen.TryAdd(planner.Next().Staker, worker));
        }

        Assert.Equal(100, seen.Count);
    }

    private static string HashOf(PopulationOptions options)
    {
        using var hash = new PlanHash();
        var population = new Population(options);
        Walk(options, (intent, call) => hash.Add(population.Staker(intent.Staker), call));
        Assert.Equal(5_000, hash.Count);
        return hash.Text;
    }

    /// <summary>Prices are drawn, and seen anew every hundred operations.</summary>
    private static void Walk(PopulationOptions options, Action<Intent, Economics.Ledger.Call> take)
    {
        var population = new Population(options);
        var planner = new Planner(population, options.Subnets);
        var books = StakerBooks.OfGenesis(population);
        var trader = new Trader([.. Enumerable.Range(0, options.Validators).Select(population.ValidatorHotkey)], population.Staker);
        var prices = new SplitMix(99);
        var board = new PriceBoard(Seen(prices, options.Subnets));
        for (var count = 0; count < 5_000;)
        {
            var intent = planner.Next();
            if (books.Decide(intent.Staker, book => trader.Decide(intent, board.View, book)) is not { } call) continue;
            take(intent, call);
            if (++count % 100 == 0) board.Note(Seen(prices, options.Subnets));
        }
    }

    private static (NetUid, UInt128, ulong, ulong)[] Seen(SplitMix draw, int subnets) =>
        [.. Enumerable.Range(1, subnets).Select(number => (new NetUid((ushort)number), Price(20 + (int)draw.Below(60)), 10_000_000_000_000UL, 200_000_000_000_000UL))];

    private static UInt128 Price(int thousandths) => ((UInt128)(ulong)thousandths << 64) / 1_000;
}

using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using static Dtao.Network.Tests.Orders.OrderBench;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Orders;

/// <summary>Limit orders on a cluster and on the sequential model, to the rao.</summary>
public sealed class OrderScenarioTests
{
    private static readonly (AccountId Ann, AccountId Bob, AccountId Cid, AccountId Dan) s_stakers = (Staker(0), Staker(1), Staker(2), Staker(3));

    /// <summary>Every way in which an order goes, with what each call comes to, blocks between, and the network restarted on the way.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Cluster_OrdersPlacedExecutedAndCancelled_AreTheModels(int silos)
    {
        var (ann, bob, cid, dan) = s_stakers;
        var buy = Buy(ann, 10 * OneTao).WithFee(10_000_000);
        var (stop, cancelled, late) = (Order(bob, OrderType.StopLoss, 5 * OneTao, 2 * Spot), Buy(bob, OneTao), Buy(ann, 2 * OneTao) with { Expiry = new BlockNumber(1) });
        var parts = Sell(ann, 20 * OneTao).WithFee(1, bob) with { Relayers = [cid, dan], AllowsPartialFills = true };
        var tight = Buy(cid, 100 * OneTao) with { MaxSlippage = new Perbill(0), Limit = new LimitPrice(Spot * 11 / 10) };
        var dear = Order(cid, OrderType.TakeProfit, OneTao, 10 * Spot);
        var tiny = Buy(bob, 3 * OneTao).WithFee(100, Key(71));
        var most = Buy(cid, StakerTao).WithFee(100, ann);
        var stable = Buy(dan, 7 * OneTao, OneTao) with { Netuid = Stable, Hotkey = Hot };
        var waiting = Buy(dan, 8 * OneTao, 100 * Spot);
        (AccountId Signer, Call Call)[] calls =
        [
            (ann, Calls.PlaceOrder(buy)), (bob, Calls.PlaceOrder(stop)), (bob, Calls.PlaceOrder(cancelled)), (ann, Calls.PlaceOrder(late)), (ann, Calls.PlaceOrder(parts)),
            (bob, Calls.PlaceOrder(buy)), (ann, Calls.PlaceOrder(buy)), (cid, Calls.PlaceOrder(tight)), (cid, Calls.PlaceOrder(dear)), (bob, Calls.PlaceOrder(tiny)),
            (cid, Calls.PlaceOrder(most)), (dan, Calls.PlaceOrder(stable)), (dan, Calls.PlaceOrder(stable with { Netuid = Root })),
            (dan, Calls.PlaceOrder(waiting)), (bob, Calls.CancelOrder(cancelled)), (cid, Calls.CancelOrder(buy)),
            (dan, Execute(buy, stop, cancelled, late, tight, dear, Buy(ann, OneTao), tiny, stable)),
            (dan, Execute(buy, stop)),
            (cid, Calls.ExecuteOrders([new(parts, 5 * OneTao), new(parts, 6 * OneTao), new(parts, 10 * OneTao), new(parts)])),
            (bob, Calls.ExecuteOrders([new(parts, OneTao)])),
            (ann, Calls.CancelOrder(parts)),
            (dan, Calls.ExecuteOrders([new(parts, 9 * OneTao), new(parts, 1)])),
            (ann, Execute(most)),
            (ann, Calls.ExecuteBatchedOrders(Two, [new(waiting), new(waiting)])),
            (ann, Calls.ExecuteBatchedOrders(One, [new(buy)])),
            (ann, Calls.ExecuteBatchedOrders(Root, [])),
            (ann, Execute()),
        ];
        var steps = calls.Select(step => new ScenarioStep(0, step.Signer, step.Call)).ToList();
        steps.Insert(16, new ScenarioStep(2, default, null));
        steps.Add(new ScenarioStep(2, default, null));
        var scenario = new Scenario("orders", SmallNetwork.Aliases, Genesis(stakers: 5), steps, new ScenarioExpectation(null, null, null, []));

        await using var cluster = new OrderedLogNetwork(await ClusterNetwork.StartAsync(scenario.Genesis, silos));
        var onModel = await ScenarioRunner.Run(scenario, new ModelNetwork(scenario.Genesis));
        var onCluster = await ScenarioRunner.Run(scenario, new RestartingNetwork(cluster, 18));

        Assert.Equal(Text(onModel), Text(onCluster));
        string[] named =
        [
            "Unauthorized", "OrderAlreadyProcessed", "RootNetUidNotAllowed", "OrderCancelled", "OrderExpired", "SlippageTooHigh", "PriceConditionNotMet", "InvalidSignature",
            "BelowMinimum", "IncorrectPartialFillAmount", "RelayerMissMatch", "DuplicateOrderInBatch", "OrderNetUidMismatch",
        ];
        Assert.All(named, error => Assert.Contains($"\"{error}\"", Text(onModel), StringComparison.Ordinal));
        await cluster.AssertClean();
    }

    /// <summary>Many orders of many owners, drawn at random, with trades between them that move the price.</summary>
    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(2, 2, false)]
    [InlineData(3, 1, true)]
    public async Task Cluster_RandomOrders_AreTheModels(int seed, int silos, bool hasFees)
    {
        var random = new Random(seed);
        var orders = new List<LimitOrder>();
        var steps = new List<ScenarioStep>();
        for (var step = 0; step < 60; step++)
        {
            var signer = Staker(random.Next(5));
            switch (random.Next(5))
            {
                case 0 or 1:
                    orders.Add(Any(random, signer));
                    steps.Add(new ScenarioStep(0, signer, Calls.PlaceOrder(orders[^1])));
                    break;
                case 2 when orders.Count > 0:
                    var fills = Enumerable.Range(0, random.Next(1, 5)).Select(_ => orders[random.Next(orders.Count)])
                        .Select(order => new OrderFill(order, random.Next(2) == 0 ? null : order.Amount / 3));
                    steps.Add(new ScenarioStep(0, signer, Calls.ExecuteOrders([.. fills])));
                    break;
                case 3:
                    steps.Add(new ScenarioStep(0, signer, Calls.AddStake(Warm, Two, new Tao((ulong)random.Next(2_500_000, 900_000_000) * 30))));
                    break;
                default:
                    steps.Add(new ScenarioStep(1, default, null));
                    break;
            }
        }

        var genesis = Genesis(Author, stakers: 5);
        genesis = genesis with { Parameters = genesis.Parameters with { TransactionFees = hasFees } };
        var scenario = new Scenario("random orders", SmallNetwork.Aliases, genesis, steps, new ScenarioExpectation(null, null, null, []));
        await using var cluster = new OrderedLogNetwork(await ClusterNetwork.StartAsync(scenario.Genesis, silos));
        var onModel = await ScenarioRunner.Run(scenario, new ModelNetwork(scenario.Genesis));
        var onCluster = await ScenarioRunner.Run(scenario, new RestartingNetwork(cluster, 40));

        Assert.Equal(Text(onModel), Text(onCluster));
        Assert.Contains("\"Fulfilled\"", Text(onModel), StringComparison.Ordinal);
        await cluster.AssertClean();
    }

    private static LimitOrder Any(Random random, AccountId owner)
    {
        var type = (OrderType)random.Next(3);
        var order = Order(owner, type, (ulong)random.Next(4_000_000, 900_000_000) * (type == OrderType.LimitBuy ? 20UL : 10UL), Spot * (ulong)random.Next(80, 150) / 100);
        order = random.Next(3) == 0 ? order : order.WithFee((uint)random.Next(100_000_000), random.Next(2) == 0 ? FeeTaker : Staker(random.Next(5)));
        order = random.Next(2) == 0 ? order : order with { Relayers = [Staker(0), Staker(1), Staker(2)], AllowsPartialFills = true };
        return random.Next(2) == 0 ? order : order with { MaxSlippage = new Perbill((uint)random.Next(100_000_000)) };
    }

    private static string Text(ScenarioRun run) => System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(run.State));
}

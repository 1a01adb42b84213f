using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Grains.Stakers;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using static Dtao.Network.Tests.Orders.OrderBench;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Orders;

/// <summary>Calls whose orders are executed all or none, on a cluster and on the sequential model, to the rao.</summary>
public sealed class BatchScenarioTests
{
    private static readonly (AccountId Ann, AccountId Bob, AccountId Cid, AccountId Dan) s_stakers = (Staker(0), Staker(1), Staker(2), Staker(3));

    /// <summary>Both sides greater once, all refusals that a batch has of its own, an owner who is emptied, and one who is on both sides.</summary>
    [Theory]
    [InlineData(1, JournalStore.None)]
    [InlineData(2, JournalStore.None)]
    [InlineData(2, JournalStore.RecordMemory)]
    public async Task Cluster_BatchesOfEverySort_AreTheModels(int silos, JournalStore store)
    {
        var (ann, bob, cid, dan) = s_stakers;
        var buy = Buy(ann, 10 * OneTao).WithFee(10_000_000);
        var sell = Sell(cid, 4 * OneTao).WithFee(5_000_000, bob);
        var large = Sell(bob, 30 * OneTao).WithFee(7_000_000);
        var small = Buy(ann, 5 * OneTao);
        var both = Sell(ann, 2 * OneTao);
        var most = Buy(cid, StakerTao).WithFee(100, ann);
        var tight = Buy(dan, 700 * OneTao) with { MaxSlippage = new Perbill(0), Limit = new LimitPrice(Spot * 11 / 10) };
        var tooMuch = Sell(dan, 60 * OneTao);
        var late = Buy(ann, 2 * OneTao) with { Expiry = new BlockNumber(1) };
        var parts = Sell(ann, 20 * OneTao).WithFee(1, bob) with { Relayers = [cid, dan], AllowsPartialFills = true };
        var tiny = Buy(bob, 3 * OneTao).WithFee(100, Key(71));
        var bit = Buy(bob, OneTao).WithFee(Perbill.One);
        var dust = Buy(dan, StakerTao - 200);
        var balanced = (Buy: Buy(bob, 6 * OneTao), Sell: Sell(cid, 3 * OneTao));
        LimitOrder[] all = [buy, sell, large, small, both, most, tight, tooMuch, late, parts, tiny, bit, dust, balanced.Buy, balanced.Sell];
        var calls = all.Select(order => (order.Owner, Calls.PlaceOrder(order))).ToList();
        (AccountId Signer, Call Call)[] executions =
        [
            (dan, Whole(tight)), (dan, Whole(buy, tooMuch)), (dan, Whole(buy, tiny)), (dan, Whole(tiny, buy)), (dan, Whole(bit, large)), (ann, Whole(small, late)),
            (dan, Calls.ExecuteBatchedOrders(Two, [new(parts, 5 * OneTao), new(small)])),
            (bob, Calls.ExecuteBatchedOrders(Two, [new(parts, 5 * OneTao)])),
            (dan, Whole(sell, buy, both)), (dan, Whole(buy)),
            (dan, Whole(large, tiny)),
            (ann, Whole(small, large)),
            (cid, Calls.ExecuteBatchedOrders(Two, [new(parts, 6 * OneTao), new(balanced.Buy), new(balanced.Sell)])),
            (ann, Whole(most)),
            (bob, Calls.Transfer(cid, new Tao(5 * OneTao), keepAlive: true)),
            (bob, Whole(dust)),
            (bob, Calls.ExecuteBatchedOrders(Two, [new(Buy(cid, OneTao))])),
            (bob, Calls.ExecuteBatchedOrders(Missing, [new(Buy(cid, OneTao) with { Netuid = Missing })])),
            (bob, Calls.ExecuteBatchedOrders(Root, [new(Buy(cid, OneTao) with { Netuid = Root })])),
            (bob, Calls.ExecuteBatchedOrders(Two, [new(Buy(AccountId.OfSubnet(One), OneTao))])),
        ];
        var steps = calls.Concat(executions).Select(step => new ScenarioStep(0, step.Item1, step.Item2)).ToList();
        steps.Insert(all.Length, new ScenarioStep(2, default, null));
        steps.Add(new ScenarioStep(2, default, null));

        var text = await Compare(new Scenario("batches", SmallNetwork.Aliases, Genesis(stakers: 5), steps, new ScenarioExpectation(null, null, null, [])), silos, store, 22);

        string[] named =
        [
            "SlippageTooHigh", "NotEnoughStakeToWithdraw", "BelowMinimum", "FundsUnavailable", "ZeroShareInBatch", "OrderExpired", "RelayerMissMatch", "OrderAlreadyProcessed", "InvalidSignature",
            "RootNetUidNotAllowed", "Fulfilled",
        ];
        Assert.All(named, error => Assert.Contains($"\"{error}\"", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1, 1, JournalStore.None, false)]
    [InlineData(2, 2, JournalStore.None, false)]
    [InlineData(3, 1, JournalStore.None, true)]
    [InlineData(4, 2, JournalStore.None, true)]
    [InlineData(5, 2, JournalStore.RecordMemory, true)]
    public async Task Cluster_RandomBatches_AreTheModels(int seed, int silos, JournalStore store, bool hasFees)
    {
        var random = new Random(seed);
        var open = new List<LimitOrder>();
        var steps = new List<ScenarioStep>();
        if (seed % 2 == 0) steps.Add(new ScenarioStep(0, Staker(4), Calls.Transfer(OrderBatch.Account, new Tao(5_000), keepAlive: true)));
        for (var step = 0; step < 110; step++)
        {
            var signer = Staker(random.Next(5));
            switch (random.Next(10))
            {
                case < 6:
                    open.Add(Any(random, signer));
                    steps.Add(new ScenarioStep(0, signer, Calls.PlaceOrder(open[^1])));
                    break;
                case < 9 when open.Count > 3:
                    var fills = Enumerable.Range(0, random.Next(2, 6)).Select(_ => open[random.Next(open.Count)]).Distinct()
                        .Select(order => new OrderFill(order, order.AllowsPartialFills && random.Next(2) == 0 ? order.Amount / 3 : null)).ToArray();
                    if (random.Next(8) > 0) open.RemoveAll(order => fills.Any(fill => fill.Order == order && fill.Partial is null));
                    var all = new Call { Kind = CallKind.ExecuteOrders, Detail = new OrdersDetail([.. fills], ShouldFail: true) };
                    steps.Add(new ScenarioStep(0, signer, random.Next(3) == 0 ? all : Calls.ExecuteBatchedOrders(Two, fills)));
                    break;
                default:
                    steps.Add(new ScenarioStep(1, default, null));
                    break;
            }
        }

        var genesis = Genesis(seed == 2 ? null : Author, stakers: 5);
        genesis = genesis with { Parameters = genesis.Parameters with { TransactionFees = hasFees } };
        var run = new Scenario("random batches", SmallNetwork.Aliases, genesis, steps, new ScenarioExpectation(null, null, null, []));

        await Compare(run, silos, store, 60);

        var counter = new Counting(new ModelNetwork(genesis));
        await ScenarioRunner.Run(run, counter);
        Assert.True(counter.Netted >= 4 && counter.Whole >= 1 && counter.Refused >= 2, $"{counter.Netted} netted, {counter.Whole} others, {counter.Refused} refused");
    }

    /// <summary>What waits at a pool is in memory only: after a restart the owners send it again, and the relayer asks whom it had not asked.</summary>
    [Fact]
    public async Task Cluster_RestartedWhileAPartIsMissing_ExecutesTheBatchOnce()
    {
        var (ann, bob, cid, dan) = s_stakers;
        var calls = new HeldCalls();
        await using var cluster = new OrderedLogNetwork(await ClusterNetwork.StartAsync(Genesis(), silo: silo =>
        {
            // What waits for the held part waits in vain: the stop does not have to be patient.
            silo.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(2));
            silo.AddIncomingGrainCallFilter(calls);
            silo.AddOutgoingGrainCallFilter(calls);
        }));
        var network = new RunningNetwork(cluster.Grains);
        LimitOrder[] orders = [Buy(ann, 10 * OneTao), Sell(cid, OneTao), Buy(bob, StakerTao)];
        foreach (var order in orders) Assert.True((await network.Submit(order.Owner, Calls.PlaceOrder(order))).IsApplied);
        var held = calls.HoldNextRequest(network.Account(bob), nameof(IStakerAccountGrain.FillOrder));
        var operation = await network.Prepare(dan, Whole(orders));
        var sent = network.Submit(operation);
        await held.Reached;
        await network.WaitForInFlight(ann, 1);
        await network.WaitForInFlight(cid, 1);

        // Who asked the network that is gone may never be answered.
        sent.Ignore();
        await cluster.RestartAsync();
        held.Release();
        var receipt = await new RunningNetwork(cluster.Grains).SubmitUntilDecided(operation);

        Assert.Equal(string.Empty, receipt.ErrorName);
        Assert.Equal(StakerTao - (10 * OneTao), await new RunningNetwork(cluster.Grains).Free(ann));
        await cluster.AssertClean();
    }

    private static Call Whole(params LimitOrder[] orders) => Calls.ExecuteBatchedOrders(Two, orders.Select(order => new OrderFill(order)));

    private static LimitOrder Any(Random random, AccountId owner)
    {
        var type = (OrderType)random.Next(3);
        var amount = (ulong)random.Next(4_000_000, 900_000_000) * (type == OrderType.LimitBuy ? 20UL : 8UL);
        var limit = random.Next(20) == 0 ? Spot : type == OrderType.TakeProfit ? Spot / 4 : Spot * 4;
        var order = Order(owner, type, random.Next(40) == 0 ? amount / 4_000_000 : amount, limit) with { Expiry = new BlockNumber(random.Next(40) == 0 ? 3UL : 1_000) };
        order = random.Next(3) == 0 ? order : order.WithFee((uint)random.Next(100_000_000), random.Next(2) == 0 ? FeeTaker : Staker(random.Next(5)));
        order = random.Next(3) > 0 ? order : order with { Relayers = [.. Enumerable.Range(0, 5).Select(Staker)], AllowsPartialFills = true };
        return type == OrderType.StopLoss || random.Next(5) > 0 ? order : order with { MaxSlippage = new Perbill((uint)random.Next(100_000_000)) };
    }

    private static async Task<string> Compare(Scenario scenario, int silos, JournalStore store, int stepsBeforeRestart)
    {
        await using IRestartable cluster = store == JournalStore.None
            ? new OrderedLogNetwork(await ClusterNetwork.StartAsync(scenario.Genesis, silos))
            : await GrainStorageNetwork.StartAsync(scenario.Genesis, store, silos);
        var onModel = Text(await ScenarioRunner.Run(scenario, new ModelNetwork(scenario.Genesis)));
        var onCluster = Text(await ScenarioRunner.Run(scenario, new RestartingNetwork(cluster, stepsBeforeRestart)));

        Assert.Equal(onModel, onCluster);
        await cluster.AssertClean();
        return onModel;
    }

    /// <summary>Counts what the calls of a scenario come to: a test of refusals alone would say little.</summary>
    private sealed class Counting(IScenarioNetwork network) : ForwardingNetwork(network)
    {
        public int Netted { get; private set; }

        public int Whole { get; private set; }

        public int Refused { get; private set; }

        public override async Task<CallOutcome> Execute(AccountId signer, Call call)
        {
            var outcome = await base.Execute(signer, call);
            if (call.Detail is not OrdersDetail { Orders.Length: > 1 }) return outcome;
            if (!outcome.IsOk) Refused++;
            else if (call.Kind == CallKind.ExecuteBatchedOrders) Netted++;
            else Whole++;
            return outcome;
        }
    }

    private static string Text(ScenarioRun run) => System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(run.State));
}

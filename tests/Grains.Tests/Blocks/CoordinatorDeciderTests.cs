using Dtao.Economics;
using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Rules;
using Dtao.Grains.Blocks;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Xunit;

namespace Dtao.Grains.Tests.Blocks;

public sealed class CoordinatorDeciderTests
{
    private const ulong GenesisIssuance = 1_000_000_000_000;

    private static readonly CoordinatorModel Model = CoordinatorModel.Instance;
    private static readonly NetworkView Network = new(
        "testnet", "id-1", "2026-06", 1, NetworkParameters.Default, [], new Tao(GenesisIssuance), -1);

    [Fact]
    public void Start_FirstBlock_IsThePlanOverAllFactsInStorageOrder()
    {
        GatheredSubnet[] gathered = [Subnet(1, price: 1), Subnet(256, price: 3), Subnet(0, tao: 777), Subnet(2, exists: false)];

        var planned = CoordinatorDecider.Start(new CoordinatorState(), Network, gathered, Tao.Zero).Planned;

        Assert.Equal([0, 256, 1], planned.Subnets.Select(subnet => (int)subnet.Netuid.Value));
        Assert.Equal([256, 1], planned.Plan.Emissions.Select(emission => (int)emission.Netuid.Value));
        Assert.Equal(new Tao(777), planned.Plan.RootTao);
        Assert.Equal(new Tao(BlockEmission.Base), planned.Plan.Minted);
        Assert.True(planned.Plan.RootSell);
        var expected = BlockPlan.Compute(
            new BlockNumber(1), new Tao(GenesisIssuance), new Tao(GenesisIssuance), NetworkParameters.Default, new Tao(777), [Facts(256, 3), Facts(1, 1)]);
        Assert.Equal(expected.Emissions, planned.Plan.Emissions);
    }

    /// <summary>A change at a height stands in the plan, and so in the header, of exactly that block.</summary>
    [Fact]
    public void Close_RulesChangeAtAHeight_HeadersNameWhatIsInForce()
    {
        var rules = RuleSchedule.Of(RuleSets.June2026Flow, [new(new BlockNumber(3), RuleSets.February2025)]);
        var network = Network with { Parameters = NetworkParameters.Default with { Rules = rules } };
        var state = new CoordinatorState();
        var names = new List<string>();
        for (var block = 1UL; block <= 4; block++)
        {
            var started = CoordinatorDecider.Start(state, network, [Subnet(1, lastBlock: block - 1)], Tao.Zero);
            Model.Apply(state, started);
            var closed = CoordinatorDecider.Close(state, [Acknowledge(1, block, 0)], (long)block, [1, 2, 3, 4]);
            Model.Apply(state, closed);
            names.Add(state.LastHeader!.RuleSet);
        }

        Assert.Equal(["2026-06-flow", "2026-06-flow", "2025-02", "2025-02"], names);
    }

    [Theory]
    [InlineData(0, 0, 0, GenesisIssuance, GenesisIssuance)]
    [InlineData(30, 12, 0, GenesisIssuance - 42, GenesisIssuance - 42)]
    [InlineData(0, 0, 5, GenesisIssuance, GenesisIssuance - 5)]
    [InlineData(30, 12, 5, GenesisIssuance - 42, GenesisIssuance - 47)]
    public void Start_TaoWasDestroyed_LowersTheCountersThatCountIt(ulong byRoot, ulong byOne, ulong dust, ulong total, ulong balances)
    {
        var planned = CoordinatorDecider.Start(
            new CoordinatorState(), Network, [Subnet(0, destroyed: byRoot), Subnet(1, destroyed: byOne)], new Tao(dust)).Planned;

        Assert.Equal((new Tao(total), new Tao(balances)), (planned.TotalIssuance, planned.BalancesIssuance));
    }

    [Theory]
    [InlineData(0, 0, 500_000_000)]
    [InlineData(1, 0, 1_000_000_000)]
    [InlineData(0, 1, 500_000_000)]
    public void Start_AtAHalving_TheCurveReadsTheStakingLedgersIssuance(ulong destroyed, ulong plainDust, ulong minted)
    {
        var network = Network with { GenesisIssuance = new Tao(BlockEmission.MaxSupply / 2) };

        var planned = CoordinatorDecider.Start(new CoordinatorState(), network, [Subnet(1, destroyed: destroyed)], new Tao(plainDust)).Planned;

        Assert.Equal(new Tao(minted), planned.Plan.Minted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Start_APoolStandsAtAnotherBlock_IsABug(ulong lastBlock) => Assert.Throws<InvalidOperationException>(
        () => CoordinatorDecider.Start(new CoordinatorState(), Network, [Subnet(1, lastBlock: lastBlock)], Tao.Zero));

    [Fact]
    public void Start_ABlockIsUnderWay_IsABug()
    {
        var state = new CoordinatorState();
        Model.Apply(state, CoordinatorDecider.Start(state, Network, [Subnet(1)], Tao.Zero));

        Assert.Throws<InvalidOperationException>(() => CoordinatorDecider.Start(state, Network, [Subnet(1)], Tao.Zero));
    }

    [Fact]
    public void Start_OrderOfAnswers_DoesNotChangeThePlan()
    {
        GatheredSubnet[] gathered = [Subnet(0, tao: 5), Subnet(1, price: 1), Subnet(2, price: 2)];

        var plan = CoordinatorDecider.Start(new CoordinatorState(), Network, gathered, Tao.Zero);
        var reversed = CoordinatorDecider.Start(new CoordinatorState(), Network, gathered.Reverse().ToArray(), Tao.Zero);
        var other = CoordinatorDecider.Start(new CoordinatorState(), Network, [Subnet(0, tao: 6), Subnet(1, price: 1), Subnet(2, price: 2)], Tao.Zero);

        Assert.Equal(plan.PlanHash, reversed.PlanHash);
        Assert.NotEqual(plan.PlanHash, other.PlanHash);
    }

    [Fact]
    public void MessagesOf_APlan_TellsEachSubnetItsLineAndNobodyElses()
    {
        var started = CoordinatorDecider.Start(
            new CoordinatorState(), Network, [Subnet(0, tao: 9), Subnet(1, price: 1), Subnet(2, isEmitting: false), Subnet(3, price: 4)], Tao.Zero);

        var messages = CoordinatorDecider.MessagesOf(started).ToDictionary(message => message.Subnet.Netuid.Value, message => message.Command);

        Assert.Equal([0, 1, 2, 3], messages.Keys.Order().Select(netuid => (int)netuid));
        Assert.Equal([false, true, false, true], messages.OrderBy(message => message.Key).Select(message => message.Value.Emits));
        Assert.All(messages.Values, message =>
        {
            Assert.Equal((new BlockNumber(1), new Tao(9), true), (message.Block, message.RootTao, message.RootSell));
            Assert.Equal(started.PlanHash, message.PlanHash);
        });
        foreach (var (netuid, message) in messages)
        {
            Assert.Equal(started.Planned.Plan.InputFor(new NetUid(netuid)).TaoEmission?.Bits ?? 0, message.TaoEmissionBits);
        }
    }

    [Fact]
    public void Close_AllAcknowledged_CountsWhatWasTakenAndRecyclesTheRest()
    {
        var state = new CoordinatorState();
        Model.Apply(state, CoordinatorDecider.Start(state, Network, [Subnet(1, price: 1, destroyed: 10), Subnet(0), Subnet(2, price: 1)], new Tao(3)));

        var closed = CoordinatorDecider.Close(state, [Acknowledge(2, 1, 200_000_000), Acknowledge(0, 1, 0), Acknowledge(1, 1, 500_000_000)], 55, [1, 2, 3, 4]);
        Model.Apply(state, closed);

        var header = closed.Header;
        Assert.Equal((new BlockNumber(1), new Tao(1_000_000_000), new Tao(300_000_000), 3), (header.Number, header.Emission, header.Recycled, header.Subnets));
        Assert.Equal(new Tao(GenesisIssuance - 10 + 700_000_000), header.TotalIssuance);
        Assert.Equal(new Tao(GenesisIssuance - 13 + 700_000_000), state.BalancesIssuance);
        Assert.Equal(new byte[32], header.ParentHash);
        Assert.Equal(BlockHashes.OfHeader(header), header.Hash);
        Assert.Equal(
            BlockHashes.MerkleRoot([.. new ushort[] { 0, 1, 2 }.Select(netuid => new SubnetDigest(new NetUid(netuid), DigestOf(netuid, 1)))]), header.StateRoot);
        Assert.Equal((header.TotalIssuance, new BlockNumber(1)), (state.TotalIssuance, state.Block));
    }

    public static TheoryData<string> BrokenAcknowledgements => new("missing", "repeated", "foreign", "other block", "other plan", "too much");

    [Theory]
    [MemberData(nameof(BrokenAcknowledgements))]
    public void Close_AcknowledgementsDoNotFit_IsABug(string how)
    {
        var state = new CoordinatorState();
        Model.Apply(state, CoordinatorDecider.Start(state, Network, [Subnet(1, price: 1), Subnet(2, price: 1)], Tao.Zero));
        var one = Acknowledge(1, 1, 0);
        BlockAcknowledgement[] acknowledgements = how switch
        {
            "missing" => [one],
            "repeated" => [one, Acknowledge(2, 1, 0), one],
            "foreign" => [one, Acknowledge(3, 1, 0)],
            "other block" => [one, Acknowledge(2, 2, 0)],
            "other plan" => [one, Acknowledge(2, 1, 0) with { PlanDiffers = true }],
            _ => [one, Acknowledge(2, 1, 1_000_000_001)],
        };

        Assert.ThrowsAny<SystemException>(() => CoordinatorDecider.Close(state, acknowledgements, 0, []));
        Assert.NotNull(state.UnderWay);
    }

    [Fact]
    public void Blocks_InARow_ChainTheirHashesAndAlternateTheirEvents()
    {
        var state = new CoordinatorState();
        var events = new List<CoordinatorEvent>();
        for (ulong block = 1; block <= 300; block++) MakeBlock(state, block, events);

        Assert.Equal(CoordinatorState.HeadersMax, state.Headers.Count);
        Assert.Equal(300ul * 600_000_000, (state.Minted - state.Recycled).Rao);
        Assert.Equal(new Tao(GenesisIssuance + (300ul * 600_000_000)), state.TotalIssuance);
        BlockHeader? parent = null;
        for (ulong block = 1; block <= 300; block++)
        {
            var number = (int)CoordinatorModel.EventNumberOfHeader(new BlockNumber(block), terms: 0);
            Assert.IsType<BlockStarted>(events[number - 2]);
            var header = Assert.IsType<BlockClosed>(events[number - 1]).Header;
            Assert.Equal(new BlockNumber(block), header.Number);
            Assert.Equal(parent?.Hash ?? new byte[32], header.ParentHash);
            Assert.Equal(block > 300 - CoordinatorState.HeadersMax, ReferenceEquals(header, state.FindHeader(header.Number)));
            parent = header;
        }
    }

    [Fact]
    public void Apply_EventsOutOfTurn_AreBugs()
    {
        var state = new CoordinatorState();
        var started = CoordinatorDecider.Start(state, Network, [Subnet(1)], Tao.Zero);
        Model.Apply(state, started);
        var closed = CoordinatorDecider.Close(state, [Acknowledge(1, 1, 0)], 0, []);

        Assert.Throws<InvalidOperationException>(() => Model.Apply(state, started));
        Assert.Throws<InvalidOperationException>(() => Model.Apply(new CoordinatorState(), closed));
        Model.Apply(state, closed);
        Assert.Throws<InvalidOperationException>(() => Model.Apply(state, closed));
        Assert.Throws<InvalidOperationException>(() => Model.Apply(state, started));
    }

    [Fact]
    public void AfterActivation_StartedAndNotClosed_FinishesWithTheSameMessages()
    {
        var state = new CoordinatorState();
        MakeBlock(state, 1, []);
        var started = CoordinatorDecider.Start(state, Network, [Subnet(1, price: 2, lastBlock: 1)], Tao.Zero);
        var restored = Model.RereadState(state);
        Model.Apply(restored, Model.Reread<CoordinatorState, CoordinatorEvent>(started));

        var finish = Assert.IsType<Recovery.Finish>(CoordinatorDecider.AfterActivation(restored));

        var (subnet, command) = Assert.Single(CoordinatorDecider.MessagesOf(started));
        var (subnetAgain, commandAgain) = Assert.Single(CoordinatorDecider.MessagesOf(finish.Started));
        Assert.Equal(subnet, subnetAgain);
        Assert.Equal(command.PlanHash, commandAgain.PlanHash);
        Assert.Equal(command, commandAgain with { PlanHash = command.PlanHash });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void AfterActivation_NothingUnderWay_OpensAfterTheLastClosedBlock(ulong blocks)
    {
        var state = new CoordinatorState();
        for (ulong block = 1; block <= blocks; block++) MakeBlock(state, block, []);

        var open = Assert.IsType<Recovery.Open>(CoordinatorDecider.AfterActivation(Model.RereadState(state)));

        Assert.Equal(new BlockNumber(blocks), open.LastClosed);
    }

    [Fact]
    public void Model_EventsAndState_ReadBackEqual()
    {
        var state = new CoordinatorState();
        var events = new List<CoordinatorEvent>();
        for (ulong block = 1; block <= 3; block++) MakeBlock(state, block, events);
        events.Add(CoordinatorDecider.Start(state, Network, [Subnet(0, tao: 4, lastBlock: 3), Subnet(1, price: 2, lastBlock: 3)], new Tao(2)));
        Model.Apply(state, events[^1]);

        var replayed = new CoordinatorState();
        foreach (var happened in events)
        {
            var back = Model.Reread<CoordinatorState, CoordinatorEvent>(happened);
            Assert.Equal(Model.EventBytes(happened), Model.EventBytes(back));
            Model.Apply(replayed, back);
        }

        Assert.Equal(Model.StateBytes(state), Model.StateBytes(replayed));
        Assert.Equal(Model.StateBytes(state), Model.StateBytes(Model.RereadState(state)));
        Assert.Equal(state.LastHeader!.Hash, Model.RereadState(state).LastHeader!.Hash);
    }

    [Fact]
    public void Model_StoredPlanWasAltered_IsRefused()
    {
        var started = CoordinatorDecider.Start(new CoordinatorState(), Network, [Subnet(1, price: 2)], Tao.Zero);
        var bytes = Model.EventBytes<CoordinatorState, CoordinatorEvent>(started);
        bytes[^1] ^= 1;

        Assert.Throws<InvalidDataException>(() => Model.ReadOne(bytes));
    }

    private static void MakeBlock(CoordinatorState state, ulong block, List<CoordinatorEvent> events)
    {
        var started = CoordinatorDecider.Start(state, Network, [Subnet(1, price: 1, lastBlock: block - 1), Subnet(0, lastBlock: block - 1)], Tao.Zero);
        Model.Apply(state, started);
        var closed = CoordinatorDecider.Close(state, [Acknowledge(0, block, 0), Acknowledge(1, block, 600_000_000)], (long)block, [1, 2, 3, 4]);
        Model.Apply(state, closed);
        events.Add(started);
        events.Add(closed);
    }

    private static GatheredSubnet Subnet(
        ushort netuid, long price = 1, ulong lastBlock = 0, ulong tao = 0, ulong destroyed = 0, bool exists = true, bool isEmitting = true) => new(
        new BlockSubnet(new NetUid(netuid), netuid),
        new PoolBlockFacts(
            exists, new BlockNumber(lastBlock), Facts(netuid, price) with { IsEmitting = isEmitting }, new Tao(tao), new Tao(destroyed)));

    private static SubnetBlockFacts Facts(ushort netuid, long price) =>
        new(new NetUid(netuid), 1, true, true, new I96F32((Int128)price << 32), default);

    private static BlockAcknowledgement Acknowledge(ushort netuid, ulong block, ulong consumed) =>
        new(new NetUid(netuid), new BlockNumber(block), new Tao(consumed), DigestOf(netuid, block), false);

    private static byte[] DigestOf(ushort netuid, ulong block)
    {
        var digest = new byte[32];
        digest.AsSpan().Fill((byte)((netuid + block) % 256));
        return digest;
    }
}

using System.Diagnostics.CodeAnalysis;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Xunit;

namespace Dtao.Economics.Tests.Epochs;

/// <summary>What an epoch reads of its subnet, of others, and how much.</summary>
public class EpochGatherTests
{
    private const ulong Half = ulong.MaxValue / 2 + 1;

    [Fact]
    public void Inputs_LinkedHotkeys_HaveInheritedStakes()
    {
        var given = new EpochCase().Neuron("v1", "c1").Neuron("v2", "c2").Hotkey("p1", "c3")
            .Stake("v1", "c1", 100).Stake("v1", "c1", 10, onRoot: true).Stake("v2", "c2", 200).Stake("p1", "c3", 1_000).Stake("p1", "c3", 40, onRoot: true)
            .Link("v1", "v2", Half).Link("p1", "v2", Half);

        var input = Assert.Single(EpochGather.Inputs(given.Scope(), EpochCase.Subnet, given.Pot));

        Assert.Equal([50UL, 750UL], input.AlphaStake);
        Assert.Equal([5UL, 25UL], input.TaoStake);
    }

    [Fact]
    public void Inputs_SettingsOfTheSubnet_AreTakenOver()
    {
        var given = new EpochCase().Neuron("v1", "c1").Neuron("v2", "o").Owner("o", "v2").Pay(server: 5, validator: 4, root: 3, ownerCut: 100);
        given.Parameters = given.Parameters with { StakeThreshold = 77 };
        (given.Books.Tempo, given.Books.LastStepBlock) = (20, 9);
        given.Books.Hyper = new SubnetHyperparameters
        {
            MaxValidators = 3,
            ActivityCutoffFactor = 2_000,
            Yuma3 = false,
            LiquidAlpha = true,
            AlphaLow = 1,
            AlphaHigh = 2,
            Steepness = -4,
            Kappa = 5,
            BondsMovingAverage = 6,
            BondsPenalty = 7,
            CommitReveal = true,
        };

        var input = Assert.Single(EpochGather.Inputs(given.Scope(), EpochCase.Subnet, given.Pot));

        Assert.Equal((2, 0UL, 20, 40UL, 9UL), (input.NeuronCount, input.CurrentBlock, input.Tempo, input.ActivityCutoff, input.LastStepBlock));
        Assert.Equal((ulong.MaxValue, 77UL, 12UL), (input.TaoWeight, input.StakeThreshold, input.Emission));
        Assert.Equal((1, 3), (input.OwnerUid!.Value, input.MaxAllowedValidators));
        Assert.Equal((false, true, 1, 2, -4), (input.Yuma3, input.LiquidAlpha, input.AlphaLow, input.AlphaHigh, input.Steepness));
        Assert.Equal((5, 6UL, 7, true), (input.Kappa, input.BondsMovingAverage, input.BondsPenalty, input.CommitReveal));
        Assert.Equal([ulong.MaxValue, ulong.MaxValue], input.CommitBlock);
    }

    [Theory]
    [InlineData("no commit", ulong.MaxValue)]
    [InlineData("one", 40UL, 5UL, 40UL)]
    [InlineData("expired, one that is not, a later one", 50UL, 3UL, 30UL, 4UL, 50UL, 5UL, 60UL)]
    [InlineData("all expired", ulong.MaxValue, 2UL, 10UL, 3UL, 20UL)]
    public void Inputs_CommitsOfANeuron_GiveTheBlockOfTheEarliestThatIsNotExpired(string commits, ulong expected, params ulong[] epochsAndBlocks)
    {
        var given = new EpochCase().Neuron("v1", "c1");
        given.Books.EpochIndex = 6;
        given.Books.Hyper = given.Books.Hyper with { CommitReveal = true, RevealPeriod = 2 };
        var made = epochsAndBlocks.Chunk(2).Select(pair => new WeightCommit([], pair[0], pair[1], null, 0)).ToArray();
        if (made.Length > 0)
            given.Metagraph = given.Metagraph with { Commits = given.Metagraph.Commits.Add(new CommitKey(0, EpochCase.Key("v1")), [.. made]) };

        var input = Assert.Single(EpochGather.Inputs(given.Scope(), EpochCase.Subnet, given.Pot));

        Assert.True(expected == Assert.Single(input.CommitBlock), commits);
    }

    [Fact]
    public void Inputs_SeveralMechanisms_SplitTheEmissionAndHaveRowsOfTheirOwn()
    {
        var given = new EpochCase().Neuron("v1", "c1").Pay(server: 100, validator: 1);
        given.Books.Hyper = given.Books.Hyper with { MechanismCount = 2 };
        given.Metagraph = given.Metagraph with { MechanismSplit = [16_384, 49_151] };
        var scope = given.Scope();
        var metagraph = scope.GetMetagraph(EpochCase.Subnet);
        var neuron = metagraph.Neurons[0]
            .WithRow(0, new NeuronRow { LastUpdate = 3, Weights = [new WeightEntry(0, 10)] })
            .WithRow(1, new NeuronRow { LastUpdate = 4, Weights = [new WeightEntry(0, 20)], Bonds = [new WeightEntry(0, 30)] });
        scope.SetMetagraph(EpochCase.Subnet, metagraph.WithNeuron(0, neuron));

        var inputs = EpochGather.Inputs(scope, EpochCase.Subnet, given.Pot);

        Assert.Equal([26UL, 75UL], inputs.Select(input => input.Emission));
        Assert.Equal([3UL, 4UL], inputs.Select(input => input.LastUpdate[0]));
        Assert.Equal([10, 20], inputs.Select(input => (int)input.Weights[0][0].Value));
        Assert.Equal([0, 1], inputs.Select(input => input.Bonds[0].Length));
    }

    [Fact]
    public void Findings_SeveralMechanisms_AddUpAndKeepTheirOwnIncentives()
    {
        var given = new EpochCase().Neuron("v1", "c1").Neuron("m1", "c2").Stake("v1", "c1", 1_000).Pay(server: 500, validator: 500);
        given.Books.Hyper = given.Books.Hyper with { MechanismCount = 2 };
        var scope = given.Scope();
        var metagraph = scope.GetMetagraph(EpochCase.Subnet);
        var row = new NeuronRow { LastUpdate = 1, Weights = [new WeightEntry(1, 65_535)] };
        scope.SetMetagraph(EpochCase.Subnet, metagraph.WithNeuron(0, metagraph.Neurons[0].WithRow(0, row).WithRow(1, NeuronRow.Empty)));

        SubnetEpoch.Run(scope, EpochCase.Subnet, given.Pot, new EpochWorkspace());

        var (validator, miner) = (scope.GetMetagraph(EpochCase.Subnet).Neurons[0], scope.GetMetagraph(EpochCase.Subnet).Neurons[1]);
        Assert.Equal([65_535, 0], miner.Rows.Select(found => (int)found.Incentive));
        Assert.Equal(row.Weights, validator.Row(0).Weights);
        Assert.True(validator.HasPermit);
        Assert.False(miner.HasPermit);
        Assert.Equal(new Alpha(250), scope.GetHotkeyPool(EpochCase.Subnet, EpochCase.Key("m1")).Value);
    }

    [Fact]
    public void SubnetEpoch_NobodyRegistered_PaysNobodyAndStampsTheBlock()
    {
        var given = new EpochCase().Hotkey("v1", "c1").Stake("v1", "c1", 1_000).Pay(server: 5, validator: 5, root: 5);
        var network = given.Network();
        network.MakeBlock();
        var scope = given.Scope(network);

        Assert.Empty(SubnetEpoch.Run(scope, EpochCase.Subnet, given.Pot, new EpochWorkspace()));
        Assert.Equal(new Alpha(1_000), scope.GetHotkeyPool(EpochCase.Subnet, EpochCase.Key("v1")).Value);
        Assert.Equal(1UL, scope.Books(EpochCase.Subnet).LastStepBlock);
    }

    [Fact]
    public void Pays_NeuronsInAnyOrder_AscendByHotkey()
    {
        var given = new EpochCase().Neuron("h3", "c", server: 3).Neuron("h1", "c", server: 1).Neuron("h2", "c", server: 2);

        var pays = given.Findings().Pays(given.Scope().GetMetagraph(EpochCase.Subnet));

        Assert.Equal([1UL, 2UL, 3UL], pays.Select(pay => pay.Incentive.Rao));
    }

    [Fact]
    public void SubnetEpoch_OfALedgerThatKnowsOnlyTheNeeds_EndsTheSame()
    {
        var given = Linked();
        var needs = EpochNeeds.Of(given.Scope().GetMetagraph(EpochCase.Subnet), given.Books);
        var (whole, narrow) = (given.Scope(), given.Scope(new Watched(given.Network(), needs)));

        var expected = SubnetEpoch.Run(whole, EpochCase.Subnet, given.Pot, new EpochWorkspace());
        var actual = SubnetEpoch.Run(narrow, EpochCase.Subnet, given.Pot, new EpochWorkspace());

        Assert.Equal(expected, actual);
        Assert.Equal(whole.ChangedHotkeyPools, narrow.ChangedHotkeyPools);
        Assert.Equal(new[] { "p1", "v1", "v2" }.Select(EpochCase.Key), needs.Order());
    }

    [Fact]
    public void SubnetEpoch_MoreStakers_AsksNoMoreQuestions()
    {
        var counts = new List<int>();
        foreach (var stakers in (int[])[1, 500])
        {
            var given = Linked();
            for (var i = 0; i < stakers; i++) given.Stake("v1", $"s{i}", 500_000 / (ulong)stakers);
            var watched = new Watched(given.Network(), EpochNeeds.Of(given.Scope().GetMetagraph(EpochCase.Subnet), given.Books));

            SubnetEpoch.Run(given.Scope(watched), EpochCase.Subnet, given.Pot, new EpochWorkspace());

            counts.Add(watched.Questions);
        }

        Assert.True(counts[0] > 0);
        Assert.Equal(counts[0], counts[1]);
    }

    private static EpochCase Linked() => new EpochCase().Neuron("v1", "c1", take: 5_000).Neuron("v2", "c2", take: 0).Hotkey("p1", "c3").Hotkey("x1", "c4")
        .Stake("v1", "c1", 1_000).Stake("v2", "c2", 3_000).Stake("p1", "c3", 500).Stake("p1", "c3", 9_000, onRoot: true).Stake("x1", "c4", 7_000)
        .Link("p1", "v1", Half).Link("v1", "x1", Half).AutoStake("c2", "x1").Owner("c9", "h9").Pay(400, 400, 200, 100);

    /// <summary>Answers about root and about records only for the hotkeys that an epoch needs, and counts what it is asked.</summary>
    private sealed class Watched(SequentialNetwork network, IReadOnlySet<AccountId> needs) : ILedgerSource
    {
        public int Questions { get; private set; }

        public BlockNumber Block => network.Block;

        public NetworkParameters Parameters => network.Parameters;

        public IReadOnlyList<NetUid> Subnets => network.Subnets;

        public bool TryGetBooks(NetUid netuid, [NotNullWhen(true)] out SubnetBooks? books) => network.TryGetBooks(netuid, out books);

        public Tao GetFree(AccountId account) => throw new InvalidOperationException("An epoch asks for no free TAO.");

        public HotkeyRecord? GetHotkey(AccountId hotkey) => Needed(hotkey) ? network.GetHotkey(hotkey) : null;

        public HotkeyPool GetHotkeyPool(NetUid netuid, AccountId hotkey)
        {
            if (netuid.IsRoot) Needed(hotkey);
            else Questions++;
            return network.GetHotkeyPool(netuid, hotkey);
        }

        public SafeFloat GetShare(PositionKey position)
        {
            Questions++;
            return network.GetShare(position);
        }

        private bool Needed(AccountId hotkey)
        {
            Questions++;
            return needs.Contains(hotkey) ? true : throw new InvalidOperationException($"{hotkey} is not among the needs.");
        }
    }
}

using Dtao.Economics.Ledger;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Neurons.Bench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Neurons;

public class SetWeightsTests
{
    private const ulong Now = 1_000;

    [Fact]
    public void SetWeights_SeveralChecksFail_TheEarliestIsTold() => new Ladder<Case>(() => new Case(), spoiled => spoiled.Run())
        .Rung(LedgerError.CommitRevealEnabled, spoiled =>
        {
            spoiled.Bench.Hyper = spoiled.Bench.Hyper with { CommitReveal = true };
            spoiled.Bench.Scope.Books(Root).Hyper = spoiled.Bench.Hyper;
        })
        .Rung(LedgerError.CanNotSetRootNetworkWeights, spoiled => spoiled.Netuid = Root)
        .Rung(LedgerError.WeightVecNotEqualSize, spoiled => spoiled.ExtraValue = true)
        .Rung(LedgerError.MechanismDoesNotExist, spoiled => spoiled.Mechanism = 1)
        .Rung(LedgerError.UidsLengthExceedUidsInSubNet, spoiled => spoiled.Uids.AddRange([3, 1, 4]))
        .Rung(LedgerError.HotKeyNotRegisteredInSubNet, spoiled => spoiled.Signer = Ghost)
        .Rung(LedgerError.NotEnoughStakeToSetWeights, spoiled => spoiled.Bench.Scope.SetParameters(new() { StakeThreshold = 1 }))
        .Rung(LedgerError.IncorrectWeightVersionKey, spoiled => spoiled.Bench.Hyper = spoiled.Bench.Hyper with { WeightsVersionKey = 8 })
        .Rung(LedgerError.SettingWeightsTooFast, spoiled => spoiled.Bench.Spoil(1, neuron => neuron.WithRow(0, new NeuronRow { LastUpdate = Now - 99 })))
        .Rung(LedgerError.NeuronNoValidatorPermit, spoiled => spoiled.Bench.Spoil(1, neuron => neuron with { HasPermit = false }))
        .Rung(LedgerError.DuplicateUids, spoiled => spoiled.Uids[0] = spoiled.Uids[1])
        .Rung(LedgerError.UidVecContainInvalidOne, spoiled => spoiled.Invalidate())
        .Rung(LedgerError.WeightVecLengthIsLow, spoiled => spoiled.Bench.Hyper = spoiled.Bench.Hyper with { MinAllowedWeights = 3 })
        .AssertInOrder();

    [Fact]
    public void SetWeights_SubnetUnknown_HasNoMechanism() =>
        Assert.Equal(LedgerError.MechanismDoesNotExist, new Bench().Call(Ann, SetWeights(Weights([0], [1]), new NetUid(9))));

    [Fact]
    public void SetWeights_Accepted_StoresTheStretchedRowInItsOrderAndTheBlock()
    {
        var bench = new Bench();

        Assert.Equal(LedgerError.None, bench.Call(Ann, SetWeights(Weights([3, 0, 2], [10, 20, 0]))));

        Assert.Equal([new(3, 32_768), new(0, 65_535), new(2, 0)], bench.Metagraph.Neurons[1].Row(0).Weights);
        Assert.Equal(Now, bench.Metagraph.Neurons[1].Row(0).LastUpdate);
        Assert.Equal(0UL, bench.Metagraph.Neurons[2].Row(0).LastUpdate);
    }

    [Fact]
    public void SetWeights_SecondMechanism_HasRowsAndLimitsOfItsOwn()
    {
        var bench = new Bench();
        bench.Hyper = bench.Hyper with { MechanismCount = 2 };
        Assert.Equal(LedgerError.None, bench.Call(Ann, SetWeights(Weights([0], [1]))));

        Assert.Equal(LedgerError.None, bench.Call(Ann, SetWeights(Weights([2], [1], mechanism: 1))));

        Assert.Equal([new(0, 65_535)], bench.Metagraph.Neurons[1].Row(0).Weights);
        Assert.Equal([new(2, 65_535)], bench.Metagraph.Neurons[1].Row(1).Weights);
        Assert.Equal(LedgerError.SettingWeightsTooFast, bench.Call(Ann, SetWeights(Weights([2], [1], mechanism: 1))));
        Assert.Equal(LedgerError.MechanismDoesNotExist, bench.Call(Ann, SetWeights(Weights([2], [1], mechanism: 2))));
    }

    [Theory]
    [InlineData(0UL, 100UL, LedgerError.None)]
    [InlineData(Now - 100, 100UL, LedgerError.None)]
    [InlineData(Now - 99, 100UL, LedgerError.SettingWeightsTooFast)]
    [InlineData(Now, 1UL, LedgerError.SettingWeightsTooFast)]
    [InlineData(Now, 0UL, LedgerError.None)]
    public void SetWeights_SomeBlocksLater_PassesFromTheLimitOn(ulong lastUpdate, ulong limit, LedgerError expected)
    {
        var bench = new Bench();
        bench.Hyper = bench.Hyper with { WeightsRateLimit = limit };
        bench.Spoil(1, neuron => neuron.WithRow(0, new NeuronRow { LastUpdate = lastUpdate }));

        Assert.Equal(expected, bench.Call(Ann, SetWeights(Weights([0], [1]))));
    }

    [Theory]
    [InlineData(7UL, 6UL, LedgerError.IncorrectWeightVersionKey)]
    [InlineData(7UL, 7UL, LedgerError.None)]
    [InlineData(7UL, 8UL, LedgerError.None)]
    [InlineData(0UL, 0UL, LedgerError.None)]
    public void SetWeights_VersionKey_MustReachTheSubnets(ulong network, ulong given, LedgerError expected)
    {
        var bench = new Bench();
        bench.Hyper = bench.Hyper with { WeightsVersionKey = network };

        Assert.Equal(expected, bench.Call(Ann, SetWeights(Weights([0], [1], version: given))));
    }

    /// <summary>Hot is uid 0 and the owner's hotkey, Warm is uid 3; neither has a permit.</summary>
    [Fact]
    public void SetWeights_WithoutPermit_OnlyOfTheOwnersHotkeyOrOfOneself()
    {
        var bench = new Bench();
        bench.Hyper = bench.Hyper with { MinAllowedWeights = 2, WeightsRateLimit = 0 };

        Assert.Equal(LedgerError.None, bench.Call(Hot, SetWeights(Weights([1, 2], [1, 1]))));
        Assert.Equal(LedgerError.None, bench.Call(Warm, SetWeights(Weights([3], [7]))));
        Assert.Equal(LedgerError.NeuronNoValidatorPermit, bench.Call(Warm, SetWeights(Weights([2], [7]))));
        Assert.Equal(LedgerError.WeightVecLengthIsLow, bench.Call(Ann, SetWeights(Weights([3], [7]))));
        Assert.Equal([new(3, 65_535)], bench.Metagraph.Neurons[3].Row(0).Weights);
    }

    [Fact]
    public void SetWeights_FewerNeuronsThanTheMinimum_AllOfThemAreEnough()
    {
        var bench = new Bench();
        bench.Hyper = bench.Hyper with { MinAllowedWeights = 1_024 };

        Assert.Equal(LedgerError.WeightVecLengthIsLow, bench.Call(Ann, SetWeights(Weights([0, 1, 2], [1, 1, 1]))));
        Assert.Equal(LedgerError.None, bench.Call(Ann, SetWeights(Weights([0, 1, 2, 3], [1, 1, 1, 1]))));
    }

    /// <summary>Ann's neuron has 1000 of its own, gives a half away, gets a quarter of Bob's 4000, and counts 600 of root by a half.</summary>
    [Theory]
    [InlineData(1_800UL, LedgerError.None)]
    [InlineData(1_801UL, LedgerError.NotEnoughStakeToSetWeights)]
    public void SetWeights_StakeThreshold_CountsLinksAndRoot(ulong threshold, LedgerError expected)
    {
        var bench = new Bench(change: ledger => ledger
            .Stake(Ann, Owner, One, 1_000).Stake(Bob, Owner, One, 4_000).Stake(Ann, Owner, Root, 1_200));
        bench.Metagraph = bench.Metagraph with
        {
            Children = bench.Metagraph.Children.Add(Ann, [new(1UL << 63, Warm)]),
            Parents = bench.Metagraph.Parents.Add(Ann, [new((1UL << 62) + 1, Bob)]),
        };
        bench.Scope.SetParameters(new() { StakeThreshold = threshold, TaoWeight = (1UL << 63) + (1UL << 31) });

        Assert.Equal(expected, bench.Call(Ann, SetWeights(Weights([0], [1]))));
        Assert.Equal(LedgerError.None, bench.Call(Hot, SetWeights(Weights([1], [1]))));
    }

    private sealed class Case
    {
        public Bench Bench { get; } = new(Now);
        public NetUid Netuid { get; set; } = One;
        public AccountId Signer { get; set; } = Ann;
        public List<ushort> Uids { get; } = [0, 2];
        public bool ExtraValue { get; set; }
        public byte Mechanism { get; set; }

        /// <summary>A duplicate stays one.</summary>
        public void Invalidate()
        {
            if (Uids[0] == Uids[1]) Uids[1] = 9;
            Uids[0] = 9;
        }

        public LedgerError Run()
        {
            var values = Enumerable.Repeat((ushort)5, Uids.Count + (ExtraValue ? 1 : 0)).ToArray();
            return Bench.Call(Signer, SetWeights(Weights([.. Uids], values, Mechanism), Netuid));
        }
    }
}

using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Pools;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Registration.RegistrationLedger;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Registration;

public class NetworkRegistrationTests
{
    private const ulong Lock = 1_000_000_000_000;

    private static readonly NetUid s_four = new(4);
    private static readonly Call s_register = Of(CallKind.RegisterNetwork, hotkey: Ghost);

    [Fact]
    public void Register_AFreeNumber_OpensThePoolWithThePriceAtTheMedian()
    {
        var network = Rich().Build().At(7);
        var (issuance, free) = (network.TotalIssuance, network.Free(Ann));

        var outcome = network.Execute(Ann, s_register);

        var books = network.Books(s_four);
        Assert.Equal((s_four, new Tao(Lock)), (outcome.Netuid, outcome.Paid));
        Assert.Equal(free - Lock, network.Free(Ann));
        Assert.Equal(issuance, network.TotalIssuance);

        // Prices 0.1, 0.5 and 1 (the stable one): the middle is a little over 0.5, after seven blocks of emission.
        var median = PoolState.Of(network.Books(Two)).Price;
        Assert.Equal((new Tao(Lock), new Tao(Lock), new Tao(Lock), (Int128)Lock), (books.TaoReserve, books.AccountTao, books.Locked, books.TotalStake));
        Assert.Equal(U64F64.FromInteger(Lock).DivideOrZero(median).ToUInt64Saturating(), books.AlphaReserve.Rao);
        Assert.True(books.AlphaOutstanding.IsZero);
        Assert.Equal((Ann, Ghost), (books.Owner, books.OwnerHotkey));
        Assert.Equal(Ann, network.GetHotkey(Ghost)!.Owner);
        Assert.Equal([Root, One, Two, StableSubnet, s_four], network.Subnets);
        Assert.Equal((new Tao(Lock), 7UL), (network.Parameters.NetworkLastLock, network.Parameters.NetworkLastLockBlock));
    }

    [Fact]
    public void Register_AFreeNumber_StartsFromTheDefaultsOfANewSubnet()
    {
        var network = Rich().With(ledger => ledger.Parameters = ledger.Parameters with { DefaultTempo = 3, DefaultWeightsRateLimit = 9 }).Build().At(7);
        network.Execute(Ann, s_register);

        var books = network.Books(s_four);
        Assert.Equal(SubnetHyperparameters.OfNewSubnet with { WeightsRateLimit = 9 }, books.Hyper);
        Assert.True(books.Hyper.CommitReveal && books.Hyper.Yuma3);
        Assert.False(books.EmissionEnabled || books.SubtokenEnabled || books.SwapInitialised);
        Assert.True(books.RegistrationAllowed && books.OwnerCutEnabled && books.TransferEnabled);
        Assert.Null(books.FirstEmissionBlock);
        Assert.Equal((1, new Tao(1_000_000_000), (ushort)3, 6UL), (books.Mechanism, books.Burn, books.Tempo, books.LastEpochBlock));
        Assert.Equal((7UL, 1UL), (books.RegisteredAt.Value, books.Generation));
        var neuron = Assert.Single(network.GetMetagraph(s_four).Neurons);
        Assert.Equal((Ghost, 7UL), (neuron.Hotkey, neuron.RegisteredAt));
    }

    /// <summary>An owner who must keep the deposit pays less than the minimum; the pool is credited with the minimum all the same.</summary>
    [Fact]
    public void Register_WithExactlyThePrice_KeepsTheDepositAndCreditsTheMinimum()
    {
        var network = new TestLedger().Balance(Ann, Lock).Build();

        var outcome = network.Execute(Ann, s_register);

        var books = network.Books(s_four);
        Assert.Equal(new Tao(Lock - 500), outcome.Paid);
        Assert.Equal((new Tao(Lock), new Tao(Lock - 500), new Tao(Lock - 500)), (books.TaoReserve, books.AccountTao, books.Locked));
        Assert.Equal(new Tao(Lock - 500), network.Parameters.NetworkLastLock);
        Assert.Equal(500UL, network.Free(Ann));
    }

    [Fact]
    public void Register_AtTheLimit_DissolvesTheCheapestAndTakesItsNumber()
    {
        var network = Rich().With(ledger =>
        {
            ledger.Parameters = ledger.Parameters with { SubnetLimit = 3, NetworkImmunity = 0 };
            ledger.Books(Two).MovingPrice = new I96F32(399_999_999);
            ledger.Books(Two).Generation = 4;
            ledger.AccountSurplus[Two] = new Tao(700);
        }).Stake(Hot, Bob, Two, 500_000_000_000).Build();

        var outcome = network.Execute(Ann, s_register);

        Assert.Equal(Two, outcome.Netuid);
        Assert.Equal([Root, One, Two, StableSubnet], network.Subnets);
        Assert.Equal(0UL, network.Position(Hot, Bob, Two));
        var books = network.Books(Two);
        Assert.Equal((Ann, 5UL), (books.Owner, books.Generation));

        // The median is taken without the subnet that left: between 0.1 and the stable one's 1.
        Assert.Equal(new Alpha(1_818_181_818_181), books.AlphaReserve);
        Assert.Equal(new Tao(Lock + 500), books.AccountTao);
    }

    /// <summary>At the limit, with an owner who cannot pay, nothing is dissolved.</summary>
    [Fact]
    public void Register_AtTheLimitWithoutTheMoney_LeavesTheOtherAlone()
    {
        var network = new TestLedger().With(ledger => ledger.Parameters = ledger.Parameters with { SubnetLimit = 3, NetworkImmunity = 0 })
            .Balance(Ann, 0).Build();

        Assert.Equal(LedgerError.CannotAffordLockCost, network.Execute(Ann, s_register).Error);
        Assert.Equal([Root, One, Two, StableSubnet], network.Subnets);
    }

    [Fact]
    public void Register_OnANumberUsedBefore_InheritsWhatTheChainNeverClears()
    {
        var autoStake = RegistrationLedger.Of(Neuron(Hot)) with
        {
            AutoStake = Metagraph.Empty.AutoStake.Add(Bob, Warm),
            ChildTakes = Metagraph.Empty.ChildTakes.Add(Hot, 5),
        };
        var network = Rich().With(ledger =>
        {
            var books = ledger.Books(One);
            books.OwnerCutEnabled = books.TransferEnabled = books.RegistrationAllowed = false;
            books.FeeRate = new FeeRate(99);
            books.Hyper = new SubnetHyperparameters
            {
                RecycleIncentive = true,
                MinNonImmuneUids = 3,
                RootClaimThreshold = 4,
                MinChildTake = 5,
                ImmuneOwnerUids = 6,
                MaxUids = 7,
            };
        }).Build((One, autoStake));

        network.Execute(default, Of(CallKind.DissolveNetwork, One));
        var outcome = network.Execute(Ann, s_register);

        Assert.Equal(One, outcome.Netuid);
        var after = network.Books(One);
        Assert.Equal(
            SubnetHyperparameters.OfNewSubnet with { RecycleIncentive = true, MinNonImmuneUids = 3, RootClaimThreshold = 4, MinChildTake = 5 },
            after.Hyper);
        Assert.Equal((false, true, true, FeeRate.Default), (after.OwnerCutEnabled, after.TransferEnabled, after.RegistrationAllowed, after.FeeRate));
        Assert.Equal(Warm, network.GetMetagraph(One).AutoStake[Bob]);
        Assert.Empty(network.GetMetagraph(One).ChildTakes);
        Assert.Equal(Ghost, Assert.Single(network.GetMetagraph(One).Neurons).Hotkey);
    }

    /// <summary>A gift to the account of a subnet that is gone is found there by the next one, and is in no pool.</summary>
    [Fact]
    public void Register_OnANumberWhoseAccountHoldsTao_TakesItIn()
    {
        var network = Rich().Build();
        network.Execute(Bob, new Call { Kind = CallKind.Transfer, ToColdkey = AccountId.OfSubnet(s_four), Amount = 12_345 });

        network.Execute(Ann, s_register);

        Assert.Equal((new Tao(Lock), new Tao(Lock + 12_345)), (network.Books(s_four).TaoReserve, network.Books(s_four).AccountTao));
        Assert.Equal(Tao.Zero, network.GetFree(AccountId.OfSubnet(s_four)));
    }

    /// <summary>Every root validator becomes a parent of the owner's hotkey; the hotkey itself does not, nor one with too little stake.</summary>
    [Fact]
    public void Register_WithRootValidators_MakesThemParentsAtOnce()
    {
        var network = Rich().With(ledger => ledger.Parameters = ledger.Parameters with { StakeThreshold = 50_000_000_000 })
            .Stake(Warm, Bob, Root, 50_000_000_000).Stake(Key(100), Bob, Root, 49_999_999_999)
            .Build((Root, RegistrationLedger.Of(Neuron(Hot), Neuron(Key(100)), Neuron(Ghost), Neuron(Warm)))).At(2);

        network.Execute(Ann, s_register);

        var metagraph = network.GetMetagraph(s_four);
        Assert.Equal([new ChildLink(ulong.MaxValue, Hot), new ChildLink(ulong.MaxValue, Warm)], metagraph.Parents[Ghost]);
        Assert.Equal([Hot, Warm], metagraph.Children.Keys.Order());
        Assert.Equal(new ChildLink(ulong.MaxValue, Ghost), Assert.Single(metagraph.Children[Warm]));
        Assert.Equal(2UL, metagraph.ChildrenSetAt[Warm]);
    }

    [Fact]
    public void Register_TwoAtOnce_DoublesThePriceAndKeepsTheRateLimit()
    {
        var network = Rich().With(ledger => ledger.Parameters = ledger.Parameters with { NetworkRateLimit = 5 }).Build().At(2);

        Assert.Equal(new Tao(Lock), network.Execute(Ann, s_register).Paid);
        Assert.Equal(LedgerError.NetworkTxRateLimitExceeded, network.At(6).Execute(Ann, s_register).Error);
        Assert.Equal(new Tao(2 * Lock - (5 * (Lock / 100_800))), network.At(7).Execute(Ann, s_register).Paid);
        Assert.Equal(new Tao(2 * Lock - (5 * (Lock / 100_800))), network.Books(new NetUid(5)).TaoReserve);
    }

    [Theory]
    [InlineData(256, 1_024, true)]
    [InlineData(257, 0, false)]
    [InlineData(0, 1_025, false)]
    public void Identity_Lengths_AreBoundedInBytes(int shortBytes, int longBytes, bool isWithin)
    {
        string brief = new('n', shortBytes), wide = new('x', longBytes);

        Assert.Equal(isWithin, new IdentityDetail(brief, wide, wide, wide, brief, wide, wide, wide).IsWithinBounds);
        Assert.False(new IdentityDetail(new string('\u00e9', 129), "", "", "", "", "", "", "").IsWithinBounds);
    }

    private static TestLedger Rich() => new TestLedger().Balance(Ann, 10 * Lock);
}

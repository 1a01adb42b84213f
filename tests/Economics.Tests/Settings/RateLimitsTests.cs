using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Settings;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Settings;

public class RateLimitsTests
{
    private static readonly WeightsDetail OwnWeight = new([0], [1], 0, 0, []);

    /// <summary>A signer and a call, and the same kind of call again in the same block.</summary>
    public static TheoryData<AccountId, Call, Call, LedgerError> Twice => new()
    {
        { Owner, Of(CallKind.IncreaseTake) with { Take = new(1) }, Of(CallKind.IncreaseTake) with { Take = new(2) }, LedgerError.DelegateTxRateLimitExceeded },
        { Owner, Neurons.Bench.SetChildren(Hot), Neurons.Bench.SetChildren(Hot), LedgerError.TxRateLimitExceeded },
        {
            Owner, Of(CallKind.SetChildkeyTake, One) with { Take = new(1) }, Of(CallKind.SetChildkeyTake, One) with { Take = new(2) },
            LedgerError.TxChildkeyTakeRateLimitExceeded
        },
        { Owner, Set("rho", "1"), Set("rho", "2"), LedgerError.TxRateLimitExceeded },
        { Owner, Set("weights_version_key", "1"), Set("weights_version_key", "2"), LedgerError.TxRateLimitExceeded },
        { Owner, Set("owner_hotkey", Warm.ToString()), Set("owner_hotkey", Hot.ToString()), LedgerError.TxRateLimitExceeded },
        { Owner, Of(CallKind.SetTempo, One, 400), Of(CallKind.SetTempo, One, 500), LedgerError.TxRateLimitExceeded },
        { Owner, Of(CallKind.SetActivityCutoffFactor, One, 2_000), Of(CallKind.SetActivityCutoffFactor, One, 3_000), LedgerError.TxRateLimitExceeded },
        { Hot, SetWeights(), SetWeights(), LedgerError.SettingWeightsTooFast },
        { Ann, Of(CallKind.RegisterNetwork, hotkey: Ghost), Of(CallKind.RegisterNetwork, hotkey: Ghost), LedgerError.NetworkTxRateLimitExceeded },
    };

    [Theory]
    [MemberData(nameof(Twice), DisableDiscoveryEnumeration = true)]
    public void SwitchOff_CallAgainInTheSameBlock_IsNotRefusedForALimit(AccountId signer, Call first, Call again, LedgerError limited)
    {
        var bound = Network(NetworkParameters.Default with { NetworkRateLimit = 7_200 }, isOff: false);
        var free = Network(RateLimits.SwitchOff(NetworkParameters.Default with { NetworkRateLimit = 7_200 }), isOff: true);

        Assert.Equal(LedgerError.None, bound.Execute(signer, first).Error);
        Assert.Equal(limited, bound.Execute(signer, again).Error);
        Assert.Equal(LedgerError.None, free.Execute(signer, first).Error);
        Assert.Equal(LedgerError.None, free.Execute(signer, again).Error);
    }

    [Fact]
    public void SwitchOff_SubnetRegisteredLater_HasNoLimitEither()
    {
        var network = Network(RateLimits.SwitchOff(NetworkParameters.Default), isOff: true);

        var netuid = network.Execute(Ann, Of(CallKind.RegisterNetwork, hotkey: Ghost)).Netuid!.Value;

        Assert.True(network.TryGetBooks(netuid, out var books));
        Assert.Equal(0UL, books.Hyper.WeightsRateLimit);
    }

    [Fact]
    public void SwitchOff_NearTheEpoch_NothingIsFrozen()
    {
        var bound = Network(NetworkParameters.Default, isOff: false, lastEpochIsNear: true);
        var free = Network(RateLimits.SwitchOff(NetworkParameters.Default), isOff: true, lastEpochIsNear: true);

        Assert.Equal(LedgerError.AdminActionProhibitedDuringWeightsWindow, bound.Execute(Owner, Set("rho", "1")).Error);
        Assert.Equal(LedgerError.None, free.Execute(Owner, Set("rho", "1")).Error);
    }

    private static SequentialNetwork Network(NetworkParameters parameters, bool isOff, bool lastEpochIsNear = false)
    {
        var ledger = new TestLedger { Parameters = parameters }.Balance(Ann, 10_000_000_000_000);
        var books = ledger.Books(One);
        if (isOff) books.Hyper = RateLimits.SwitchOff(books.Hyper);
        if (lastEpochIsNear) books.Tempo = 5;
        ledger.Neurons[One] = [new Neuron { Hotkey = Hot, HasPermit = true, Rows = [NeuronRow.Empty] }];
        var network = ledger.Build();
        network.MakeBlock();
        return network;
    }

    private static Call Set(string name, string value) => Of(CallKind.SetHyperparameter, One) with { Parameter = name, Value = value };

    private static Call SetWeights() => Of(CallKind.SetWeights, One) with { Detail = OwnWeight };
}

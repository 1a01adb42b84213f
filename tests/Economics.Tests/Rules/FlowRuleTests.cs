using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Rules;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Rules;

/// <summary>The division by TAO flow in whole blocks of the model.</summary>
/// <remarks>Source: rule book 02, 5.8.</remarks>
public class FlowRuleTests
{
    private const ulong Smoothing = 29_597_889_189_277;
    private const ulong Block = 1_000_000_000;

    private static readonly NetUid[] s_subnets = [One, Two, StableSubnet];

    [Fact]
    public void MakeBlock_NothingFlowed_AllTaoIsRecycled()
    {
        var network = Start();

        network.MakeBlock();

        Assert.Equal(Start().TotalIssuance, network.TotalIssuance);
        Assert.All(s_subnets, netuid => Assert.Equal(1_000_000_000UL, network.Books(netuid).AlphaOutEmission.Rao));
    }

    [Fact]
    public void MakeBlock_TaoFlowedIntoOneSubnet_ThatOneGetsTheBlock()
    {
        var network = Start();
        network.MakeBlock();
        Assert.True(network.Execute(Ann, Of(CallKind.AddStake, Two, ManyTao)).IsOk);
        var flow = network.Books(Two).FlowUser;
        Assert.InRange(flow, 1, (long)ManyTao);

        network.MakeBlock();

        Assert.Equal([0UL, Block, 0UL], s_subnets.Select(netuid => Emission(network, netuid)));
        Assert.Equal(new FlowAverage(new BlockNumber(2), Part(flow)), network.Books(Two).FlowAverages.User);
        Assert.Equal(0, network.Books(Two).FlowUser);
    }

    [Theory]
    [InlineData(3_000_000_000, 1_000_000_000)]
    [InlineData(1_000_000_000, 1_000_000_000)]
    public void MakeBlock_TaoFlowedIntoTwoSubnets_TheyShareByTheirFlows(ulong one, ulong two)
    {
        var network = Start();
        network.MakeBlock();
        Assert.True(network.Execute(Ann, Of(CallKind.AddStake, One, one)).IsOk);
        Assert.True(network.Execute(Ann, Of(CallKind.AddStake, Two, two)).IsOk);

        network.MakeBlock();

        // The reference's power is exact to about 2^-16 of a share.
        var expected = Block * one / (one + two);
        Assert.InRange(Emission(network, One), expected - 100_000, expected + 100_000);
        Assert.InRange(Emission(network, One) + Emission(network, Two), Block - 10, Block);
    }

    /// <summary>What emission itself put in moves the other average one block later, and is then subtracted.</summary>
    [Fact]
    public void MakeBlock_TheBlockAfterAnInjection_CountsItAsTheProtocols()
    {
        var network = Start();
        network.MakeBlock();
        Assert.True(network.Execute(Ann, Of(CallKind.AddStake, Two, ManyTao)).IsOk);
        network.MakeBlock();
        var put = network.Books(Two).FlowProtocol;
        Assert.InRange(put, (long)Block - 1, (long)Block);

        network.MakeBlock();

        var averages = network.Books(Two).FlowAverages;
        Assert.Equal(new FlowAverage(new BlockNumber(3), Part(put)), averages.Protocol);
        Assert.Equal(put, averages.ProtocolCounted);
        Assert.InRange(network.Books(Two).FlowProtocol, (long)Block - 1, (long)Block);
    }

    [Fact]
    public void MakeBlock_TaoFlowedOut_ThatOneGetsNothing()
    {
        var network = Start();
        network.MakeBlock();
        Assert.True(network.Execute(Owner, Of(CallKind.RemoveStake, One, 1_000_000_000_000)).IsOk);
        Assert.True(network.Execute(Ann, Of(CallKind.AddStake, Two, 3_000_000)).IsOk);
        var flow = network.Books(One).FlowUser;
        Assert.True(flow < 0);

        network.MakeBlock();

        Assert.Equal([0UL, Block, 0UL], s_subnets.Select(netuid => Emission(network, netuid)));
        Assert.Equal(Part(flow), network.Books(One).FlowAverages.User.Value);
    }

    [Fact]
    public void MakeBlock_SubnetDoesNotEmit_KeepsCountingAndItsAverageStays()
    {
        var network = Start();
        network.Execute(default, Setting("registration_allowed", "false", Two));
        Assert.True(network.Execute(Ann, Of(CallKind.AddStake, Two, ManyTao)).IsOk);
        var flow = network.Books(Two).FlowUser;

        network.MakeBlock();

        Assert.Equal((flow, default), (network.Books(Two).FlowUser, network.Books(Two).FlowAverages));
    }

    /// <summary>Without the rule nothing is smoothed and no counter is reset.</summary>
    [Fact]
    public void MakeBlock_UnderThePinnedRules_FlowIsOnlyCounted()
    {
        var network = new TestLedger().Build();
        Assert.True(network.Execute(Ann, Of(CallKind.AddStake, Two, ManyTao)).IsOk);
        var flow = network.Books(Two).FlowUser;

        network.MakeBlock();

        Assert.Equal((flow, default), (network.Books(Two).FlowUser, network.Books(Two).FlowAverages));
    }

    [Fact]
    public void MakeBlock_EmissionSwitchedOff_TheOthersGetItsPart()
    {
        var network = Start();
        network.MakeBlock();
        network.Execute(default, Setting("emission_enabled", "false", Two));
        Assert.True(network.Execute(Ann, Of(CallKind.AddStake, One, ManyTao)).IsOk);
        Assert.True(network.Execute(Ann, Of(CallKind.AddStake, Two, ManyTao)).IsOk);

        network.MakeBlock();

        Assert.Equal((0UL, true), (Emission(network, Two), Emission(network, One) > Block - 10));
    }

    private static SequentialNetwork Start() => new TestLedger()
        .With(ledger => ledger.Parameters = ledger.Parameters with { Rules = RuleSchedule.Of(RuleSets.June2026Flow) }).Build();

    /// <summary>A flow's part in an average that was 0.</summary>
    private static I64F64 Part(long flow) => default(FlowAverage).Next(new BlockNumber(1), flow, Smoothing).Value;

    private static ulong Emission(SequentialNetwork network, NetUid netuid) =>
        network.Books(netuid).TaoInEmission.Rao + network.Books(netuid).ExcessTao.Rao;
}

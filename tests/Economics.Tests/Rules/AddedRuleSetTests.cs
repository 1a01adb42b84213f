using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Rules;
using Dtao.Economics.Tests.Staking;
using Xunit;

namespace Dtao.Economics.Tests.Rules;

/// <summary>A rule set that nobody has heard of: it is a value, and running it needs no change anywhere.</summary>
public class AddedRuleSetTests
{
    [Fact]
    public void MakeBlock_RuleSetOfThisTest_RunsUnderIt()
    {
        var equal = RuleSets.June2026 with { Name = "equal parts", Date = "2026-07-01", Shares = new EqualParts() };
        var network = new TestLedger().With(ledger => ledger.Parameters = ledger.Parameters with { Rules = RuleSchedule.Of(equal) }).Build();

        network.MakeBlock();

        Assert.Equal("equal parts", network.Parameters.RulesAt(network.Block).Name);
        Assert.All([TestLedger.One, TestLedger.Two, TestLedger.StableSubnet], netuid =>
        {
            var books = network.Books(netuid);
            Assert.InRange(books.TaoInEmission.Rao + books.ExcessTao.Rao, 333_333_331UL, 333_333_333UL);
            Assert.Equal(1, books.FlowAverages.User.Value.Bits);
        });
    }

    [Fact]
    public void MakeBlock_ChangeToARuleSetOfThisTest_HappensAtItsHeight()
    {
        var nothing = RuleSets.June2026 with { Name = "nothing", Shares = new NoParts() };
        var rules = RuleSchedule.Of(RuleSets.June2026, [new(new BlockNumber(2), nothing)]);
        var network = new TestLedger().With(ledger => ledger.Parameters = ledger.Parameters with { Rules = rules }).Build();

        network.MakeBlock();
        var afterOne = network.TotalIssuance;
        network.MakeBlock();

        Assert.True(afterOne > new TestLedger().Build().TotalIssuance);
        Assert.Equal(afterOne, network.TotalIssuance);
    }

    private sealed record EqualParts : IShareRule
    {
        public string About => "equal parts";

        public U64F64[] Of(BlockNumber block, IReadOnlyList<SubnetBlockFacts> emitting) =>
            [.. emitting.Select(_ => U64F64.FromRatio(1, (ulong)emitting.Count))];

        public void Record(SubnetBooks books, BlockNumber block) =>
            books.FlowAverages = books.FlowAverages with { User = new FlowAverage(block, new I64F64(1)) };
    }

    private sealed record NoParts : IShareRule
    {
        public string About => "nothing";

        public U64F64[] Of(BlockNumber block, IReadOnlyList<SubnetBlockFacts> emitting) => [.. emitting.Select(_ => U64F64.Zero)];

        public void Record(SubnetBooks books, BlockNumber block)
        {
        }
    }
}

using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Rules;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestCalls;

namespace Dtao.Economics.Tests.Rules;

public class RuleScheduleTests
{
    private static readonly RuleSchedule s_twoChanges = RuleSchedule.Of(
        RuleSets.June2026, [new(new BlockNumber(5), RuleSets.February2025), new(new BlockNumber(9), RuleSets.June2026Flow)]);

    [Theory]
    [InlineData(0, "2026-06")]
    [InlineData(4, "2026-06")]
    [InlineData(5, "2025-02")]
    [InlineData(8, "2025-02")]
    [InlineData(9, "2026-06-flow")]
    [InlineData(ulong.MaxValue, "2026-06-flow")]
    public void At_BlockAroundAChange_IsTheLastOneThatHasCome(ulong block, string expected) =>
        Assert.Equal(expected, s_twoChanges.At(new BlockNumber(block)).Name);

    [Fact]
    public void RuleSets_Names_AreUniqueAndFound() => Assert.All(RuleSets.All, set =>
    {
        Assert.Single(RuleSets.All, other => other.Name == set.Name);
        Assert.True(RuleSets.TryFind(set.Name, out var found));
        Assert.Same(set, found);
    });

    [Theory]
    [InlineData("7:2025-02", 7, "2025-02")]
    [InlineData("7:2025-02,8:2026-06", 8, "2026-06")]
    [InlineData("", 100, "2026-06")]
    [InlineData(null, 100, "2026-06")]
    public void Setting_ChangesToCome_AreInForceFromTheirBlocks(string? text, ulong block, string expected)
    {
        var error = ParameterSettings.Set(NetworkParameters.Default, "rules_at", text, out var parameters, new BlockNumber(5));

        Assert.Equal(LedgerError.None, error);
        Assert.Equal(expected, parameters.RulesAt(new BlockNumber(block)).Name);
        Assert.Equal("2026-06", parameters.RulesAt(new BlockNumber(6)).Name);
    }

    [Theory]
    [InlineData("5:2025-02")]
    [InlineData("6:2025-02")]
    [InlineData("9:2019-01")]
    [InlineData("9")]
    [InlineData("x:2025-02")]
    [InlineData("9:2025-02,9:2026-06")]
    [InlineData("9:2025-02,8:2026-06")]
    [InlineData("9:2025-02,")]
    [InlineData(" 9:2025-02")]
    public void Setting_TooEarlyUnknownOrNoList_IsRefused(string text)
    {
        var error = ParameterSettings.Set(NetworkParameters.Default, "rules_at", text, out var parameters, new BlockNumber(5));

        Assert.Equal(LedgerError.InvalidParameterValue, error);
        Assert.Equal(RuleSchedule.Default, parameters.Rules);
    }

    /// <summary>A new setting replaces what can still be replaced; what is about to happen, or has, stays.</summary>
    [Fact]
    public void Rescheduled_SomeChangesPast_KeepsThemAndReplacesTheRest()
    {
        var changed = s_twoChanges.Rescheduled(new BlockNumber(4), [new(new BlockNumber(20), RuleSets.June2026)]);

        Assert.Equal([5UL, 20UL], changed!.Changes.Select(change => change.Block.Value));
        Assert.Equal("2025-02", changed.At(new BlockNumber(19)).Name);
    }

    [Fact]
    public void Rescheduled_MoreThanANetworkCanHave_IsRefused()
    {
        var most = Enumerable.Range(10, RuleSchedule.ChangesMax).Select(block => new RuleChange(new BlockNumber((ulong)block), RuleSets.June2026)).ToArray();

        Assert.NotNull(RuleSchedule.Default.Rescheduled(default, [.. most]));
        Assert.Null(RuleSchedule.Default.Rescheduled(default, [.. most, new(new BlockNumber(10_000), RuleSets.June2026)]));
    }

    [Fact]
    public void Of_StoredChangesOutOfOrder_AreNotTakenFor_ASchedule() => Assert.Throws<InvalidDataException>(() =>
        RuleSchedule.Of(RuleSets.June2026, [new(new BlockNumber(5), RuleSets.June2026), new(new BlockNumber(5), RuleSets.February2025)]));

    /// <summary>The network runs as one that knows only the first rules up to the height, and differs from it in that very block.</summary>
    [Fact]
    public void MakeBlock_ChangeAtAHeight_TakesEffectInThatBlock()
    {
        var (changing, fixedRules) = (Weighted(), Weighted());
        Assert.True(changing.Execute(default, Setting("rules_at", "3:2025-02")).IsOk);

        for (var block = 1UL; block <= 3; block++)
        {
            changing.MakeBlock();
            fixedRules.MakeBlock();
            Assert.Equal(block < 3 ? "2026-06" : "2025-02", changing.Parameters.RulesAt(changing.Block).Name);
            var (ours, theirs) = (changing.Books(TestLedger.One), fixedRules.Books(TestLedger.One));
            Assert.Equal(block < 3, ours.QuoteWeight == theirs.QuoteWeight);
            Assert.Equal(block < 3, ours.AlphaReserve == theirs.AlphaReserve);
        }

        Assert.Equal(Perquintill.Half, changing.Books(TestLedger.One).QuoteWeight);
    }

    private static SequentialNetwork Weighted() => new TestLedger().With(ledger =>
    {
        ledger.Books(TestLedger.One).QuoteWeight = new Perquintill(Perquintill.One / 5 * 2);
        ledger.Books(TestLedger.One).SwapInitialised = true;
    }).Build();
}

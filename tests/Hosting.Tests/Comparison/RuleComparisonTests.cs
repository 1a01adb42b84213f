using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Rules;
using Dtao.Hosting.Comparison;
using Dtao.Hosting.Generated;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using Xunit;

namespace Dtao.Hosting.Tests.Comparison;

public class RuleComparisonTests
{
    private static readonly Scenario s_drawn = GeneratedScenario.Create(new() { Subnets = 3, Blocks = 600, Operations = 200 });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Run_OneRuleSetTwice_DiffersInNothing()
    {
        var comparison = RuleComparison.Run(s_drawn, RuleSets.June2026, RuleSets.June2026, null, Token);

        Assert.Empty(comparison.Accounts);
        Assert.Empty(comparison.OneSided);
        Assert.Equal(comparison.First.Outcomes, comparison.Second.Outcomes);
        Assert.Equal(comparison.First.Last.Subnets, comparison.Second.Last.Subnets);
        Assert.True(comparison.Counts.Accepted > 150, $"{comparison.Counts}");
        Assert.Equal(s_drawn.Steps.Count(step => step.Call is not null), comparison.Counts.Accepted + comparison.Counts.Both);
    }

    [Fact]
    public void Run_PriceAgainstFlow_SharesPricesAndAccountsDiffer()
    {
        var comparison = RuleComparison.Run(s_drawn, RuleSets.June2026, RuleSets.June2026Flow, null, Token);

        Assert.All(comparison.First.Last.Subnets.Zip(comparison.Second.Last.Subnets), pair =>
        {
            Assert.Equal(pair.First.Netuid, pair.Second.Netuid);
            Assert.NotEqual(pair.First.SharePpm, pair.Second.SharePpm);
            Assert.NotEqual(pair.First.Price, pair.Second.Price);
        });
        Assert.Equal(comparison.Accounts.Select(account => Int128.Abs(account.Rao)).OrderDescending(), comparison.Accounts.Select(account => Int128.Abs(account.Rao)));
        Assert.NotEmpty(comparison.Accounts);
    }

    [Fact]
    public void Run_OperationThatOneRuleSetRefuses_IsCountedAndNamed()
    {
        var scenario = GeneratedScenario.Create(new());

        var comparison = RuleComparison.Run(scenario, RuleSets.June2026, RuleSets.February2025, null, Token);

        var counts = comparison.Counts;
        Assert.True(counts.OnlyFirst > 0, $"{counts}");
        Assert.Equal(counts.OnlyFirst + counts.OnlySecond, comparison.OneSided.Count());
        Assert.Equal(scenario.Steps.Count(step => step.Call is not null), counts.Accepted + counts.Both + counts.OnlyFirst + counts.OnlySecond);
        Assert.All(comparison.OneSided, operation =>
        {
            Assert.Equal(scenario.Steps.Where(step => step.Call is not null).ElementAt(operation.Number - 1).Call, operation.Call);
            Assert.NotEqual(operation.First, operation.Second);
        });
    }

    [Theory]
    [InlineData("three-subnets-1")]
    [InlineData("refusals-1")]
    [InlineData("root-claims-auto-1")]
    public async Task Run_RecordedScenarioUnderItsOwnRules_HasItsOutcomes(string name)
    {
        var scenario = ScenarioReader.ReadFile(Repository.PathOf("tests", "scenarios", name + ".json"));
        var expected = await ScenarioRunner.Run(scenario, new ModelNetwork(scenario.Genesis));

        var run = RuleRun.Of(scenario, RuleSets.June2026, 10, Token);

        Assert.True(expected.IsPassed);
        Assert.Equal(
            ((IReadOnlyList<object?>)expected.State["results"]!).Select(result => ((CanonicalObject)result!).TryGetValue("error", out var error) ? (string)error! : "None"),
            run.Outcomes.Select(outcome => outcome.Error.ToString()));
        Assert.Equal(expected.State["total_issuance"], run.Last.TotalIssuance.Rao.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(100, new[] { 0, 100, 200, 300, 400, 500, 600 })]
    [InlineData(250, new[] { 0, 250, 500, 600 })]
    [InlineData(1_000, new[] { 0, 600 })]
    public void Run_EverySoManyBlocks_SamplesThemAndTheEnd(ulong every, int[] blocks)
    {
        var run = RuleRun.Of(s_drawn, RuleSets.June2026, every, Token);

        Assert.Equal(blocks.Select(block => (ulong)block), run.Samples.Select(sample => sample.Block.Value));
    }

    [Fact]
    public void Sample_Emission_IsWhatTheNextBlockBrings()
    {
        var network = new SequentialNetwork(GenesisBuilder.Build(s_drawn.Genesis));
        for (var block = 0; block < 50; block++)
        {
            var sample = NetworkSample.Of(network);
            network.MakeBlock();

            Assert.All(sample.Subnets, subnet =>
            {
                Assert.True(network.TryGetBooks(subnet.Netuid, out var books));
                // The split into liquidity and a purchase floors twice.
                Assert.InRange(subnet.Emission.Rao - (books.TaoInEmission.Rao + books.ExcessTao.Rao), 0UL, 2UL);
            });
            Assert.InRange(sample.Subnets.Aggregate(0UL, (sum, subnet) => sum + subnet.SharePpm), 999_990UL, 1_000_000UL);
        }
    }

    [Fact]
    public void Sample_RootStakerAfterAnEpoch_IsOwedDividendsUntilTheyAreClaimed()
    {
        var scenario = GeneratedScenario.Create(new() { Subnets = 3, Blocks = 400, Operations = 0 });
        var parameters = scenario.Genesis.Parameters;
        var unclaimed = scenario with { Genesis = scenario.Genesis with { Parameters = parameters with { NumRootClaim = 0 } } };
        var staker = GeneratedNetwork.Staker(1);

        var owed = RuleRun.Of(unclaimed, RuleSets.June2026, 100, Token).Last.Worth(staker);
        var claimed = RuleRun.Of(scenario, RuleSets.June2026, 100, Token).Last.Worth(staker);
        var sold = RuleRun.Of(unclaimed, RuleSets.February2025, 100, Token).Last.Worth(staker);

        Assert.True(owed.Owed > 0);
        Assert.True(claimed.Owed < owed.Owed);
        Assert.Equal((UInt128)0, sold.Owed);
        Assert.Equal(owed.Free.Rao + owed.Staked + owed.Owed, owed.Rao);
    }

    [Fact]
    public void Run_ScenarioThatChangesItsRules_IsRefusedWithThePlace()
    {
        var change = new ScenarioStep(0, default, new Call { Kind = CallKind.Admin, Parameter = "rules_at", Value = "9:2025-02" });

        var fault = Assert.Throws<ScenarioFormatException>(() => RuleRun.Of(s_drawn with { Steps = [change] }, RuleSets.June2026, 1, Token));

        Assert.StartsWith("$.steps[0]: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_GenesisBeyondTheLedger_IsRefusedWithThePlace()
    {
        var genesis = s_drawn.Genesis with { Balances = [(GeneratedNetwork.Staker(1), new Tao(ulong.MaxValue)), (GeneratedNetwork.Staker(2), new Tao(1))] };

        var fault = Assert.Throws<ScenarioFormatException>(() => RuleRun.Of(s_drawn with { Genesis = genesis }, RuleSets.June2026, 1, Token));

        Assert.StartsWith("$.genesis: ", fault.Message, StringComparison.Ordinal);
    }
}

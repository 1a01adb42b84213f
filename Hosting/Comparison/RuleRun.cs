using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Rules;
using Dtao.Hosting.Scenarios;

namespace Dtao.Hosting.Comparison;

/// <summary>What came of one operation, and the block that it belongs to.</summary>
public readonly record struct RunOutcome(BlockNumber Block, LedgerError Error);

/// <summary>A scenario run on the sequential model under one rule set, from its first block to its last.</summary>
/// <param name="Samples">At block 0, at every so many blocks before the operations of that block, and at the end after all operations.</param>
/// <param name="Outcomes">Of the operations in their order.</param>
public sealed record RuleRun(RuleSet Rules, IReadOnlyList<NetworkSample> Samples, IReadOnlyList<RunOutcome> Outcomes)
{
    /// <summary>How many samples a run has at most when nobody says how often to take one.</summary>
    public const ulong SamplesDefault = 200;

    private const string RulesSetting = "rules_at";

    public NetworkSample Last => Samples[^1];

    /// <summary>How many blocks a scenario makes.</summary>
    public static ulong BlocksOf(Scenario scenario)
    {
        ulong sum = 0;
        foreach (var step in scenario.Steps) sum = SaturatingMath.Add(sum, step.Blocks);
        return sum;
    }

    /// <param name="every">Blocks between two samples, at least 1.</param>
    /// <exception cref="ScenarioFormatException">The scenario changes its rules, or its genesis holds more than a ledger can.</exception>
    public static RuleRun Of(Scenario scenario, RuleSet rules, ulong every, CancellationToken cancellationToken)
    {
        RefuseChangesOfRules(scenario);
        var network = Start(scenario.Genesis, rules);
        var samples = new List<NetworkSample> { NetworkSample.Of(network) };
        var outcomes = new List<RunOutcome>();
        foreach (var (blocks, signer, call) in scenario.Steps)
        {
            if (call is not null) outcomes.Add(new(network.Block, network.Execute(signer, call).Error));
            for (ulong made = 0; made < blocks; made++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                network.MakeBlock();
                if (network.Block.Value % every == 0) samples.Add(NetworkSample.Of(network));
            }
        }

        // The end replaces a sample of the same block, which was taken before the block's operations.
        if (samples[^1].Block == network.Block) samples.RemoveAt(samples.Count - 1);
        samples.Add(NetworkSample.Of(network));
        return new RuleRun(rules, samples, outcomes);
    }

    private static SequentialNetwork Start(GenesisState genesis, RuleSet rules)
    {
        try
        {
            return new(GenesisBuilder.Build(genesis with { Parameters = genesis.Parameters with { Rules = RuleSchedule.Of(rules) } }));
        }
        catch (OverflowException caught)
        {
            throw new ScenarioFormatException("$.genesis: the amounts add up to more than a ledger can hold.", caught);
        }
        catch (ArgumentException caught)
        {
            throw new ScenarioFormatException($"$.genesis: a hotkey or subnet is there twice. {caught.Message}", caught);
        }
    }

    private static void RefuseChangesOfRules(Scenario scenario)
    {
        for (var step = 0; step < scenario.Steps.Count; step++)
        {
            if (scenario.Steps[step].Call is { Kind: CallKind.Admin, Parameter: RulesSetting })
                throw new ScenarioFormatException($"$.steps[{step}]: '{RulesSetting}' changes the rules, and each run of a comparison has one rule set.");
        }
    }
}

namespace Dtao.Hosting.Scenarios;

/// <summary>What a run came to.</summary>
/// <param name="State">The final state, with results.</param>
/// <param name="Sha256">Its digest.</param>
/// <param name="Differences">What is not as expected, the earliest first; empty when the scenario passed.</param>
public sealed record ScenarioRun(CanonicalObject State, string Sha256, IReadOnlyList<string> Differences)
{
    public bool IsPassed => Differences.Count == 0;
}

/// <summary>Runs a scenario's steps in order and compares what comes out.</summary>
public static class ScenarioRunner
{
    public static async Task<ScenarioRun> Run(Scenario scenario, IScenarioNetwork network)
    {
        var differences = new List<string>();
        var results = new List<object?>();
        var checkpoints = scenario.Expect.Checkpoints.ToDictionary(checkpoint => checkpoint.Steps, checkpoint => checkpoint.Sha256);
        for (var step = 0; step < scenario.Steps.Count; step++)
        {
            var (blocks, signer, call) = scenario.Steps[step];
            if (call is null) await network.MakeBlocks(blocks);
            else results.Add(CanonicalResults.Of(await network.Execute(signer, call), scenario.Aliases));

            if (!checkpoints.TryGetValue(step + 1, out var expected)) continue;
            var digest = CanonicalJson.Sha256(await ReadState(scenario, network, results: null));
            if (digest != expected) differences.Add($"checkpoint after step {step + 1}: {digest}, expected {expected}");
        }

        var state = await ReadState(scenario, network, results);
        var sha256 = CanonicalJson.Sha256(state);
        differences.AddRange(ScenarioComparison.Differences(state, sha256, scenario.Expect));
        return new ScenarioRun(state, sha256, differences);
    }

    private static async Task<CanonicalObject> ReadState(Scenario scenario, IScenarioNetwork network, IReadOnlyList<object?>? results) =>
        CanonicalState.Of(await network.Read(), scenario.Name, scenario.Aliases, results);
}

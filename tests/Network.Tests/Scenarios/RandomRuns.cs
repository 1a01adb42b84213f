using CsCheck;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;

namespace Dtao.Network.Tests.Scenarios;

/// <summary>Random scenarios on a cluster that is restarted on the way and on the sequential model: the same to the rao, with clean books.</summary>
internal static class RandomRuns
{
    /// <param name="networks">How many scenarios are drawn.</param>
    /// <param name="model">Makes the model of a network; what it counts is the test's.</param>
    /// <param name="onModel">Told each run of the model.</param>
    public static Task AssertAgree(
        Gen<Scenario> scenarios, int networks, Func<GenesisState, Task<IRestartable>> start, Func<GenesisState, IScenarioNetwork> model,
        Action<ScenarioRun>? onModel = null) => scenarios.SampleAsync(
            async scenario =>
            {
                await using var cluster = await start(scenario.Genesis);
                await using var modelled = model(scenario.Genesis);
                var expected = await ScenarioRunner.Run(scenario, modelled);
                var ran = await ScenarioRunner.Run(scenario, new RestartingNetwork(cluster, scenario.Steps.Count * 2 / 3));

                onModel?.Invoke(expected);
                Assert.Equal(Text(expected), Text(ran));
                await cluster.AssertClean();
            },
            iter: networks,
            threads: 1,
            print: scenario => string.Join('\n', scenario.Steps));

    private static string Text(ScenarioRun run) => System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(run.State));
}

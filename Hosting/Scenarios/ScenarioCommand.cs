using System.Text.Json;
using Dtao.Economics.Ledger;

namespace Dtao.Hosting.Scenarios;

/// <summary>Runs scenario files and prints for each whether what came out is what was expected.</summary>
public static class ScenarioCommand
{
    private const int DifferencesShownMax = 5;

    /// <param name="cluster">Starts a network in this process for a genesis; null where there is only the model.</param>
    /// <returns>0 when every scenario passed, 1 when one failed, 2 when the arguments are wrong.</returns>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, Func<GenesisState, Task<IScenarioNetwork>>? cluster = null)
    {
        var isModel = false;
        string? stateFile = null;
        var files = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--model") isModel = true;
            else if (arguments[i] == "--out" && i + 1 < arguments.Count) stateFile = arguments[++i];
            else if (arguments[i].StartsWith('-')) return Usage(output, $"unknown option {arguments[i]}");
            else files.Add(arguments[i]);
        }

        if (files.Count == 0) return Usage(output, "no scenario named");
        if (stateFile is not null && files.Count > 1) return Usage(output, "--out takes the state of one scenario");
        if (!isModel && cluster is null) return Usage(output, "only the model can run scenarios here: add --model");

        Func<GenesisState, Task<IScenarioNetwork>> start =
            isModel ? genesis => Task.FromResult<IScenarioNetwork>(new ModelNetwork(genesis)) : cluster!;
        var failed = files.Count(file => !RunFile(file, start, stateFile, output).GetAwaiter().GetResult());
        output.WriteLine($"{files.Count - failed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }

    private static async Task<bool> RunFile(
        string file, Func<GenesisState, Task<IScenarioNetwork>> start, string? stateFile, TextWriter output)
    {
        Scenario scenario;
        try
        {
            scenario = ScenarioReader.ReadFile(file);
        }
        catch (Exception fault) when (fault is ScenarioFormatException or JsonException or IOException or UnauthorizedAccessException)
        {
            output.WriteLine($"{Path.GetFileName(file)}: cannot be run: {fault.Message}");
            return false;
        }

        await using var network = await start(scenario.Genesis);
        var run = await ScenarioRunner.Run(scenario, network);
        if (stateFile is not null) await File.WriteAllBytesAsync(stateFile, CanonicalJson.Write(run.State));
        output.WriteLine($"{scenario.Name}: {(run.IsPassed ? "ok" : "FAILED")}, {scenario.Steps.Count} steps, sha256 {run.Sha256}");
        foreach (var difference in run.Differences.Take(DifferencesShownMax)) output.WriteLine($"  {difference}");
        return run.IsPassed;
    }

    private static int Usage(TextWriter output, string problem)
    {
        output.WriteLine(problem);
        output.WriteLine("usage: conformance scenario [--model] [--out FILE] FILE...");
        return 2;
    }
}

using System.Text.Json;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Hosting.Scenarios;

/// <summary>One step: blocks to make, or a call of a signer.</summary>
/// <param name="Blocks">How many blocks; 0 for a call.</param>
public sealed record ScenarioStep(ulong Blocks, AccountId Signer, Call? Call);

/// <summary>The state's digest without results after the first <paramref name="Steps"/> steps.</summary>
public sealed record ScenarioCheckpoint(int Steps, string Sha256);

/// <summary>What must come out: always a digest; the whole state in small scenarios, figures and checkpoints in large ones.</summary>
public sealed record ScenarioExpectation(
    string? Sha256, JsonElement? State, JsonElement? Figures, IReadOnlyList<ScenarioCheckpoint> Checkpoints);

/// <summary>A whole network at block 0, a list of steps, and the state that must come out.</summary>
/// <remarks>Source: scenarios, "File".</remarks>
public sealed record Scenario(
    string Name, Aliases Aliases, GenesisState Genesis, IReadOnlyList<ScenarioStep> Steps, ScenarioExpectation Expect);

using System.Text.Json.Nodes;
using Dtao.Hosting.Chaos;

namespace Dtao.Cli.Chaos;

/// <summary>What became of a planned fault.</summary>
/// <param name="AtMilliseconds">When it struck, since the beginning.</param>
/// <param name="What">Whom it hit, and what happened then.</param>
internal sealed record StruckFault(PlannedFault Planned, long AtMilliseconds, string What)
{
    /// <summary>Until two more blocks were closed; null where blocks were not waited for.</summary>
    public long? RecoveryMilliseconds { get; init; }

    /// <summary>Of a pause: whether the others declared the silo dead, and whether it ended when it was continued.</summary>
    public bool? IsEvicted { get; init; }

    /// <summary>Of a storage window: requests that met a fault while it was open, as far as the silos lived to note them.</summary>
    public long? StorageCalls { get; init; }
}

/// <summary>A trial's result.</summary>
internal sealed record ChaosReport(ChaosOptions Options, IReadOnlyList<PlannedFault> Plan)
{
    public required IReadOnlyList<StruckFault> Faults { get; init; }

    public required IReadOnlyList<ChaosCheck> Checks { get; init; }

    public required IReadOnlyDictionary<string, long> Operations { get; init; }

    /// <summary>Requests that met a fault, by its kind.</summary>
    public required IReadOnlyDictionary<string, long> StorageCalls { get; init; }

    /// <summary>Silos that ended without being hit, and starts that failed and were repeated.</summary>
    public required IReadOnlyList<string> Incidents { get; init; }

    public required ulong Blocks { get; init; }

    /// <summary>The longest time without a new block.</summary>
    public required long SilenceMilliseconds { get; init; }

    public required long Milliseconds { get; init; }

    public bool IsPassed => Checks.Count > 0 && Checks.All(check => check.IsPassed);

    public int Of(FaultKind kind) => Faults.Count(fault => fault.Planned.Kind == kind);

    public JsonObject ToJson() => new()
    {
        ["passed"] = IsPassed,
        ["seed"] = Options.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["silos"] = Options.Silos,
        ["clients"] = Options.Clients,
        ["membership_timeout_ms"] = ChaosOptions.MembershipTimeoutMilliseconds,
        ["milliseconds"] = Milliseconds,
        ["blocks"] = Blocks,
        ["longest_without_block_ms"] = SilenceMilliseconds,
        ["plan"] = new JsonArray([.. Plan.Select(ToJson)]),
        ["faults_total"] = Faults.Count,
        ["faults_by_kind"] = new JsonObject(Enum.GetValues<FaultKind>().Where(kind => kind != FaultKind.None)
            .Select(kind => KeyValuePair.Create<string, JsonNode?>(NameOf(kind), Of(kind)))),
        ["faults"] = new JsonArray([.. Faults.Select(fault => new JsonObject
        {
            ["number"] = fault.Planned.Number,
            ["kind"] = NameOf(fault.Planned.Kind),
            ["at_ms"] = fault.AtMilliseconds,
            ["what"] = fault.What,
            ["two_blocks_after_ms"] = fault.RecoveryMilliseconds,
            ["evicted_and_ended"] = fault.IsEvicted,
            ["storage_calls"] = fault.StorageCalls,
        })]),
        ["storage_calls"] = Counts(StorageCalls),
        ["operations"] = Counts(Operations),
        ["incidents"] = new JsonArray([.. Incidents.Select(incident => JsonValue.Create(incident))]),
        ["checks"] = new JsonArray([.. Checks.Select(check => new JsonObject
        {
            ["name"] = check.Name,
            ["passed"] = check.IsPassed,
            ["extent"] = check.Extent,
            ["faults"] = new JsonArray([.. check.Faults.Select(fault => JsonValue.Create(fault))]),
        })]),
    };

    public static string NameOf(FaultKind kind) => kind switch
    {
        FaultKind.Kill => "kill",
        FaultKind.Pause => "pause",
        FaultKind.Restart => "restart",
        FaultKind.Add => "add",
        FaultKind.StorageRestart => "storage_restart",
        FaultKind.StorageWindow => "storage_window",
        _ => "none",
    };

    private static JsonObject ToJson(PlannedFault fault) => new()
    {
        ["number"] = fault.Number,
        ["kind"] = NameOf(fault.Kind),
        ["not_before_ms"] = fault.AtMilliseconds,
        ["choice"] = fault.Choice,
        ["lasts_ms"] = fault.Milliseconds,
        ["rates"] = fault.Rates?.ToJson(),
    };

    private static JsonObject Counts(IReadOnlyDictionary<string, long> counts) =>
        new(counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => KeyValuePair.Create<string, JsonNode?>(count.Key, count.Value)));
}

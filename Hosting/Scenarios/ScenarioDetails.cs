using System.Collections.Immutable;
using System.Text.Json;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Hosting.Scenarios;

/// <summary>Reads the arguments of a step that only a few operations have.</summary>
/// <remarks>Source: scenarios, "Steps".</remarks>
internal static class ScenarioDetails
{
    public static CallDetail? Read(CallKind kind, JsonElement step, Aliases aliases) => kind switch
    {
        CallKind.SetWeights => new WeightsDetail(
            [.. JsonFields.Required(step, "uids").EnumerateArray().Select(JsonFields.ShortNumber)],
            [.. JsonFields.Required(step, "values").EnumerateArray().Select(JsonFields.ShortNumber)],
            JsonFields.Optional(step, "version_key") is { } version ? JsonFields.Number(version) : 0, 0, []),
        CallKind.SetChildren => new ChildrenDetail(
            [.. JsonFields.Required(step, "children").EnumerateArray().Select(child =>
                new ChildLink(JsonFields.Number(child[0]), JsonFields.Account(child[1], aliases)))]),
        CallKind.ClaimRoot => new ClaimDetail([.. JsonFields.Required(step, "netuids").EnumerateArray().Select(JsonFields.Netuid)]),
        CallKind.SetRootClaimType => new ClaimTypeDetail(ReadClaimType(JsonFields.Required(step, "type"))),
        _ => null,
    };

    private static RootClaimType ReadClaimType(JsonElement type)
    {
        if (type.ValueKind == JsonValueKind.Array)
        {
            var netuids = type.EnumerateArray().Select(JsonFields.Netuid).ToImmutableSortedSet();
            return new RootClaimType(RootClaimKind.KeepSubnets, [.. netuids]);
        }

        return JsonFields.Text(type) switch
        {
            "Swap" => RootClaimType.Swap,
            "Keep" => RootClaimType.Keep,
            var other => throw new ScenarioFormatException($"'{other}' is not a claim type."),
        };
    }
}

using System.Text.Json;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Rules;

namespace Dtao.Hosting.Scenarios;

/// <summary>Reads and checks scenario documents.</summary>
/// <remarks>Source: scenarios, "File", "Steps" and "What must come out".</remarks>
public static class ScenarioReader
{
    public const string Format = "dtao-scenario/1";

    private static readonly Dictionary<string, CallKind> s_operations = new(StringComparer.Ordinal)
    {
        ["add_stake"] = CallKind.AddStake,
        ["add_stake_limit"] = CallKind.AddStakeLimit,
        ["remove_stake"] = CallKind.RemoveStake,
        ["remove_stake_limit"] = CallKind.RemoveStakeLimit,
        ["remove_stake_full_limit"] = CallKind.RemoveStakeFullLimit,
        ["unstake_all"] = CallKind.UnstakeAll,
        ["unstake_all_alpha"] = CallKind.UnstakeAllAlpha,
        ["move_stake"] = CallKind.MoveStake,
        ["transfer_stake"] = CallKind.TransferStake,
        ["swap_stake"] = CallKind.SwapStake,
        ["swap_stake_limit"] = CallKind.SwapStakeLimit,
        ["recycle_alpha"] = CallKind.RecycleAlpha,
        ["burn_alpha"] = CallKind.BurnAlpha,
        ["add_stake_burn"] = CallKind.AddStakeBurn,
        ["transfer"] = CallKind.Transfer,
        ["transfer_all"] = CallKind.TransferAll,
        ["increase_take"] = CallKind.IncreaseTake,
        ["decrease_take"] = CallKind.DecreaseTake,
        ["try_associate_hotkey"] = CallKind.TryAssociateHotkey,
        ["start_call"] = CallKind.StartCall,
        ["admin"] = CallKind.Admin,
        ["set_weights"] = CallKind.SetWeights,
        ["register_neuron"] = CallKind.RegisterNeuron,
        ["register_network"] = CallKind.RegisterNetwork,
        ["dissolve_network"] = CallKind.DissolveNetwork,
        ["set_children"] = CallKind.SetChildren,
        ["set_childkey_take"] = CallKind.SetChildkeyTake,
        ["claim_root"] = CallKind.ClaimRoot,
        ["set_root_claim_type"] = CallKind.SetRootClaimType,
    };

    public static Scenario ReadFile(string path)
    {
        using var stream = File.OpenRead(path);
        using var document = JsonDocument.Parse(stream);
        return Read(document.RootElement);
    }

    public static Scenario Read(JsonElement root)
    {
        var format = At("$.format", () => JsonFields.Text(JsonFields.Required(root, "format")));
        if (format != Format) throw new ScenarioFormatException($"$.format: The format is '{format}', not '{Format}'.");

        var aliases = At("$.accounts", () => new Aliases(JsonFields.Required(root, "accounts").EnumerateObject().Select(entry =>
            KeyValuePair.Create(entry.Name, ReadKey(entry)))));
        return new Scenario(
            At("$.name", () => JsonFields.Text(JsonFields.Required(root, "name"))),
            aliases,
            At("$.genesis", () => GenesisReader.Read(JsonFields.Required(root, "genesis"), aliases, ReadRules(root))),
            [.. At("$.steps", () => JsonFields.Required(root, "steps").EnumerateArray())
                .Select((step, place) => At($"$.steps[{place}]", () => ReadStep(step, aliases)))],
            At("$.expect", () => ReadExpectation(root)));
    }

    /// <summary>Names the place in the document of whatever is wrong there.</summary>
    private static T At<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ScenarioFormatException caught)
        {
            throw new ScenarioFormatException($"{path}: {caught.Message}", caught);
        }
        catch (Exception caught) when (caught is InvalidOperationException or IndexOutOfRangeException)
        {
            // What System.Text.Json says of a value of another kind than is read.
            throw new ScenarioFormatException($"{path}: a value is of the wrong kind. {caught.Message}", caught);
        }
    }

    /// <summary>The rules that the scenario runs under; without the field, the pinned reference's.</summary>
    private static RuleSchedule ReadRules(JsonElement root)
    {
        if (JsonFields.Optional(root, "rules") is not { } field) return RuleSchedule.Default;
        return RuleSets.TryFind(JsonFields.Text(field), out var rules)
            ? RuleSchedule.Of(rules)
            : throw new ScenarioFormatException($"There are no rules '{JsonFields.Text(field)}'.");
    }

    private static AccountId ReadKey(JsonProperty entry) =>
        AccountId.TryParseHex(JsonFields.Text(entry.Value), out var account)
            ? account
            : throw new ScenarioFormatException($"The key of '{entry.Name}' is not 64 hexadecimal digits.");

    private static ScenarioStep ReadStep(JsonElement step, Aliases aliases)
    {
        if (JsonFields.Optional(step, "blocks") is { } blocks) return new ScenarioStep(JsonFields.Number(blocks), default, null);

        var operation = JsonFields.Text(JsonFields.Required(step, "op"));
        if (!s_operations.TryGetValue(operation, out var kind))
            throw new ScenarioFormatException($"The operation '{operation}' is not one that this version runs.");
        var signer = kind is CallKind.Admin or CallKind.DissolveNetwork ? default : JsonFields.Account(JsonFields.Required(step, "signer"), aliases);
        return new ScenarioStep(0, signer, ReadCall(kind, step, aliases));
    }

    private static Call ReadCall(CallKind kind, JsonElement step, Aliases aliases)
    {
        var netuid = JsonFields.Optional(step, "netuid");
        var parameter = JsonFields.Optional(step, "parameter") is { } name ? JsonFields.Text(name) : null;
        if (kind == CallKind.RegisterNeuron && JsonFields.Optional(step, "limit") is not null) kind = CallKind.RegisterLimit;
        return new Call
        {
            Kind = kind,
            Hotkey = JsonFields.Optional(step, "hotkey") is { } hotkey ? JsonFields.Account(hotkey, aliases) : default,
            Netuid = netuid is { } number ? JsonFields.Netuid(number) : default,
            Amount = JsonFields.Optional(step, "amount") is { } amount ? JsonFields.Number(amount) : 0,
            Limit = JsonFields.Optional(step, "limit") is { } limit ? JsonFields.Number(limit) : null,
            AllowPartial = JsonFields.Optional(step, "partial") is { } partial && JsonFields.Flag(partial),
            ToHotkey = JsonFields.Optional(step, "to_hotkey") is { } toHotkey ? JsonFields.Account(toHotkey, aliases) : null,
            ToNetuid = JsonFields.Optional(step, "to_netuid") is { } toNetuid ? JsonFields.Netuid(toNetuid) : null,
            ToColdkey = JsonFields.Optional(step, "to") is { } to ? JsonFields.Account(to, aliases) : null,
            KeepAlive = JsonFields.Optional(step, "keep_alive") is { } keepAlive && JsonFields.Flag(keepAlive),
            Take = JsonFields.Optional(step, "take") is { } take ? new Take(JsonFields.ShortNumber(take)) : default,
            Parameter = parameter,
            Value = parameter is null ? null : GenesisReader.SettingText(parameter, JsonFields.Required(step, "value"), aliases),
            IsSubnetParameter = kind == CallKind.Admin && netuid is not null,
            Detail = ScenarioDetails.Read(kind, step, aliases),
        };
    }

    private static ScenarioExpectation ReadExpectation(JsonElement root)
    {
        if (JsonFields.Optional(root, "expect") is not { } expect) return new ScenarioExpectation(null, null, null, []);
        return new ScenarioExpectation(
            JsonFields.Optional(expect, "sha256") is { } digest ? JsonFields.Text(digest) : null,
            JsonFields.Optional(expect, "state")?.Clone(),
            JsonFields.Optional(expect, "figures")?.Clone(),
            JsonFields.Optional(expect, "checkpoints") is { } checkpoints
                ? [.. checkpoints.EnumerateArray().Select(ReadCheckpoint)]
                : []);
    }

    private static ScenarioCheckpoint ReadCheckpoint(JsonElement checkpoint) =>
        new((int)JsonFields.Number(checkpoint[0]), JsonFields.Text(checkpoint[1]));
}

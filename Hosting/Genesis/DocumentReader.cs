using System.Numerics;
using System.Text.Json;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Settings;

namespace Dtao.Hosting.Genesis;

/// <summary>Takes a document apart: types, names, bounds, and accounts. What only the whole can tell is <see cref="GenesisValidator"/>'s.</summary>
internal sealed class DocumentReader(FaultList faults)
{
    public const string ScenarioFormat = "dtao-scenario/1";
    private const int NameLengthMax = 128;

    private readonly AccountNames _names = new(faults);
    private NetworkParameters _parameters = NetworkParameters.Default;

    /// <returns>What could be read; null when the document is not even of a known format.</returns>
    public GenesisDocument? Read(JsonElement root)
    {
        if (FormatOf(root) is not { } format) return null;
        var isScenario = format == ScenarioFormat;
        if (JsonFields.Open(root, JsonPath.Root, isScenario ? GenesisFields.Scenario : GenesisFields.Document, faults) is not { } document) return null;

        ReadAliases(document);
        if (!isScenario) return ReadState(document, ReadHead(document));
        if (!document.Require("genesis") || document.Element("genesis") is not { } genesis) return null;
        return JsonFields.Open(genesis, document.PathOf("genesis"), GenesisFields.State, faults) is { } state
            ? ReadState(state, ReadScenarioHead(document))
            : null;
    }

    private string? FormatOf(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            faults.Add(JsonPath.Root, GenesisFaultCode.WrongType, $"Expected an object, found {JsonFields.KindOf(root)}.");
            return null;
        }
        if (!root.TryGetProperty("format", out var format))
        {
            faults.Add("$.format", GenesisFaultCode.MissingField, $"The field 'format' is missing; this version reads '{GenesisDocument.Format}'.");
            return null;
        }
        if (format.ValueKind == JsonValueKind.String && format.GetString() is GenesisDocument.Format or ScenarioFormat) return format.GetString();
        faults.Add("$.format", GenesisFaultCode.UnsupportedFormat, $"This version reads '{GenesisDocument.Format}' and '{ScenarioFormat}'.");
        return null;
    }

    private void ReadAliases(JsonFields document)
    {
        var path = document.PathOf("accounts");
        foreach (var (alias, value, place) in Entries(document, "accounts")) _names.Declare(alias, TextOf(value, place), place);
        _names.CheckDistinct(path);
    }

    private GenesisDocument ReadHead(JsonFields document)
    {
        document.Require("name");
        document.Require("ruleSet");
        var name = BoundedText(document, "name");
        var ruleSet = RuleSetName.Default;
        if (document.Element("ruleSet") is { } element
            && JsonFields.Open(element, document.PathOf("ruleSet"), GenesisFields.RuleSet, faults) is { } fields)
        {
            fields.Require("name");
            var ruleName = fields.Text("name") ?? ruleSet.Name;
            var known = RuleSetName.Known.FirstOrDefault(set => set.Name == ruleName);
            ruleSet = new(ruleName, fields.Text("date") ?? known?.Date ?? string.Empty);
        }
        var interval = (long?)document.Number("blockIntervalMilliseconds", 0, GenesisDocument.BlockIntervalMillisecondsMax);
        return new()
        {
            Name = name ?? string.Empty,
            NetworkId = BoundedText(document, "networkId") ?? name ?? string.Empty,
            RequiresSignatures = ReadSignatures(document),
            RuleSet = ruleSet,
            BlockIntervalMilliseconds = interval ?? GenesisDocument.DefaultBlockIntervalMilliseconds,
            ImportedFrom = BoundedText(document, "importedFrom"),
        };
    }

    private bool ReadSignatures(JsonFields document)
    {
        var text = document.Text("signatures");
        if (text is not (null or GenesisFields.SignaturesOff or GenesisFields.SignaturesRequired))
        {
            faults.Add(
                document.PathOf("signatures"), GenesisFaultCode.OutOfRange,
                $"'{text}' says neither: write '{GenesisFields.SignaturesRequired}' or '{GenesisFields.SignaturesOff}'.");
        }

        return text == GenesisFields.SignaturesRequired;
    }

    private GenesisDocument ReadScenarioHead(JsonFields document)
    {
        document.Require("rules");
        var name = BoundedText(document, "name") ?? "scenario";
        var rules = document.Text("rules") ?? RuleSetName.Default.Name;
        return new()
        {
            Name = name,
            NetworkId = name,
            RuleSet = RuleSetName.Known.FirstOrDefault(known => known.Name == rules) ?? new(rules, string.Empty),
        };
    }

    private GenesisDocument ReadState(JsonFields state, GenesisDocument head)
    {
        state.Require("subnets");
        var hasNoRateLimits = state.Flag("rateLimits") == false;
        if (hasNoRateLimits) _parameters = RateLimits.SwitchOff(_parameters);
        ReadParameters(state);
        ReadFeeAccount(state);
        ReadSudoKey(state);
        List<DocumentBalance> balances = [.. Balances(state, "balances"), .. Balances(state, "devAccounts")];
        List<DocumentHotkey> hotkeys = [.. Hotkeys(state)];
        var subnets = new SubnetReader(_names, hasNoRateLimits, faults).Read(state);
        List<DocumentStake> stakes = [.. Stakes(state)];
        return head with
        {
            Parameters = _parameters,
            Aliases = _names.Declared,
            Balances = balances,
            Hotkeys = hotkeys,
            Subnets = subnets,
            Stakes = stakes,
            TotalStake = state.U64("total_stake") is { } total ? new Tao(total) : null,
        };
    }

    private void ReadParameters(JsonFields state)
    {
        if (state.Element("parameters") is not { } element) return;
        if (JsonFields.Open(element, state.PathOf("parameters"), GenesisFields.ParameterNames, faults) is not { } fields) return;
        foreach (var rule in GenesisFields.Parameters)
        {
            if (SettingReader.Read(fields, rule, _names) is not { } text) continue;
            var error = ParameterSettings.Set(_parameters, rule.Name, text, out _parameters);
            if (error != LedgerError.None) throw new InvalidOperationException($"The parameter '{rule.Name}' is in the document's table and the ledger refuses it: {error}.");
        }
    }

    private void ReadFeeAccount(JsonFields state)
    {
        if (state.Has("author") && state.Has("feeAccount"))
        {
            faults.Add(state.PathOf("feeAccount"), GenesisFaultCode.Contradiction, "'feeAccount' and 'author' are two names of one setting; give one.");
        }
        var name = state.Has("feeAccount") ? "feeAccount" : "author";
        if (state.Text(name) is { } text) _parameters = _parameters with { Author = _names.Resolve(text, state.PathOf(name)) };
    }

    private void ReadSudoKey(JsonFields state)
    {
        if (state.Text("sudoKey") is not { } text) return;
        if (_parameters.SudoKey is not null)
        {
            faults.Add(state.PathOf("sudoKey"), GenesisFaultCode.Contradiction, "'sudoKey' and the parameter 'sudo_key' are two names of one setting; give one.");
        }

        _parameters = _parameters with { SudoKey = _names.Resolve(text, state.PathOf("sudoKey")) };
    }

    private IEnumerable<DocumentBalance> Balances(JsonFields state, string section)
    {
        foreach (var (key, value, place) in Entries(state, section))
        {
            if (section == "devAccounts" && !key.StartsWith("//", StringComparison.Ordinal))
            {
                faults.Add(place, GenesisFaultCode.UnknownAccount, $"'{key}' is no dev account; write others under 'balances'.");
                continue;
            }
            var account = _names.Resolve(key, place);
            var amount = JsonFields.WholeNumber(value, place, 0, ulong.MaxValue, faults);
            if (account is { } holder && amount is { } free) yield return new(place, holder, new Tao((ulong)free));
        }
    }

    private IEnumerable<DocumentHotkey> Hotkeys(JsonFields state)
    {
        foreach (var (key, value, place) in Entries(state, "hotkeys"))
        {
            var hotkey = _names.Resolve(key, place);
            if (JsonFields.Open(value, place, GenesisFields.Hotkey, faults) is not { } fields) continue;
            fields.Require("owner");
            var owner = fields.Text("owner") is { } text ? _names.Resolve(text, fields.PathOf("owner")) : null;
            var take = fields.U16("take");
            // A hotkey whose owner is faulty still exists, so that stakes on it are not called faulty, too.
            if (hotkey is { } id) yield return new(place, id, owner ?? id, take is { } parts ? new Take(parts) : null);
        }
    }

    private IEnumerable<DocumentStake> Stakes(JsonFields state)
    {
        foreach (var (element, place) in Items(state, "stakes", faults))
        {
            if (JsonFields.Open(element, place, GenesisFields.Stake, faults) is not { } fields) continue;
            var isWhole = GenesisFields.Stake.Aggregate(true, (soFar, field) => fields.Require(field) && soFar);
            var hotkey = fields.Text("hotkey") is { } hotkeyText ? _names.Resolve(hotkeyText, fields.PathOf("hotkey")) : null;
            var coldkey = fields.Text("coldkey") is { } coldkeyText ? _names.Resolve(coldkeyText, fields.PathOf("coldkey")) : null;
            var netuid = fields.U16("netuid");
            var amount = fields.U64("amount");
            if (isWhole && hotkey is { } on && coldkey is { } by && netuid is { } number && amount is { } rao)
            {
                yield return new(place, on, by, new NetUid(number), new Alpha(rao));
            }
        }
    }

    /// <summary>The entries of a map that is a field of the given object; a key that stands twice is a fault.</summary>
    private IEnumerable<(string Key, JsonElement Value, string Place)> Entries(JsonFields parent, string name)
    {
        if (parent.Element(name) is not { } element) yield break;
        if (element.ValueKind != JsonValueKind.Object)
        {
            faults.Add(parent.PathOf(name), GenesisFaultCode.WrongType, $"Expected an object, found {JsonFields.KindOf(element)}.");
            yield break;
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var path = parent.PathOf(name);
        foreach (var property in element.EnumerateObject())
        {
            var place = JsonPath.Field(path, property.Name);
            if (seen.Add(property.Name)) yield return (property.Name, property.Value, place);
            else faults.Add(place, name == "accounts" ? GenesisFaultCode.DuplicateAlias : GenesisFaultCode.DuplicateField, $"'{property.Name}' stands twice.");
        }
    }

    /// <summary>The items of a list that is a field of the given object.</summary>
    public static IEnumerable<(JsonElement Element, string Place)> Items(JsonFields parent, string name, FaultList faults)
    {
        if (parent.Element(name) is not { } element) yield break;
        if (element.ValueKind != JsonValueKind.Array)
        {
            faults.Add(parent.PathOf(name), GenesisFaultCode.WrongType, $"Expected a list, found {JsonFields.KindOf(element)}.");
            yield break;
        }
        var index = 0;
        foreach (var item in element.EnumerateArray()) yield return (item, JsonPath.Item(parent.PathOf(name), index++));
    }

    private string? TextOf(JsonElement value, string place)
    {
        if (value.ValueKind == JsonValueKind.String) return value.GetString();
        faults.Add(place, GenesisFaultCode.WrongType, $"Expected text, found {JsonFields.KindOf(value)}.");
        return null;
    }

    private string? BoundedText(JsonFields fields, string name)
    {
        if (fields.Text(name) is not { } text) return null;
        if (text.Length is > 0 and <= NameLengthMax && !text.Any(char.IsControl)) return text;
        faults.Add(fields.PathOf(name), GenesisFaultCode.OutOfRange, $"Expected 1 to {NameLengthMax} printable characters.");
        return null;
    }
}

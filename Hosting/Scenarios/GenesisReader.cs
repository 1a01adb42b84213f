using System.Text.Json;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Rules;

namespace Dtao.Hosting.Scenarios;

/// <summary>Reads the genesis part of a scenario document, with its aliases, into plain data.</summary>
/// <remarks>Source: scenarios, "Genesis". Unknown fields are refused.</remarks>
public static class GenesisReader
{
    private static readonly HashSet<string> s_accountFields = new(StringComparer.Ordinal) { "author", "sudo_key", "owner", "owner_hotkey" };

    private static readonly HashSet<string> s_genesisFields = new(StringComparer.Ordinal)
    {
        "author", "parameters", "balances", "hotkeys", "subnets", "stakes", "total_stake",
    };

    public static GenesisState Read(JsonElement genesis, Aliases aliases, RuleSchedule? rules = null)
    {
        foreach (var field in genesis.EnumerateObject())
        {
            if (!s_genesisFields.Contains(field.Name)) throw new ScenarioFormatException($"Genesis has an unknown field '{field.Name}'.");
        }

        return new GenesisState
        {
            Parameters = ReadParameters(genesis, aliases, rules ?? RuleSchedule.Default),
            Balances = [.. Members(genesis, "balances").Select(entry =>
                (aliases.Account(entry.Name), new Tao(JsonFields.Number(entry.Value))))],
            Hotkeys = [.. Members(genesis, "hotkeys").Select(entry => ReadHotkey(entry, aliases))],
            Subnets = ReadSubnets(genesis, aliases),
            Stakes = [.. Items(genesis, "stakes").Select(stake => ReadStake(stake, aliases))],
            TotalStake = JsonFields.Optional(genesis, "total_stake") is { } total ? new Tao(JsonFields.Number(total)) : null,
        };
    }

    /// <summary>The text that a setting takes: an alias becomes its key where the field names an account.</summary>
    internal static string? SettingText(string name, JsonElement value, Aliases aliases) =>
        s_accountFields.Contains(name) && value.ValueKind == JsonValueKind.String
            ? aliases.Account(value.GetString()!).ToString()
            : JsonFields.SettingText(value);

    private static NetworkParameters ReadParameters(JsonElement genesis, Aliases aliases, RuleSchedule rules)
    {
        var parameters = NetworkParameters.Default with { Rules = rules };
        var fields = Members(genesis, "parameters").Select(field => (field.Name, field.Value));
        if (genesis.TryGetProperty("author", out var author)) fields = fields.Append(("author", author));
        foreach (var (name, value) in fields)
        {
            var error = ParameterSettings.Set(parameters, name, SettingText(name, value, aliases), out parameters);
            if (error != LedgerError.None) throw new ScenarioFormatException($"Genesis parameter '{name}': {error}.");
        }

        return parameters;
    }

    private static GenesisHotkey ReadHotkey(JsonProperty entry, Aliases aliases)
    {
        Take? take = JsonFields.Optional(entry.Value, "take") is { } parts ? new Take(JsonFields.ShortNumber(parts)) : null;
        var owner = JsonFields.Account(JsonFields.Required(entry.Value, "owner"), aliases);
        return new GenesisHotkey(aliases.Account(entry.Name), new HotkeyRecord(owner) { StoredTake = take });
    }

    private static List<GenesisSubnet> ReadSubnets(JsonElement genesis, Aliases aliases)
    {
        var subnets = new List<GenesisSubnet>();
        foreach (var subnet in Items(genesis, "subnets"))
        {
            var read = ReadSubnet(subnet, aliases);
            if (subnets.Exists(other => other.Books.Netuid == read.Books.Netuid))
                throw new ScenarioFormatException($"Subnet {read.Books.Netuid} is listed twice.");
            subnets.Add(read);
        }

        return subnets;
    }

    private static GenesisSubnet ReadSubnet(JsonElement subnet, Aliases aliases)
    {
        var books = new SubnetBooks { Netuid = JsonFields.Netuid(JsonFields.Required(subnet, "netuid")) };
        Alpha? alphaOutstanding = null;
        var surplus = Tao.Zero;
        IReadOnlyList<Neuron> neurons = [];
        foreach (var field in subnet.EnumerateObject())
        {
            if (field.Name == "netuid") continue;
            if (field.Name == "account_surplus") surplus = new Tao(JsonFields.Number(field.Value));
            else if (field.Name == "alpha_out") alphaOutstanding = new Alpha(JsonFields.Number(field.Value));
            else if (field.Name == "neurons") neurons = [.. field.Value.EnumerateArray().Select(neuron => ReadNeuron(neuron, aliases))];
            else SetField(books, field, aliases);
        }

        return new GenesisSubnet(books, alphaOutstanding, surplus) { Neurons = neurons };
    }

    private static void SetField(SubnetBooks books, JsonProperty field, Aliases aliases)
    {
        var error = SubnetSettings.Set(books, field.Name, SettingText(field.Name, field.Value, aliases));
        if (error != LedgerError.None) throw new ScenarioFormatException($"Subnet {books.Netuid}, field '{field.Name}': {error}.");
    }

    private static Neuron ReadNeuron(JsonElement neuron, Aliases aliases)
    {
        var registered = JsonFields.Optional(neuron, "registered") is { } block ? JsonFields.Number(block) : 0;
        var updated = JsonFields.Optional(neuron, "last_update") is { } update ? JsonFields.Number(update) : registered;
        return new Neuron
        {
            Hotkey = JsonFields.Account(JsonFields.Required(neuron, "hotkey"), aliases),
            RegisteredAt = registered,
            HasPermit = JsonFields.Optional(neuron, "permit") is { } permit && JsonFields.Flag(permit),
            Rows = [NeuronRow.Empty with { LastUpdate = updated }],
        };
    }

    private static GenesisStake ReadStake(JsonElement stake, Aliases aliases) => new(
        new PositionKey(
            JsonFields.Netuid(JsonFields.Required(stake, "netuid")),
            JsonFields.Account(JsonFields.Required(stake, "hotkey"), aliases),
            JsonFields.Account(JsonFields.Required(stake, "coldkey"), aliases)),
        new Alpha(JsonFields.Number(JsonFields.Required(stake, "amount"))));

    private static IEnumerable<JsonProperty> Members(JsonElement genesis, string name) =>
        JsonFields.Optional(genesis, name) is { } map ? map.EnumerateObject() : Enumerable.Empty<JsonProperty>();

    private static IEnumerable<JsonElement> Items(JsonElement genesis, string name) =>
        JsonFields.Optional(genesis, name) is { } list ? list.EnumerateArray() : Enumerable.Empty<JsonElement>();
}

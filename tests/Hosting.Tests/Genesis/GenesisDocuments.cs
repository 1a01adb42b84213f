using System.Text.Json.Nodes;
using Dtao.Hosting.Genesis;
using Xunit;

namespace Dtao.Hosting.Tests.Genesis;

/// <summary>A small valid document, and changes to it.</summary>
internal static class GenesisDocuments
{
    public const string AliceAddress = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    public const string Small = """
        {
          "format": "dtao-genesis/1", "name": "small", "networkId": "small-1", "ruleSet": {"name": "2026-06", "date": "2026-06-01"},
          "blockIntervalMilliseconds": 1000,
          "accounts": {
            "ann": "fc7b88be598477ec8317a6a176ef73349803933bc2851eb8ceaa9baaa3860b20",
            "ben": "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty",
            "hot": "89013c7fc7356941e65bf5e37e36422a30ba857c5dec9ed08af6633cd4dc9f03"
          },
          "parameters": {"existential_deposit": "500"},
          "balances": {"ann": "1000000000", "ben": 2000000000},
          "devAccounts": {"//Alice": "1000000000000"},
          "hotkeys": {"hot": {"owner": "ann", "take": 5000}},
          "subnets": [
            {"netuid": 0, "mechanism": 0, "subtoken_enabled": true},
            {"netuid": 1, "name": "Lantern", "symbol": "LAN", "owner": "ann", "owner_hotkey": "hot", "tao_in": "3000000000000", "alpha_in": "60000000000000"}
          ],
          "stakes": [
            {"hotkey": "hot", "coldkey": "ann", "netuid": 1, "amount": "5000000000000"},
            {"hotkey": "hot", "coldkey": "ben", "netuid": 0, "amount": "7000000000"}
          ]
        }
        """;

    /// <summary>The small document with one value set; null text removes it.</summary>
    /// <param name="place">Field names and indexes, parted by blanks.</param>
    public static string With(string place, string? json)
    {
        var root = JsonNode.Parse(Small)!;
        var steps = place.Split(' ');
        var parent = root;
        foreach (var step in steps[..^1]) parent = parent is JsonArray ? parent[int.Parse(step)]! : parent[step]!;
        var last = steps[^1];
        if (parent is JsonArray list)
        {
            if (last == "+") list.Add(JsonNode.Parse(json!));
            else list[int.Parse(last)] = JsonNode.Parse(json!);
        }
        else if (json is null)
        {
            ((JsonObject)parent).Remove(last);
        }
        else
        {
            parent[last] = JsonNode.Parse(json);
        }
        return root.ToJsonString();
    }

    public static GenesisDocument Valid(string json)
    {
        var result = GenesisDocumentReader.Read(json);
        Assert.True(result.IsValid, string.Join('\n', result.Faults));
        return result.Document!;
    }
}

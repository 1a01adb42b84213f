using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.TestKit;

/// <summary>What of a network is text, and who has said what about new subnets: two networks have the same when their lines are the same.</summary>
public static class NetworkTexts
{
    public static string Of(INetworkState state)
    {
        IEnumerable<string> lines =
        [
            .. state.Symbols.OrderBy(entry => entry.Key).Select(entry => $"symbol {entry.Key}: {entry.Value}"),
            .. state.Metagraphs.Where(entry => entry.Value.Identity is not null).OrderBy(entry => entry.Key)
                .Select(entry => $"subnet {entry.Key}: {string.Join(", ", entry.Value.Identity!.Texts)}"),
            .. state.Identities.OrderBy(entry => entry.Key).Select(entry => $"coldkey {entry.Key}: {string.Join(", ", entry.Value.Texts)}"),
            .. state.Metagraphs.Where(entry => entry.Key.IsRoot).SelectMany(entry => entry.Value.AutoParents).Select(entry => $"parent {entry.Key}: {entry.Value}"),
        ];
        return string.Join('\n', lines);
    }
}

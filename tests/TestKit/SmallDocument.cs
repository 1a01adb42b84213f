using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Genesis;

namespace Dtao.TestKit;

/// <summary>The small network as a genesis document.</summary>
public static class SmallDocument
{
    public const int Stakers = 8;

    public static AgreedGenesis Agreed(string networkId = "small", long interval = 50) => new(Create(networkId, interval), null);

    public static GenesisDocument Create(string networkId, long interval)
    {
        var state = SmallNetwork.Genesis(SmallNetwork.Author, Stakers);
        return new GenesisDocument
        {
            Name = networkId,
            NetworkId = networkId,
            BlockIntervalMilliseconds = interval,
            Parameters = state.Parameters,
            Balances = [.. state.Balances.Select(balance => new DocumentBalance(string.Empty, balance.Account, balance.Free))],
            Hotkeys = [.. state.Hotkeys.Select(hotkey => new DocumentHotkey(string.Empty, hotkey.Hotkey, hotkey.Record.Owner, Take.Default))],
            Subnets = [.. state.Subnets.Select(subnet => new DocumentSubnet(string.Empty, subnet.Books) { Name = $"subnet {subnet.Books.Netuid}", Symbol = "S" })],
            Stakes =
            [
                .. state.Stakes.Select(stake =>
                    new DocumentStake(string.Empty, stake.Position.Hotkey, stake.Position.Coldkey, stake.Position.Netuid, stake.Amount)),
            ],
        };
    }
}

using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Genesis;
using Dtao.TestKit;

namespace Dtao.Silo.Tests;

/// <summary>The small network as a genesis document, with blocks that follow one another closely.</summary>
internal static class CrashGenesis
{
    public const int Stakers = 8;
    public const string NetworkId = "crash";
    private const int BlockIntervalMilliseconds = 30;

    public static GenesisState State { get; } = SmallNetwork.Genesis(SmallNetwork.Author, Stakers);

    public static byte[] Document()
    {
        var state = State;
        return GenesisWriter.Write(new GenesisDocument
        {
            Name = "crash",
            NetworkId = NetworkId,
            BlockIntervalMilliseconds = BlockIntervalMilliseconds,
            Parameters = state.Parameters,
            Balances = [.. state.Balances.Select(balance => new DocumentBalance(string.Empty, balance.Account, balance.Free))],
            Hotkeys = [.. state.Hotkeys.Select(hotkey => new DocumentHotkey(string.Empty, hotkey.Hotkey, hotkey.Record.Owner, Take.Default))],
            Subnets = [.. state.Subnets.Select(subnet => new DocumentSubnet(string.Empty, subnet.Books) { Name = $"subnet {subnet.Books.Netuid}", Symbol = "S" })],
            Stakes =
            [
                .. state.Stakes.Select(stake =>
                    new DocumentStake(string.Empty, stake.Position.Hotkey, stake.Position.Coldkey, stake.Position.Netuid, stake.Amount)),
            ],
        });
    }
}

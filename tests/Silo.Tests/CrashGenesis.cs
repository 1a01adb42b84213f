using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Genesis;
using Dtao.TestKit;

namespace Dtao.Silo.Tests;

/// <summary>
/// The small network as a genesis document, with blocks that follow one another closely. Beside what the load touches there is a subnet with a validator that
/// every few blocks pay, and whose root dividends every block claims.
/// </summary>
internal static class CrashGenesis
{
    public const int Stakers = 8;
    public const string NetworkId = "crash";
    public static readonly NetUid Earning = new(5);
    public static readonly AccountId Earner = SmallNetwork.Key(14);
    public static readonly AccountId Keeper = SmallNetwork.Key(15);

    /// <summary>What the keeper has on root at genesis.</summary>
    public const ulong KeptOnRoot = 500 * SmallNetwork.OneTao;
    private const int BlockIntervalMilliseconds = 30;

    public static GenesisState State { get; } = SmallNetwork.Genesis(SmallNetwork.Author, Stakers);

    public static GenesisDocument Document()
    {
        var state = State;
        return new GenesisDocument
        {
            Name = "crash",
            NetworkId = NetworkId,
            BlockIntervalMilliseconds = BlockIntervalMilliseconds,
            Parameters = state.Parameters with { NumRootClaim = 50 },
            Balances = [.. state.Balances.Select(balance => new DocumentBalance(string.Empty, balance.Account, balance.Free))],
            Hotkeys =
            [
                .. state.Hotkeys.Select(hotkey => new DocumentHotkey(string.Empty, hotkey.Hotkey, hotkey.Record.Owner, Take.Default)),
                new DocumentHotkey(string.Empty, Earner, Keeper, Take.Default),
            ],
            Subnets =
            [
                .. state.Subnets.Select(subnet => new DocumentSubnet(string.Empty, subnet.Books) { Name = $"subnet {subnet.Books.Netuid}", Symbol = "S" }),
                EarningSubnet(),
            ],
            Stakes =
            [
                .. state.Stakes.Select(stake =>
                    new DocumentStake(string.Empty, stake.Position.Hotkey, stake.Position.Coldkey, stake.Position.Netuid, stake.Amount)),
                new DocumentStake(string.Empty, Earner, Keeper, NetUid.Root, new Alpha(KeptOnRoot)),
                new DocumentStake(string.Empty, Earner, Keeper, Earning, new Alpha(100 * SmallNetwork.OneTao)),
            ],
        };
    }

    private static DocumentSubnet EarningSubnet()
    {
        var books = new SubnetBooks
        {
            Netuid = Earning,
            TaoReserve = new Tao(1_000 * SmallNetwork.OneTao),
            AlphaReserve = new Alpha(1_000 * SmallNetwork.OneTao),
            SubtokenEnabled = true,
            FirstEmissionBlock = new BlockNumber(1),
            Tempo = 3,

            // Above 1, so that root's dividends are kept.
            MovingPrice = new I96F32((Int128)2 << 32),
            Hyper = SubnetHyperparameters.Default with { RootClaimThreshold = 1_000 },
        };
        return new DocumentSubnet(string.Empty, books) { Name = "earning", Symbol = "E", Neurons = [new DocumentNeuron(string.Empty, Earner, 0, 0, HasPermit: true)] };
    }
}

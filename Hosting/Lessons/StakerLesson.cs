using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Hosting.Generated;

namespace Dtao.Hosting.Lessons;

/// <summary>One and the same stake in a subnet that others buy, in a subnet that others sell, and on root.</summary>
public static class StakerLesson
{
    /// <value>90 days of 12 seconds a block.</value>
    public const ulong BlocksDefault = 90 * LessonNetwork.BlocksPerDay;

    public const ulong BlocksMin = Rows;

    private const int Rows = 18;
    private const int Buyer = 4;
    private const int Seller = 5;

    private static readonly NetUid s_rising = new(1);
    private static readonly NetUid s_falling = new(2);
    private static readonly Tao s_stake = new(100 * LessonNetwork.OneTao);
    private static readonly Tao s_boughtDaily = new(4_000 * LessonNetwork.OneTao);
    private static readonly Alpha s_soldDaily = new(10_000 * LessonNetwork.OneTao);
    private static readonly AccountId s_hotkey = GeneratedNetwork.ValidatorHotkey(1);

    public static Lesson Run(ulong blocks, CancellationToken cancellationToken)
    {
        var plan = Plan();
        LessonNetwork? network = null;
        network = new LessonNetwork(plan, Genesis(plan, blocks), cancellationToken) { Daily = () => Crowd(network!) };
        network.AdvanceTo(1);
        var alpha = new[] { s_rising, s_falling, NetUid.Root }
            .Select((netuid, place) => network.Buy(GeneratedNetwork.Staker(place + 1), s_hotkey, netuid, s_stake).Moves[0].Alpha).ToArray();
        var rows = new List<LessonRow>();
        foreach (var mark in LessonNetwork.Marks(blocks, Rows))
        {
            network.AdvanceTo(mark);
            rows.Add(Row(network));
        }

        var end = rows[^1].Values;
        return new Lesson("staker", "The same stake in a rising subnet, in a falling one, and on root")
        {
            Facts =
            [
                new("Blocks", LessonUnit.Count, blocks),
                new("TAO staked in each", LessonUnit.Tao, s_stake.Rao),
                new("Rising: alpha bought", LessonUnit.Alpha, alpha[0].Rao),
                new("Rising: alpha at the end", LessonUnit.Alpha, end[6]),
                new("Rising: TAO if sold at the end", LessonUnit.Tao, end[3]),
                new("Falling: alpha bought", LessonUnit.Alpha, alpha[1].Rao),
                new("Falling: alpha at the end", LessonUnit.Alpha, end[7]),
                new("Falling: TAO if sold at the end", LessonUnit.Tao, end[4]),
                new("Root: TAO at the end", LessonUnit.Tao, end[5]),
            ],
            Columns =
            [
                new("Block", LessonUnit.Count), new("Price, rising", LessonUnit.Price), new("Price, falling", LessonUnit.Price),
                new("TAO if sold, rising", LessonUnit.Tao), new("TAO if sold, falling", LessonUnit.Tao), new("TAO, root", LessonUnit.Tao),
                new("Alpha, rising", LessonUnit.Alpha), new("Alpha, falling", LessonUnit.Alpha),
            ],
            Rows = rows,
            Pictures =
            [
                new("What the stake would bring if it were sold", "TAO", [3, 4, 5]) { FromZero = true },
                new("Alpha of the stake", "alpha", [6, 7]) { FromZero = true },
            ],
        };
    }

    private static GeneratedNetwork Plan()
    {
        var subnet = new GeneratedSubnet(new Tao(600_000 * LessonNetwork.OneTao), new Alpha(1_080_000 * LessonNetwork.OneTao), new Alpha(200_000 * LessonNetwork.OneTao));
        return new()
        {
            Subnets = [subnet, subnet],
            Miners = 1,
            Stakers = Seller,
            ValidatorRoot = new Tao(2_000_000 * LessonNetwork.OneTao),
            Tempo = 360,
            Parameters = NetworkParameters.Default with { NumRootClaim = 1 },
        };
    }

    /// <summary>The three stakers have their TAO, the buyer has what it pays in all days, and the seller has alpha of both subnets.</summary>
    private static GenesisState Genesis(GeneratedNetwork plan, ulong blocks)
    {
        var days = (blocks / LessonNetwork.BlocksPerDay) + 1;
        var deposit = plan.Parameters.ExistentialDeposit;
        return plan.Genesis with
        {
            Balances =
            [
                .. Enumerable.Range(1, 3).Select(number => (GeneratedNetwork.Staker(number), s_stake + deposit)),
                (GeneratedNetwork.Staker(Buyer), new Tao(s_boughtDaily.Rao * days) + deposit),
            ],
            Stakes =
            [
                .. plan.Genesis.Stakes,
                .. plan.Netuids.Select(netuid => new GenesisStake(
                    new PositionKey(netuid, GeneratedNetwork.ValidatorHotkey(2), GeneratedNetwork.Staker(Seller)), new Alpha(s_soldDaily.Rao * days))),
            ],
        };
    }

    private static void Crowd(LessonNetwork network)
    {
        network.SellPay(100);
        var hotkey = GeneratedNetwork.ValidatorHotkey(2);
        network.Buy(GeneratedNetwork.Staker(Buyer), hotkey, s_rising, s_boughtDaily);
        network.Sell(GeneratedNetwork.Staker(Seller), hotkey, s_falling, s_soldDaily);
    }

    private static LessonRow Row(LessonNetwork network) => new(null,
    [
        network.Ledger.Block.Value,
        AmountText.PriceRao(PoolState.Of(network.Books(s_rising)).Price.Bits),
        AmountText.PriceRao(PoolState.Of(network.Books(s_falling)).Price.Bits),
        network.Proceeds(GeneratedNetwork.Staker(1), s_hotkey, s_rising).Rao,
        network.Proceeds(GeneratedNetwork.Staker(2), s_hotkey, s_falling).Rao,
        network.Position(NetUid.Root, s_hotkey, GeneratedNetwork.Staker(3)).Rao,
        network.Position(s_rising, s_hotkey, GeneratedNetwork.Staker(1)).Rao,
        network.Position(s_falling, s_hotkey, GeneratedNetwork.Staker(2)).Rao,
    ]);
}

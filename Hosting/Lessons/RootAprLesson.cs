using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Hosting.Generated;

namespace Dtao.Hosting.Lessons;

/// <summary>A staker on root who does nothing keeps his TAO, earns TAO, and earns less as alpha grows.</summary>
public static class RootAprLesson
{
    /// <value>Two years of 12 seconds a block.</value>
    public const ulong BlocksDefault = 2 * LessonNetwork.BlocksPerYear;

    public const ulong BlocksMin = Rows;

    private const int Rows = 24;
    private const ulong PoolTao = 100_000 * LessonNetwork.OneTao;
    private const ulong PoolAlpha = 150_000 * LessonNetwork.OneTao;

    /// <summary>All TAO at block 0: a block mints 1 TAO, and half of it from 10.5 million on.</summary>
    private const ulong Issuance = 9_500_000 * LessonNetwork.OneTao;

    private static readonly Tao s_staked = new(1_000 * LessonNetwork.OneTao);

    /// <param name="soldPercent">How much of what they hold owners and miners sell every day, 0 to 100.</param>
    public static Lesson Run(ulong blocks, int soldPercent, CancellationToken cancellationToken)
    {
        var subnet = new GeneratedSubnet(new Tao(PoolTao), new Alpha(PoolAlpha), new Alpha(10_000 * LessonNetwork.OneTao));
        var plan = new GeneratedNetwork
        {
            Subnets = [subnet, subnet],
            Miners = 1,
            Stakers = 1,
            StakerRoot = s_staked,
            ValidatorRoot = new Tao((Issuance - (2 * PoolTao) - s_staked.Rao) / 2),
            Tempo = 360,
            Parameters = NetworkParameters.Default with { NumRootClaim = 1 },
        };
        LessonNetwork? network = null;
        network = new LessonNetwork(plan, plan.Genesis, cancellationToken) { Daily = () => network!.SellPay(soldPercent) };
        var (staker, hotkey) = (GeneratedNetwork.Staker(1), GeneratedNetwork.ValidatorHotkey(1));
        var rows = new List<LessonRow>();
        var (before, start) = (s_staked, 0UL);
        foreach (var mark in LessonNetwork.Marks(blocks, Rows))
        {
            network.AdvanceTo(mark);
            var stake = new Tao(network.Position(NetUid.Root, hotkey, staker).Rao);
            rows.Add(new(null, [mark, stake.Rao, (Int128)stake.Rao - before.Rao, YearlyRate(before, stake, mark - start), .. Figures(network, plan)]));
            (before, start) = (stake, mark);
        }

        return new Lesson("root-apr", "A staker on root who does nothing")
        {
            Facts =
            [
                new("Blocks", LessonUnit.Count, blocks),
                new("Sold by owners and miners every day", LessonUnit.Ppm, soldPercent * 10_000),
                new("TAO staked on root", LessonUnit.Tao, s_staked.Rao),
                new("TAO on root at the end", LessonUnit.Tao, before.Rao),
                new("TAO earned", LessonUnit.Tao, (Int128)before.Rao - s_staked.Rao),
                new("APR of the first part", LessonUnit.Ppm, rows[0].Values[3]),
                new("APR of the last part", LessonUnit.Ppm, rows[^1].Values[3]),
            ],
            Columns =
            [
                new("Block", LessonUnit.Count), new("On root", LessonUnit.Tao), new("Earned", LessonUnit.Tao), new("APR", LessonUnit.Ppm),
                new("Price of alpha", LessonUnit.Price), new("Moving prices together", LessonUnit.Price), new("Alpha of each subnet", LessonUnit.Alpha),
                new("Root's part", LessonUnit.Ppm),
            ],
            Rows = rows,
            Pictures =
            [
                new("APR on root", "per cent a year", [3]) { FromZero = true },
                new("Alpha of each subnet", "alpha", [6]) { FromZero = true },
            ],
        };
    }

    /// <summary>Of the first subnet, which is as the second.</summary>
    private static IEnumerable<Int128> Figures(LessonNetwork network, GeneratedNetwork plan)
    {
        var books = network.Books(new NetUid(1));
        UInt128 moving = 0;
        foreach (var netuid in plan.Netuids) moving += (UInt128)network.Books(netuid).MovingPrice.Bits << (U64F64.FractionBits - I96F32.FractionBits);
        return
        [
            AmountText.PriceRao(PoolState.Of(books).Price.Bits),
            AmountText.PriceRao(moving),
            books.AlphaIssuance.Rao,
            (Int128)(books.RootProportion.Bits * 1_000_000 >> U96F32.FractionBits),
        ];
    }

    /// <summary>What the earnings of some blocks would come to in a year, in parts per million of the stake; cut toward zero.</summary>
    private static Int128 YearlyRate(Tao before, Tao after, ulong blocks) =>
        ((Int128)after.Rao - before.Rao) * 1_000_000 * LessonNetwork.BlocksPerYear / ((Int128)before.Rao * blocks);
}

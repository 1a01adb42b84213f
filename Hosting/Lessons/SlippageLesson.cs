using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Economics.Staking;
using Dtao.Hosting.Generated;

namespace Dtao.Hosting.Lessons;

/// <summary>What slippage does to an order, small to large, and that cutting it up in one block changes nothing.</summary>
public static class SlippageLesson
{
    private const int Pieces = 10;

    private static readonly ulong[] s_orders = [1, 10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];
    private static readonly NetUid s_subnet = new(1);
    private static readonly AccountId s_hotkey = GeneratedNetwork.ValidatorHotkey(1);
    private static readonly AccountId s_staker = GeneratedNetwork.Staker(1);
    private static readonly Tao s_cut = new(1_000 * LessonNetwork.OneTao);

    public static Lesson Run(CancellationToken cancellationToken)
    {
        var price = PoolState.Of(Start(cancellationToken).Books(s_subnet)).Price;
        var pieces = Start(cancellationToken);
        var inPieces = Alpha.Zero;
        for (var piece = 0; piece < Pieces; piece++) inPieces += pieces.Buy(s_staker, s_hotkey, s_subnet, new Tao(s_cut.Rao / Pieces)).Moves[0].Alpha;
        return new Lesson("slippage", "What slippage does to a large order")
        {
            Facts =
            [
                new("TAO in the pool", LessonUnit.Tao, Pool.TaoReserve.Rao),
                new("Alpha in the pool", LessonUnit.Alpha, Pool.AlphaReserve.Rao),
                new("Price before", LessonUnit.Price, AmountText.PriceRao(price.Bits)),
                new("Alpha for 1,000 TAO at once", LessonUnit.Alpha, Start(cancellationToken).Buy(s_staker, s_hotkey, s_subnet, s_cut).Moves[0].Alpha.Rao),
                new("Alpha for 10 times 100 TAO in one block", LessonUnit.Alpha, inPieces.Rao),
            ],
            Columns =
            [
                new("Order", LessonUnit.Tao), new("Alpha received", LessonUnit.Alpha), new("Paid for one", LessonUnit.Price), new("Slippage", LessonUnit.Ppm),
                new("Price after", LessonUnit.Price), new("TAO if sold at once", LessonUnit.Tao), new("Lost", LessonUnit.Tao),
            ],
            Rows = [.. s_orders.Select(order => Row(new Tao(order * LessonNetwork.OneTao), cancellationToken))],
            Pictures =
            [
                new("Slippage", "per cent", [3]) { FromZero = true },
                new("Price", "TAO for one alpha", [2, 4]) { FromZero = true },
            ],
        };
    }

    private static GeneratedSubnet Pool { get; } =
        new(new Tao(10_000 * LessonNetwork.OneTao), new Alpha(50_000 * LessonNetwork.OneTao), new Alpha(5_000 * LessonNetwork.OneTao));

    /// <summary>Each order finds the same pool: block 0 of a new network.</summary>
    private static LessonNetwork Start(CancellationToken cancellationToken)
    {
        var plan = new GeneratedNetwork { Subnets = [Pool], Stakers = 1, StakerFree = new Tao(20_000 * LessonNetwork.OneTao) };
        return new LessonNetwork(plan, plan.Genesis, cancellationToken);
    }

    private static LessonRow Row(Tao order, CancellationToken cancellationToken)
    {
        var network = Start(cancellationToken);
        var quote = Quotes.Of(network.Ledger, s_staker, new Call { Kind = CallKind.AddStake, Hotkey = s_hotkey, Netuid = s_subnet, Amount = order.Rao });
        var alpha = network.Buy(s_staker, s_hotkey, s_subnet, order).Moves[0].Alpha;
        var after = PoolState.Of(network.Books(s_subnet)).Price;
        var back = network.Sell(s_staker, s_hotkey, s_subnet, network.Position(s_subnet, s_hotkey, s_staker)).Moves[0].Tao;
        return new(null,
        [
            order.Rao,
            alpha.Rao,
            (Int128)((UInt128)order.Rao * AmountText.RaoPerWhole / alpha.Rao),
            quote.SlippageParts,
            AmountText.PriceRao(after.Bits),
            back.Rao,
            (Int128)order.Rao - back.Rao,
        ]);
    }
}

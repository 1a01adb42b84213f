using Dtao.Client;
using Dtao.Economics;
using Dtao.Hosting.Comparison;
using Dtao.Hosting.Generated;

namespace Dtao.Hosting.Lessons;

/// <summary>Emission follows demand for alpha: one of three equal subnets is bought, held, and sold.</summary>
public static class EmissionLesson
{
    /// <value>270 days of 12 seconds a block.</value>
    public const ulong BlocksDefault = 270 * LessonNetwork.BlocksPerDay;

    public const ulong BlocksMin = 27;

    private const int Rows = 27;
    private const int BuyAfterRow = 3;
    private const int SellAfterRow = 15;

    private static readonly NetUid s_wanted = new(1);
    private static readonly Tao s_paid = new(200_000 * LessonNetwork.OneTao);

    public static Lesson Run(ulong blocks, CancellationToken cancellationToken)
    {
        var plan = new GeneratedNetwork
        {
            Subnets = [.. Enumerable.Range(0, 3).Select(_ => new GeneratedSubnet(
                new Tao(600_000 * LessonNetwork.OneTao), new Alpha(3_000_000 * LessonNetwork.OneTao), new Alpha(300_000 * LessonNetwork.OneTao)))],
            Stakers = 1,
            StakerFree = s_paid,
            ValidatorRoot = new Tao(2_000_000 * LessonNetwork.OneTao),
            Miners = 1,
            Tempo = 360,
        };
        LessonNetwork? network = null;
        network = new LessonNetwork(plan, plan.Genesis, cancellationToken) { Daily = () => network!.SellPay(100) };
        var (buyer, hotkey) = (GeneratedNetwork.Staker(1), GeneratedNetwork.ValidatorHotkey(1));
        var rows = new List<LessonRow>();
        var (bought, received) = (Alpha.Zero, Tao.Zero);
        foreach (var mark in LessonNetwork.Marks(blocks, Rows))
        {
            network.AdvanceTo(mark);
            rows.Add(Row(network));
            if (rows.Count == BuyAfterRow)
            {
                // The deposit that keeps an account alive stays behind, as on the chain.
                var spent = new Tao(s_paid.Rao - plan.Parameters.ExistentialDeposit.Rao);
                bought = network.Buy(buyer, hotkey, s_wanted, spent).Moves[0].Alpha;
            }
            else if (rows.Count == SellAfterRow)
            {
                received = network.Sell(buyer, hotkey, s_wanted, network.Position(s_wanted, hotkey, buyer)).Moves[0].Tao;
            }
        }

        return new Lesson("emission", "Emission follows demand")
        {
            Facts =
            [
                new("Blocks", LessonUnit.Count, blocks),
                new("Bought after block", LessonUnit.Count, rows[BuyAfterRow - 1].Values[0]),
                new("TAO paid", LessonUnit.Tao, s_paid.Rao - plan.Parameters.ExistentialDeposit.Rao),
                new("Alpha bought", LessonUnit.Alpha, bought.Rao),
                new("Sold after block", LessonUnit.Count, rows[SellAfterRow - 1].Values[0]),
                new("TAO received", LessonUnit.Tao, received.Rao),
                new("Share before the buy", LessonUnit.Ppm, rows[BuyAfterRow - 1].Values[1]),
                new("Share before the sale", LessonUnit.Ppm, rows[SellAfterRow - 1].Values[1]),
                new("Share at the end", LessonUnit.Ppm, rows[^1].Values[1]),
            ],
            Columns =
            [
                new("Block", LessonUnit.Count), new("Share of 1", LessonUnit.Ppm), new("Share of 2", LessonUnit.Ppm), new("Share of 3", LessonUnit.Ppm),
                new("Price of 1", LessonUnit.Price), new("Price of 2", LessonUnit.Price), new("Price of 3", LessonUnit.Price),
            ],
            Rows = rows,
            Pictures =
            [
                new("Price of alpha", "TAO for one alpha", [4, 5, 6]) { FromZero = true },
                new("Share of the emission", "per cent", [1, 2, 3]) { FromZero = true },
            ],
        };
    }

    private static LessonRow Row(LessonNetwork network)
    {
        var sample = NetworkSample.Of(network.Ledger);
        return new(null,
        [
            sample.Block.Value,
            .. sample.Subnets.Select(subnet => (Int128)subnet.SharePpm),
            .. sample.Subnets.Select(subnet => (Int128)AmountText.PriceRao(subnet.Price.Bits)),
        ]);
    }
}

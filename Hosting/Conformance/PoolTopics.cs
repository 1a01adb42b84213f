using Dtao.Economics;
using Dtao.Economics.Pools;

namespace Dtao.Hosting.Conformance;

/// <summary>Vectors of single functions of the pool's curve.</summary>
internal static class BalancerTopic
{
    public static void Check(VectorCase c)
    {
        var w = c.ReadPerquintill("w");
        switch (c.Text("f"))
        {
            case "calculate_price":
                c.Expect("price", Balancer.Price(new(c.ReadUInt64("y")), new(c.ReadUInt64("x")), w).Bits);
                break;
            case "exp_base_quote":
                c.Expect("r", Balancer.PowerOfSale(new(c.ReadUInt64("x")), c.ReadUInt64("dx"), w).Bits);
                break;
            case "exp_quote_base":
                c.Expect("r", Balancer.PowerOfPurchase(new(c.ReadUInt64("y")), c.ReadUInt64("dy"), w).Bits);
                break;
            case "update_weights_for_added_liquidity":
                CheckWeights(c, w);
                break;
            case "calculate_quote_delta_in":
                c.Expect("delta", Balancer.TaoToReachPrice(c.ReadU64F64("current"), c.ReadU64F64("target"), new(c.ReadUInt64("reserve")), w).Rao);
                break;
            case "calculate_base_delta_in":
                c.Expect("delta", Balancer.AlphaToReachPrice(c.ReadU64F64("current"), c.ReadU64F64("target"), new(c.ReadUInt64("reserve")), w).Rao);
                break;
            case "get_base_needed_for_quote":
                c.Expect("delta", Balancer.AlphaNeededForTao(new(c.ReadUInt64("tao")), new(c.ReadUInt64("alpha")), w, new(c.ReadUInt64("dtao"))).Rao);
                break;
            default:
                c.Skip($"no such function here: {c.Text("f")}");
                break;
        }
    }

    private static void CheckWeights(VectorCase c, Perquintill w)
    {
        var after = BalancerWeights.ForAddedLiquidity(
            new(c.ReadUInt64("tao")), new(c.ReadUInt64("alpha")), w, new(c.ReadUInt64("dtao")), new(c.ReadUInt64("dalpha")));
        c.Expect("ok", after is not null);
        c.Expect("w_new", (after ?? w).Parts);
    }
}

/// <summary>Vectors of complete swaps.</summary>
internal static class SwapTopic
{
    public static void Check(VectorCase c)
    {
        var side = c.Text("side") switch
        {
            "buy" => SwapSide.Buy,
            "sell" => SwapSide.Sell,
            var other => throw new MalformedVectorException($"side is {other}"),
        };
        var pool = new PoolState(
            true, new(c.ReadUInt64("tao")), new(c.ReadUInt64("alpha")), c.ReadPerquintill("w"), true, new(c.ReadUInt16("fee_rate")));
        c.Expect("current_price", pool.Price.Bits);
        var result = Swap.Execute(new(
            pool, side, c.ReadUInt64("amount"), PoolPrices.FromLimit(new(c.ReadUInt64("price_limit"))), c.Flag("drop_fees")));

        c.Expect("ok", result.IsOk);
        if (c.Has("err")) c.Expect("err", result.Error.ToString());
        if (!c.Flag("ok") || !result.IsOk) return;
        c.Expect("delta_in", result.PaidIn);
        c.Expect("delta_out", result.PaidOut);
        c.Expect("fee", result.Fee);
        var after = side == SwapSide.Buy
            ? pool with { TaoReserve = pool.TaoReserve.AddSaturating(new(result.PaidIn)), AlphaReserve = pool.AlphaReserve.SubtractSaturating(new(result.PaidOut)) }
            : pool with { TaoReserve = pool.TaoReserve.SubtractSaturating(new(result.PaidOut)), AlphaReserve = pool.AlphaReserve.AddSaturating(new(result.PaidIn)) };
        c.Expect("new_tao", after.TaoReserve.Rao);
        c.Expect("new_alpha", after.AlphaReserve.Rao);
        c.Expect("new_price", after.Price.Bits);
    }
}

/// <summary>Vectors of runs of moving-price updates.</summary>
internal static class MovingPriceTopic
{
    public static void Check(VectorCase c)
    {
        var w = c.ReadPerquintill("w");
        var price = new I96F32(c.ReadInt128("initial"));
        var steps = c.Items("steps");
        for (var i = 0; i < steps.Length; i++)
        {
            var fields = VectorCase.Items(steps[i], "steps");
            if (fields.Length != 4) throw new MalformedVectorException($"steps[{i}] has {fields.Length} fields");
            ulong Number(int index) => VectorCase.Parse<ulong>(VectorCase.Text(fields[index], "steps"), $"steps[{i}]");
            price = PoolPrices.UpdateMovingPrice(
                price,
                Balancer.Price(new(Number(1)), new(Number(2)), w),
                new(Number(0)),
                new BlockNumber(c.ReadUInt64("first_emission_block")),
                c.ReadUInt64("halving_blocks"),
                new(c.ReadInt128("moving_alpha")));
            c.ExpectText($"steps[{i}]", VectorCase.Text(fields[3], "steps"), price.Bits.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}

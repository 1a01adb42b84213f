using System.Data.Common;
using System.Numerics;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Client;
using Dtao.Economics;

namespace Dtao.Api.History;

/// <summary>A subnet when a block had been applied to it.</summary>
/// <param name="Price">Raw U64F64.</param>
/// <param name="MovingPrice">Raw I96F32.</param>
/// <param name="RootProportion">Raw U96F32.</param>
internal sealed record PoolAt(
    NetUid Netuid, ulong Block, Tao TaoReserve, Alpha AlphaReserve, Alpha AlphaOutstanding, UInt128 Price, BigInteger MovingPrice, Tao TaoIn, Alpha AlphaIn, Alpha AlphaOut,
    Tao ExcessTao, Tao RootSellTao, BigInteger RootProportion, long FlowUser, long FlowProtocol, BigInteger Volume, Tao Burn, bool IsEpoch, bool IsStarted)
{
    public const string Columns =
        "netuid, block, tao_reserve, alpha_reserve, alpha_outstanding, price, moving_price, tao_in, alpha_in, alpha_out, excess_tao, root_sell_tao, root_proportion, flow_user, "
        + "flow_protocol, volume, burn, is_epoch, is_started";

    public Alpha TotalAlpha => AlphaReserve.AddSaturating(AlphaOutstanding);

    /// <summary>All alpha at the spot price, in rao.</summary>
    public ulong MarketCap => AmountText.ValueRao(TotalAlpha.Rao, Price);

    /// <summary>The TAO in the pool, and its alpha at the spot price, in rao.</summary>
    public ulong Liquidity => SaturatingMath.Add(TaoReserve.Rao, AmountText.ValueRao(AlphaReserve.Rao, Price));

    public static PoolAt Read(DbDataReader row) => new(
        new NetUid((ushort)row.GetInt64(0)), Cells.UInt64(row.GetInt64(1)), new Tao(Cells.UInt64(row.GetInt64(2))), new Alpha(Cells.UInt64(row.GetInt64(3))),
        new Alpha(Cells.UInt64(row.GetInt64(4))), Cells.Price((byte[])row.GetValue(5)), unchecked((Int128)Cells.Price((byte[])row.GetValue(6))),
        new Tao(Cells.UInt64(row.GetInt64(7))), new Alpha(Cells.UInt64(row.GetInt64(8))), new Alpha(Cells.UInt64(row.GetInt64(9))), new Tao(Cells.UInt64(row.GetInt64(10))),
        new Tao(Cells.UInt64(row.GetInt64(11))), Cells.Price((byte[])row.GetValue(12)), row.GetInt64(13), row.GetInt64(14), Cells.Price((byte[])row.GetValue(15)),
        new Tao(Cells.UInt64(row.GetInt64(16))), row.GetInt64(17) != 0, row.GetInt64(18) != 0);
}

/// <summary>Questions about subnets as they were.</summary>
internal static class PoolQueries
{
    /// <summary>A subnet as of a block: after that block, or the last one before it that the subnet was told.</summary>
    public static async Task<PoolAt?> AtAsync(ReadView view, NetUid netuid, ulong block, CancellationToken cancellationToken)
    {
        var rows = await view.QueryAsync(
            $"SELECT {PoolAt.Columns} FROM subnet_blocks WHERE netuid = @netuid AND block <= @block ORDER BY block DESC LIMIT 1", PoolAt.Read, cancellationToken,
            ("@netuid", Cells.Of(netuid)), ("@block", Cells.Of(block))).ConfigureAwait(false);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>The spot price as of a block, raw U64F64; null before the subnet was there.</summary>
    public static async Task<UInt128?> PriceAtAsync(ReadView view, NetUid netuid, ulong block, CancellationToken cancellationToken) =>
        await view.ScalarAsync(
            "SELECT price FROM subnet_blocks WHERE netuid = @netuid AND block <= @block ORDER BY block DESC LIMIT 1", cancellationToken,
            ("@netuid", Cells.Of(netuid)), ("@block", Cells.Of(block))).ConfigureAwait(false) is byte[] price
            ? Cells.Price(price)
            : null;
}

using Dtao.Api.Json;
using Dtao.Api.Live;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Economics;

namespace Dtao.Api.History;

/// <summary>Blocks, trades, and prices out of the read side, for live streams: complete blocks only, so that every reading and every host tells the same.</summary>
/// <remarks>With a block come the trades that were decided before it, which have the number of the block before: only then is it certain that there are no more of them.</remarks>
internal sealed class ReadSideLiveSource(ReadDesk desk, IReadSideEvents events) : ILiveSource
{
    public bool HasMarkets => true;

    public Task<ulong> ReadNewest(CancellationToken cancellationToken) => Task.FromResult(events.Position.Complete);

    public async Task<IReadOnlyList<LiveBlock>> Read(ulong from, ulong to, CancellationToken cancellationToken)
    {
        if (to < from || events.Position.Complete == 0) return [];
        var view = await desk.ReadAsync(cancellationToken).ConfigureAwait(false);
        await using (view.ConfigureAwait(false))
        {
            var first = Math.Max(1, from);
            var rows = await BlockQueries.AfterAsync(view, first - 1, (int)Math.Min(int.MaxValue, to - first + 1), cancellationToken).ConfigureAwait(false);
            var blocks = new List<LiveBlock>(rows.Count);
            foreach (var row in rows) blocks.Add(await BlockOf(view, row, cancellationToken).ConfigureAwait(false));
            return blocks;
        }
    }

    private static async Task<LiveBlock> BlockOf(ReadView view, BlockRow row, CancellationToken cancellationToken)
    {
        var block = row.BlockNumber.Value;
        var trades = await MoveQueries.TradesOfAsync(view, block - 1, cancellationToken).ConfigureAwait(false);
        var pools = await view.QueryAsync(
            $"SELECT {PoolAt.Columns} FROM subnet_blocks WHERE block = @block ORDER BY netuid", PoolAt.Read, cancellationToken, ("@block", Cells.Of(block))).ConfigureAwait(false);
        return new LiveBlock(
            new LiveBlockView(row.BlockNumber, row.Hash, row.Timestamp, row.Emission, row.TotalIssuance, row.Subnets),
            [
                .. trades.Select(trade => new LiveTradeView(
                    new BlockNumber(trade.Block), trade.Netuid, trade.IsIn ? "BUY" : "SELL", trade.Coldkey, trade.Hotkey, trade.Tao, trade.Alpha, new U64F64(trade.Price))),
            ],
            [
                .. pools.Where(pool => !pool.Netuid.IsRoot).Select(pool => new LivePriceView(
                    row.BlockNumber, pool.Netuid, new U64F64(pool.Price), PriceText.Of(pool.MovingPrice, I96F32.FractionBits), pool.TaoReserve, pool.AlphaReserve)),
            ]);
    }
}

using Dtao.Api.ReadSide.Sql;
using Dtao.Economics.Ledger;
using Dtao.Grains.Feed;

namespace Dtao.Api.ReadSide.Ingest;

/// <summary>By how much the sums of one position rise.</summary>
internal sealed class PositionTotal
{
    private Sum _bought;
    private Sum _sold;
    private Sum _in;
    private Sum _out;

    public void Add(bool isTrade, bool isIn, StakeMoveRow move)
    {
        ref var sum = ref isTrade ? ref isIn ? ref _bought : ref _sold : ref isIn ? ref _in : ref _out;
        sum = new(unchecked(sum.Alpha + (long)move.Alpha.Rao), unchecked(sum.Tao + (long)move.Tao.Rao), sum.Count + 1);
    }

    public void Write(RowWriter writer, PositionKey position) => writer.Write(
        ReadSchema.PositionTotals, Cells.Of(position.Coldkey), Cells.Of(position.Netuid), Cells.Of(position.Hotkey), _bought.Alpha, _bought.Tao, _sold.Alpha, _sold.Tao,
        _bought.Count, _sold.Count, _in.Alpha, _in.Tao, _out.Alpha, _out.Tao, _in.Count, _out.Count);

    private readonly record struct Sum(long Alpha, long Tao, long Count);
}

using System.Numerics;
using System.Runtime.InteropServices;

namespace Dtao.Economics.Epochs;

/// <summary>The consensus of validators on each neuron: the stake-weighted median of the weights that they give it.</summary>
/// <remarks>
/// Source: rule book 02, 7.6; epoch/math.rs :: weighted_median_col_sparse, weighted_median.
/// The chain halves a list around pivots. Its lower edge is always the stake of all scores below the list, its upper edge the stake
/// of all scores up to the list's greatest, and both are exact sums. So it goes down while minority &lt; B(pivot), the stake of scores
/// below the pivot, and up while B(pivot) + stake at the pivot &lt;= minority, and ends at the one score p with
/// B(p) &lt;= minority &lt; B(p) + stake at p, whichever pivots it took. That p is the greatest number with B(p) &lt;= minority, which
/// is found here bit by bit for several columns at once. A minority below 0 ends at the least score, one of at least all stake at the greatest.
/// </remarks>
public sealed class WeightedMedian
{
    private I32F32[] _stake = [];
    private int[] _rows = [];

    /// <summary>Scores by block of columns, then by validator, then by column within the block.</summary>
    private long[] _tiles = [];

    /// <summary>Columns of a block: two vectors, so that a pass over the stake serves both.</summary>
    private static int Lanes => 2 * Vector<long>.Count;

    /// <summary>The median score of every column; 0 without any stake above 0.</summary>
    /// <param name="stake">Stake by row, at least 0.</param>
    /// <param name="scores">Scores by row; a missing entry is a score of 0.</param>
    /// <param name="majority">The part of all stake that must stand behind a score, 0 to 1.</param>
    /// <param name="medians">The result, one a column.</param>
    public void Columns(ReadOnlySpan<I32F32> stake, SparseMatrix scores, I32F32 majority, Span<I32F32> medians)
    {
        var count = GatherStake(stake);
        if (count == 0)
        {
            medians.Clear();
            return;
        }

        var gathered = _stake.AsSpan(0, count);
        FixedVector.Normalize(gathered);
        var total = FixedVector.Sum(gathered);
        var minority = total.SubtractSaturating(majority);
        var bits = FillTiles(scores, count, medians.Length);
        for (var j = 0; j < medians.Length; j += Lanes)
        {
            var tile = MemoryMarshal.Cast<long, ColumnBlock>(_tiles.AsSpan(j * count, Lanes * count));
            var median = minority.IsNegative ? Least(tile)
                : minority >= total ? Greatest(tile)
                : Search(tile, MemoryMarshal.Cast<I32F32, long>(gathered), minority.Bits, bits);
            MemoryMarshal.Cast<ColumnBlock, I32F32>(new ReadOnlySpan<ColumnBlock>(in median))[..Math.Min(Lanes, medians.Length - j)].CopyTo(medians[j..]);
        }
    }

    /// <summary>For each column the greatest number below 2^bits that no more than the minority's stake scores below.</summary>
    private static ColumnBlock Search(ReadOnlySpan<ColumnBlock> scores, ReadOnlySpan<long> stake, long minority, int bits)
    {
        var bound = new Vector<long>(minority);
        ColumnBlock median = default;
        stake = stake[..scores.Length];
        for (var bit = bits - 1; bit >= 0; bit--)
        {
            var step = new Vector<long>(1L << bit);
            var (first, second) = (median.First | step, median.Second | step);
            var (firstBelow, secondBelow) = (Vector<long>.Zero, Vector<long>.Zero);
            for (var k = 0; k < scores.Length; k++)
            {
                var held = new Vector<long>(stake[k]);
                firstBelow += Vector.LessThan(scores[k].First, first) & held;
                secondBelow += Vector.LessThan(scores[k].Second, second) & held;
            }

            median.First = Vector.ConditionalSelect(Vector.LessThanOrEqual(firstBelow, bound), first, median.First);
            median.Second = Vector.ConditionalSelect(Vector.LessThanOrEqual(secondBelow, bound), second, median.Second);
        }

        return median;
    }

    private static ColumnBlock Least(ReadOnlySpan<ColumnBlock> tile)
    {
        var least = tile[0];
        foreach (var scores in tile)
        {
            least.First = Vector.Min(least.First, scores.First);
            least.Second = Vector.Min(least.Second, scores.Second);
        }

        return least;
    }

    private static ColumnBlock Greatest(ReadOnlySpan<ColumnBlock> tile)
    {
        var greatest = tile[0];
        foreach (var scores in tile)
        {
            greatest.First = Vector.Max(greatest.First, scores.First);
            greatest.Second = Vector.Max(greatest.Second, scores.Second);
        }

        return greatest;
    }

    /// <summary>Notes the rows with stake, in their order.</summary>
    private int GatherStake(ReadOnlySpan<I32F32> stake)
    {
        if (_stake.Length < stake.Length) (_stake, _rows) = (new I32F32[stake.Length], new int[stake.Length]);
        var count = 0;
        for (var i = 0; i < stake.Length; i++)
        {
            if (stake[i] <= I32F32.Zero) continue;
            (_stake[count], _rows[count]) = (stake[i], i);
            count++;
        }

        return count;
    }

    /// <summary>Lays the scores out for the search; returns the bits that the greatest score needs.</summary>
    private int FillTiles(SparseMatrix scores, int count, int columns)
    {
        var size = (columns + Lanes - 1) / Lanes * Lanes * count;
        if (_tiles.Length < size) _tiles = new long[size];
        var tiles = _tiles.AsSpan(0, size);
        tiles.Clear();
        int lanes = Lanes, shift = BitOperations.Log2((uint)lanes), mask = lanes - 1;
        var seen = 0L;
        for (var k = 0; k < count; k++)
        {
            var uids = scores.Columns(_rows[k]);
            var values = scores.Values(_rows[k]);
            for (var e = 0; e < uids.Length; e++)
            {
                int uid = uids[e], block = uid >> shift;
                tiles[(block * count + k) * lanes + (uid & mask)] = values[e].Bits;
                seen |= values[e].Bits;
            }
        }

        return BitOperations.Log2((ulong)seen | 1) + 1;
    }

    /// <summary>A validator's scores for the columns of a block.</summary>
    private struct ColumnBlock
    {
        public Vector<long> First;
        public Vector<long> Second;
    }
}

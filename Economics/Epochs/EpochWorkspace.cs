namespace Dtao.Economics.Epochs;

/// <summary>The buffers of an epoch, grown once and used again by every epoch that is run with it. Not for two epochs at a time.</summary>
public sealed class EpochWorkspace
{
    private I32F32[] _vectors = [];
    private I64F64[] _totals = [];
    private ulong[] _order = [];
    private bool[] _permits = [];
    private I32F32[] _rates = [];
    private int _count;

    internal SparseMatrix Weights { get; } = new();

    internal SparseMatrix Clipped { get; } = new();

    internal SparseMatrix Interpolated { get; } = new();

    internal SparseMatrix OldBonds { get; } = new();

    internal SparseMatrix Delta { get; } = new();

    internal SparseMatrix NewBonds { get; } = new();

    internal ColumnScratch Scratch { get; } = new();

    internal WeightedMedian Median { get; } = new();

    internal Span<I32F32> Stake => Vector(0);

    internal Span<I32F32> ActiveStake => Vector(1);

    internal Span<I32F32> Consensus => Vector(2);

    internal Span<I32F32> ValidatorTrust => Vector(3);

    internal Span<I32F32> Incentive => Vector(4);

    internal Span<I32F32> Dividends => Vector(5);

    internal Span<I64F64> Totals => _totals.AsSpan(0, _count);

    internal Span<ulong> Order => _order.AsSpan(0, _count);

    internal Span<bool> Permits => _permits.AsSpan(0, _count);

    internal void Reset(int count)
    {
        _count = count;
        if (_totals.Length >= count) return;
        (_vectors, _totals, _order, _permits) = (new I32F32[6 * count], new I64F64[count], new ulong[count], new bool[count]);
    }

    /// <summary>Room for a number an entry of a matrix.</summary>
    internal Span<I32F32> Rates(int entries)
    {
        if (_rates.Length < entries) _rates = new I32F32[entries];
        return _rates.AsSpan(0, entries);
    }

    private Span<I32F32> Vector(int index) => _vectors.AsSpan(index * _count, _count);
}

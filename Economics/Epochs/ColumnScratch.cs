namespace Dtao.Economics.Epochs;

/// <summary>Vectors of one number a column, reused between steps and epochs.</summary>
public sealed class ColumnScratch
{
    private I32F32[] _totals = [];
    private I32F32[] _spread = [];
    private I32F32[] _spreadOther = [];
    private Normalizer[] _normalizers = [];

    /// <summary>A vector of zeros.</summary>
    internal Span<I32F32> Totals(int columns) => Cleared(ref _totals, columns);

    /// <summary>A vector of zeros, another than <see cref="Totals"/>.</summary>
    internal Span<I32F32> Dense(int columns) => Cleared(ref _spread, columns);

    /// <summary>A vector of zeros, another than <see cref="Dense"/>.</summary>
    internal Span<I32F32> DenseOther(int columns) => Cleared(ref _spreadOther, columns);

    /// <summary>A divisor for each of the totals that were taken last.</summary>
    internal ReadOnlySpan<Normalizer> Normalizers(int columns)
    {
        if (_normalizers.Length < columns) _normalizers = new Normalizer[columns];
        for (var j = 0; j < columns; j++) _normalizers[j] = new(_totals[j]);
        return _normalizers.AsSpan(0, columns);
    }

    /// <summary>A row by column, 0 where it has no entry.</summary>
    internal Span<I32F32> Spread(SparseMatrix matrix, int row, int columns) => Spread(matrix, row, Dense(columns));

    /// <summary>A second row by column.</summary>
    internal Span<I32F32> SpreadOther(SparseMatrix matrix, int row, int columns) => Spread(matrix, row, DenseOther(columns));

    private static Span<I32F32> Spread(SparseMatrix matrix, int row, Span<I32F32> dense)
    {
        var columns = matrix.Columns(row);
        var values = matrix.Values(row);
        for (var e = 0; e < values.Length; e++) dense[columns[e]] = values[e];
        return dense;
    }

    private static Span<I32F32> Cleared(ref I32F32[] vector, int columns)
    {
        if (vector.Length < columns) vector = new I32F32[columns];
        var span = vector.AsSpan(0, columns);
        span.Clear();
        return span;
    }
}

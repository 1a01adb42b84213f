namespace Dtao.Economics.Epochs;

/// <summary>What an epoch does with a matrix alone or with one vector.</summary>
/// <remarks>
/// Source: rule book 02, 7.5 to 7.8; epoch/math.rs. The chain's sums over columns saturate; with values of at most 1 and at most
/// 65536 rows they cannot reach the bound, so plain sums are the same in any order.
/// </remarks>
public static class MatrixMath
{
    /// <summary>Divides each row by its sum.</summary>
    /// <remarks>Source: epoch/math.rs :: inplace_row_normalize_sparse.</remarks>
    public static void NormalizeRows(SparseMatrix matrix)
    {
        for (var i = 0; i < matrix.RowCount; i++) FixedVector.Normalize(matrix.Values(i));
    }

    /// <summary>The sum of each row.</summary>
    /// <remarks>Source: epoch/math.rs :: row_sum_sparse.</remarks>
    public static void RowSums(SparseMatrix matrix, Span<I32F32> sums)
    {
        for (var i = 0; i < matrix.RowCount; i++) sums[i] = FixedVector.Sum(matrix.Values(i));
    }

    /// <summary>Divides each column by its sum.</summary>
    /// <remarks>Source: epoch/math.rs :: inplace_col_normalize_sparse.</remarks>
    public static void NormalizeColumns(SparseMatrix matrix, ColumnScratch scratch, int columns)
    {
        ColumnSums(matrix, scratch.Totals(columns));
        DivideColumns(matrix, scratch.Normalizers(columns));
    }

    /// <summary>Divides each column by its greatest value.</summary>
    /// <remarks>Source: epoch/math.rs :: inplace_col_max_upscale_sparse.</remarks>
    public static void UpscaleColumns(SparseMatrix matrix, ColumnScratch scratch, int columns)
    {
        ColumnMaxima(matrix, scratch.Totals(columns));
        DivideColumns(matrix, scratch.Normalizers(columns));
    }

    /// <summary>The sum of each column, added to what the vector holds.</summary>
    public static void ColumnSums(SparseMatrix matrix, Span<I32F32> sums)
    {
        var columns = matrix.AllColumns;
        var values = matrix.AllValues;
        for (var e = 0; e < values.Length; e++)
        {
            ref var sum = ref sums[columns[e]];
            sum = sum.AddWrapping(values[e]);
        }
    }

    /// <summary>Scales each row by its factor.</summary>
    /// <remarks>Source: epoch/math.rs :: row_hadamard_sparse.</remarks>
    public static void ScaleRows(SparseMatrix matrix, ReadOnlySpan<I32F32> factors, SparseMatrix result)
    {
        result.Reset(matrix.RowCount);
        for (var i = 0; i < matrix.RowCount; i++)
        {
            var values = matrix.Values(i);
            var factor = factors[i];
            var row = result.OpenRow(values.Length);
            matrix.Columns(i).CopyTo(row.Columns);
            for (var e = 0; e < values.Length; e++) row.Values[e] = values[e].MultiplyNonNegative(factor);
            result.CloseRow(values.Length);
        }
    }

    /// <summary>For each column the sum over its rows of the row's factor times the value, each product floored.</summary>
    /// <remarks>Source: epoch/math.rs :: matmul_sparse.</remarks>
    public static void WeighColumns(SparseMatrix matrix, ReadOnlySpan<I32F32> factors, Span<I32F32> sums)
    {
        sums.Clear();
        for (var i = 0; i < matrix.RowCount; i++)
        {
            var factor = factors[i];
            if (factor.IsZero) continue;
            var columns = matrix.Columns(i);
            var values = matrix.Values(i);
            for (var e = 0; e < values.Length; e++)
            {
                ref var sum = ref sums[columns[e]];
                sum = sum.AddWrapping(factor.MultiplyNonNegative(values[e]));
            }
        }
    }

    /// <summary>For each row the sum over its columns of the column's factor times the value, each product floored.</summary>
    /// <remarks>Source: epoch/math.rs :: matmul_transpose_sparse; also row_sum_sparse of mat_vec_mul_sparse.</remarks>
    public static void WeighRows(SparseMatrix matrix, ReadOnlySpan<I32F32> factors, Span<I32F32> sums)
    {
        for (var i = 0; i < matrix.RowCount; i++)
        {
            var columns = matrix.Columns(i);
            var values = matrix.Values(i);
            var sum = I32F32.Zero;
            for (var e = 0; e < values.Length; e++) sum = sum.AddWrapping(factors[columns[e]].MultiplyNonNegative(values[e]));
            sums[i] = sum;
        }
    }

    /// <summary>Lowers each value to its column's bound; a value above a bound of 0 is left out, a value of 0 stays.</summary>
    /// <remarks>Source: rule book 02, 7.6-17; epoch/math.rs :: col_clip_sparse.</remarks>
    public static void Clip(SparseMatrix matrix, ReadOnlySpan<I32F32> bounds, SparseMatrix result)
    {
        result.Reset(matrix.RowCount);
        for (var i = 0; i < matrix.RowCount; i++)
        {
            var columns = matrix.Columns(i);
            var values = matrix.Values(i);
            var row = result.OpenRow(values.Length);
            var written = 0;
            for (var e = 0; e < values.Length; e++)
            {
                var clipped = I32F32.Min(values[e], bounds[columns[e]]);
                row.Columns[written] = columns[e];
                row.Values[written] = clipped;
                if (!clipped.IsZero || values[e].IsZero) written++;
            }

            result.CloseRow(written);
        }
    }

    /// <summary>from + ratio x (to - from) over all columns, where above 0; the matrices themselves at ratios 0 and 1.</summary>
    /// <returns>The matrix that holds the answer: one of the given, or the result.</returns>
    /// <remarks>
    /// Source: rule book 02, 7.8-20; epoch/math.rs :: interpolate_sparse. The product of a negative difference floors away from zero.
    /// In between, rows come out in the order of their columns, which the liquid alpha rate takes notice of.
    /// </remarks>
    public static SparseMatrix Interpolate(SparseMatrix from, SparseMatrix to, I32F32 ratio, ColumnScratch scratch, int columns, SparseMatrix result)
    {
        if (ratio.IsZero) return from;
        if (ratio == I32F32.One) return to;
        result.Reset(from.RowCount);
        for (var i = 0; i < from.RowCount; i++)
        {
            if (from.Columns(i).IsEmpty && to.Columns(i).IsEmpty)
            {
                result.AddEmptyRow();
                continue;
            }

            var first = scratch.Spread(from, i, columns);
            var second = scratch.SpreadOther(to, i, columns);
            var row = result.OpenRow(columns);
            var written = 0;
            for (var j = 0; j < columns; j++)
            {
                var value = first[j].AddSaturating(ratio.MultiplySaturating(second[j].SubtractSaturating(first[j])));
                if (value <= I32F32.Zero) continue;
                row.Columns[written] = (ushort)j;
                row.Values[written++] = value;
            }

            result.CloseRow(written);
        }

        return result;
    }

    private static void ColumnMaxima(SparseMatrix matrix, Span<I32F32> maxima)
    {
        var columns = matrix.AllColumns;
        var values = matrix.AllValues;
        for (var e = 0; e < values.Length; e++)
        {
            ref var max = ref maxima[columns[e]];
            max = I32F32.Max(max, values[e]);
        }
    }

    private static void DivideColumns(SparseMatrix matrix, ReadOnlySpan<Normalizer> normalizers)
    {
        var columns = matrix.AllColumns;
        var values = matrix.AllValues;
        for (var e = 0; e < values.Length; e++) values[e] = normalizers[columns[e]].Share(values[e]);
    }
}

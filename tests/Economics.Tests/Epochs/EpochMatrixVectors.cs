using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;
using Dtao.Economics.Tests.Vectors;
using Xunit;
using static Dtao.Economics.Tests.Epochs.EpochMathVectorTests;

namespace Dtao.Economics.Tests.Epochs;

/// <summary>Checks of the literals whose answer is a matrix or a vector within the tolerance that they state.</summary>
internal static class EpochMatrixVectors
{
    public static void Check(LiteralVector vector)
    {
        var given = vector.Given;
        var result = new SparseMatrix();
        switch (vector.When)
        {
            case "col_clip_sparse":
                MatrixMath.Clip(Matrix(RowsOf(given, "matrix")), Vector(given, "thresholds"), result);
                break;
            case "row_hadamard_sparse":
                MatrixMath.ScaleRows(Matrix(RowsOf(given, "matrix")), Vector(given, "vector"), result);
                break;
            case "interpolate_sparse":
                result = MatrixMath.Interpolate(
                    Matrix(RowsOf(given, "a")), Matrix(RowsOf(given, "b")), Fixed(given.GetProperty("ratio")), new(), 2, new());
                break;
            case "mask_diag_except_index": result = WithoutDiagonal(vector); break;
            case "matmul_sparse": CheckWeighedColumns(vector); return;
            case "normalize": CheckNormalize(vector); return;
            case "inplace_row_normalize": CheckRowNormalize(vector); return;
            case "inplace_col_normalize": CheckColumnNormalize(vector); return;
            case "mat_ema_alpha_sparse": CheckLiquidAverage(vector); return;
            default: Assert.Fail($"No check for {vector.When}."); return;
        }

        var expected = RowsOf(vector.Expected, "matrix");
        Near(expected, Dense(result, expected[0].Length), vector);
    }

    public static void Near(I32F32[][] expected, I32F32[][] actual, LiteralVector vector)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Near(expected[i], actual[i], vector);
    }

    public static I32F32[][] Dense(SparseMatrix matrix, int columns)
    {
        var rows = new I32F32[matrix.RowCount][];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = new I32F32[columns];
            for (var e = 0; e < matrix.Columns(i).Length; e++) rows[i][matrix.Columns(i)[e]] = matrix.Values(i)[e];
        }

        return rows;
    }

    private static void Near(I32F32[] expected, I32F32[] actual, LiteralVector vector)
    {
        Assert.Equal(expected.Length, actual.Length);
        var tolerance = Fixed(vector.Item("tolerance")).Bits;
        for (var j = 0; j < expected.Length; j++) Assert.InRange(actual[j].Bits, expected[j].Bits - tolerance, expected[j].Bits + tolerance);
    }

    private static SparseMatrix WithoutDiagonal(LiteralVector vector)
    {
        var rows = RowsOf(vector.Given, "matrix");
        var count = rows.Length;
        var input = EpochInputs.Of(count);
        input.OwnerUid = vector.Given.GetProperty("except_index").GetInt32();
        for (var i = 0; i < count; i++) input.Weights[i] = [.. rows[i].Select((value, j) => new WeightEntry((ushort)j, (ushort)value.ToUInt64Saturating()))];
        var all = Enumerable.Repeat(true, count).ToArray();
        var kept = new SparseMatrix();
        WeightMasks.Load(input, all, kept);

        // The weights come out normalised; what is asked here is only which of them are left.
        var result = new SparseMatrix();
        result.Reset(count);
        for (var i = 0; i < count; i++) result.AddRow(kept.Columns(i), [.. kept.Columns(i).ToArray().Select(j => rows[i][j])]);
        return result;
    }

    private static void CheckWeighedColumns(LiteralVector vector)
    {
        var expected = Vector(vector.Expected, "result");
        var sums = new I32F32[expected.Length];
        MatrixMath.WeighColumns(Matrix(RowsOf(vector.Given, "matrix")), Vector(vector.Given, "vector"), sums);
        Near(expected, sums, vector);
    }

    private static void CheckNormalize(LiteralVector vector)
    {
        var values = Vector(vector.Given, "values");
        FixedVector.Normalize(values);
        Near(Vector(vector.Expected, "values"), values, vector);
    }

    private static void CheckRowNormalize(LiteralVector vector)
    {
        var matrix = Matrix(RowsOf(vector.Given, "rows"));
        MatrixMath.NormalizeRows(matrix);
        Near(RowsOf(vector.Expected, "rows"), Dense(matrix, 5), vector);
    }

    private static void CheckColumnNormalize(LiteralVector vector)
    {
        var matrix = Matrix(Transposed(RowsOf(vector.Given, "columns")));
        MatrixMath.NormalizeColumns(matrix, new(), 4);
        Near(RowsOf(vector.Expected, "columns"), Transposed(Dense(matrix, 4)), vector);
    }

    private static void CheckLiquidAverage(LiteralVector vector)
    {
        var isSparse = vector.Given.TryGetProperty("columns", out _);
        var (fresh, old) = isSparse
            ? (SparseRows(vector.Given.GetProperty("new_sparse")), SparseRows(vector.Given.GetProperty("old_sparse")))
            : (Matrix(RowsOf(vector.Given, "new")), Matrix(RowsOf(vector.Given, "old")));
        var rates = isSparse
            ? [.. Enumerable.Repeat(Fixed(vector.Given.GetProperty("alpha")), fresh.EntryCount)]
            : RowsOf(vector.Given, "alpha").SelectMany(row => row).ToArray();
        var expected = isSparse ? Dense(SparseRows(vector.Expected.GetProperty("result_sparse")), 3) : RowsOf(vector.Expected, "matrix");
        var result = new SparseMatrix();

        Bonds.MovingAverage(fresh, old, rates, new(), expected[0].Length, result);

        Near(expected, Dense(result, expected[0].Length), vector);
    }

    private static SparseMatrix SparseRows(System.Text.Json.JsonElement rows)
    {
        var matrix = new SparseMatrix();
        matrix.Reset(rows.GetArrayLength());
        foreach (var row in rows.EnumerateArray())
            matrix.AddRow([.. row.EnumerateArray().Select(entry => entry[0].GetUInt16())], [.. row.EnumerateArray().Select(entry => Fixed(entry[1]))]);
        return matrix;
    }

    private static I32F32[][] Transposed(I32F32[][] rows) => [.. rows[0].Select((_, j) => rows.Select(row => row[j]).ToArray())];
}

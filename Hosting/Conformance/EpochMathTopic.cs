using System.Globalization;
using Dtao.Economics;
using Dtao.Economics.Epochs;

namespace Dtao.Hosting.Conformance;

/// <summary>Vectors of the functions on matrices and vectors of which an epoch is made.</summary>
internal static class EpochMathTopic
{
    public static void Check(VectorCase c)
    {
        switch (c.Text("f"))
        {
            case "median_clip": CheckConsensus(c); break;
            case "normalize": CheckNormalize(c); break;
            case "ema": CheckMovingAverage(c); break;
            case "ema_alpha": CheckLiquidMovingAverage(c); break;
            case "interpolate": CheckInterpolate(c); break;
            case "hadamard": CheckProducts(c); break;
            case "alpha_sigmoid": CheckRate(c); break;
            default: c.Skip($"no such function here: {c.Text("f")}"); break;
        }
    }

    private static void CheckConsensus(VectorCase c)
    {
        var stake = Vector(c, "stake");
        var scores = Matrix(c, "score");
        var median = new I32F32[c.ReadInt32("columns")];
        new WeightedMedian().Columns(stake, scores, new(c.ReadInt64("majority")), median);
        c.Expect("median", Texts(median));

        var clipped = new SparseMatrix();
        MatrixMath.Clip(scores, median, clipped);
        Expect(c, "clipped", clipped);

        var rows = new I32F32[scores.RowCount];
        MatrixMath.RowSums(clipped, rows);
        c.Expect("row_sum", Texts(rows));
        MatrixMath.WeighColumns(clipped, stake, median);
        c.Expect("matmul", Texts(median));
        MatrixMath.WeighRows(clipped, stake, rows);
        c.Expect("matmul_transpose", Texts(rows));
    }

    private static void CheckNormalize(VectorCase c)
    {
        var matrix = Matrix(c, "m");
        MatrixMath.NormalizeRows(matrix);
        Expect(c, "row_normalize", matrix);
        matrix = Matrix(c, "m");
        MatrixMath.NormalizeColumns(matrix, new(), matrix.RowCount);
        Expect(c, "col_normalize", matrix);
        matrix = Matrix(c, "m");
        MatrixMath.UpscaleColumns(matrix, new(), matrix.RowCount);
        Expect(c, "col_max_upscale", matrix);
    }

    private static void CheckMovingAverage(VectorCase c)
    {
        var fresh = Matrix(c, "new");
        var result = new SparseMatrix();
        Bonds.MovingAverage(fresh, Matrix(c, "old"), new I32F32(c.ReadInt64("alpha")), new(), fresh.RowCount, result);
        Expect(c, "r", result);
    }

    private static void CheckLiquidMovingAverage(VectorCase c)
    {
        var fresh = Matrix(c, "new");
        var alphas = c.Items("alpha").Select(row => VectorCase.Items(row, "alpha").Select(item => Number(item, "alpha")).ToArray()).ToArray();
        I32F32[] rates = [.. Enumerable.Range(0, fresh.RowCount).SelectMany(i => fresh.Columns(i).ToArray().Select(column => alphas[i][column]))];
        var result = new SparseMatrix();
        Bonds.MovingAverage(fresh, Matrix(c, "old"), rates, new(), fresh.RowCount, result);
        Expect(c, "r", result);
    }

    private static void CheckInterpolate(VectorCase c) => Expect(c, "r", MatrixMath.Interpolate(
        Matrix(c, "a"), Matrix(c, "b"), new(c.ReadInt64("ratio")), new(), c.ReadInt32("columns"), new()));

    private static void CheckProducts(VectorCase c)
    {
        var matrix = Matrix(c, "m");
        var vector = Vector(c, "v");
        var scaled = new SparseMatrix();
        MatrixMath.ScaleRows(matrix, vector, scaled);
        Expect(c, "row_hadamard", scaled);
        c.Expect("vec_mul", Texts([.. vector.Select(value => value.MultiplySaturating(value))]));

        // The epoch needs only the sums of these rows, so they are added up on both sides.
        var sums = new I32F32[matrix.RowCount];
        MatrixMath.WeighRows(matrix, vector, sums);
        var products = Matrix(c, "mat_vec_mul");
        var expected = new I32F32[products.RowCount];
        MatrixMath.RowSums(products, expected);
        c.ExpectText("mat_vec_mul, by row", string.Join(' ', Texts(expected)), string.Join(' ', Texts(sums)));
    }

    private static void CheckRate(VectorCase c)
    {
        var alpha = new LiquidAlpha(
            new(c.ReadInt64("alpha_low")), new(c.ReadInt64("alpha_high")), VectorCase.Parse<short>(c.Text("steepness_i16"), "steepness_i16"));
        var rate = alpha.Rate(new(c.ReadInt64("consensus")), new(c.ReadInt64("weight")), new(c.ReadInt64("bond")));
        c.Expect("r", rate.Bits);
    }

    private static I32F32[] Vector(VectorCase c, string name) => [.. c.Numbers<long>(name).Select(bits => new I32F32(bits))];

    private static SparseMatrix Matrix(VectorCase c, string name)
    {
        var rows = c.Items(name);
        var matrix = new SparseMatrix();
        matrix.Reset(rows.Length);
        foreach (var row in rows)
        {
            var entries = VectorCase.Items(row, name).Select(item => VectorCase.Items(item, name)).ToArray();
            if (entries.Any(entry => entry.Length != 2)) throw new MalformedVectorException($"{name} holds something that is not a pair");
            matrix.AddRow(
                Array.ConvertAll(entries, entry => VectorCase.Parse<ushort>(VectorCase.Text(entry[0], name), name)),
                Array.ConvertAll(entries, entry => Number(entry[1], name)));
        }

        return matrix;
    }

    private static I32F32 Number(System.Text.Json.JsonElement item, string name) => new(VectorCase.Parse<long>(VectorCase.Text(item, name), name));

    private static void Expect(VectorCase c, string name, SparseMatrix actual)
    {
        var expected = Matrix(c, name);
        c.ExpectText($"{name}, rows", Invariant(expected.RowCount), Invariant(actual.RowCount));
        for (var i = 0; i < Math.Min(expected.RowCount, actual.RowCount); i++) c.ExpectText($"{name}, row {i}", Row(expected, i), Row(actual, i));
    }

    private static string Row(SparseMatrix matrix, int row) =>
        string.Join(' ', matrix.Columns(row).ToArray().Zip(Texts(matrix.Values(row).ToArray()), (column, value) => $"{Invariant(column)}:{value}"));

    private static string[] Texts(I32F32[] values) => Array.ConvertAll(values, value => value.Bits.ToString(CultureInfo.InvariantCulture));

    private static string Invariant(int value) => value.ToString(CultureInfo.InvariantCulture);
}

using System.Text.Json;
using Dtao.Economics.Epochs;
using Dtao.Economics.Tests.Vectors;
using Xunit;

namespace Dtao.Economics.Tests.Epochs;

/// <summary>The literals of the reference's tests of the functions of which an epoch is made.</summary>
public class EpochMathVectorTests
{
    private const string File = "epoch-math.json";

    public static TheoryData<string> Rows => LiteralVector.Rows(File, _ => true);

    [Theory]
    [MemberData(nameof(Rows))]
    public void EpochMath_LiteralOfTheReference_Holds(string id)
    {
        var vector = LiteralVector.Find(File, id);
        switch (vector.When)
        {
            case "vec_u16_max_upscale_to_u16": Equal(vector, "values", FixedVector.MaxUpscale(Parts(vector.Given, "values"))); break;
            case "vec_max_upscale_to_u16": Equal(vector, "values", FixedVector.MaxUpscale(Vector(vector.Given, "values"))); break;
            case "check_vec_max_limited":
                var isLimited = FixedVector.IsMaxLimited(Parts(vector.Given, "values"), (ushort)vector.Number("max_limit"));
                Assert.Equal(vector.Expected.GetProperty("ok").GetBoolean(), isLimited);
                break;
            case "is_topk": CheckTopK(vector); break;
            case "weighted_median": CheckMedian(vector); break;
            case "weighted_median_col": CheckMedians(vector); break;
            case "exp_safe": CheckClamp(vector); break;
            case "sigmoid_safe": CheckSigmoid(vector); break;
            case "compute_bonds with and without liquid alpha (dense)": CheckEqualRates(vector); break;
            default: EpochMatrixVectors.Check(vector); break;
        }
    }

    private static void CheckTopK(LiteralVector vector)
    {
        var expected = vector.Expected.GetProperty("mask").EnumerateArray().Select(item => item.GetBoolean()).ToArray();
        Assert.Equal(expected, FixedVector.TopK(Vector(vector.Given, "values"), vector.Given.GetProperty("k").GetInt32()));
    }

    private static void CheckMedian(LiteralVector vector)
    {
        var stake = Vector(vector.Given, "stake");
        var scores = Matrix([.. Vector(vector.Given, "score").Select(score => new[] { score })]);
        var median = new I32F32[1];

        new WeightedMedian().Columns(stake, scores, Fixed(vector.Given.GetProperty("majority")), median);

        Assert.Equal(Fixed(vector.Expected.GetProperty("median")), median[0]);
    }

    private static void CheckMedians(LiteralVector vector)
    {
        var expected = Vector(vector.Expected, "median");
        var medians = new I32F32[expected.Length];

        new WeightedMedian().Columns(
            Vector(vector.Given, "stake"), Matrix(RowsOf(vector.Given, "weights")), Fixed(vector.Given.GetProperty("majority")), medians);

        Assert.Equal(expected, medians);
    }

    private static void CheckClamp(LiteralVector vector)
    {
        foreach (var pair in vector.Expected.GetProperty("equal_pairs").EnumerateArray())
        {
            Assert.Equal(
                Transcendental.ExpSafe(I32F32.FromInteger(pair[0].GetInt64())), Transcendental.ExpSafe(I32F32.FromInteger(pair[1].GetInt64())));
        }
    }

    /// <summary>The sigmoid is that of the liquid rate between 0 and 1, a steepness of a hundred times rho apart.</summary>
    private static void CheckSigmoid(LiteralVector vector)
    {
        var steepness = (short)(100 * vector.Given.GetProperty("rho").GetInt32());
        var rate = new LiquidAlpha(I32F32.Zero, I32F32.One, steepness).Rate(I32F32.Zero, Fixed(vector.Given.GetProperty("input")), I32F32.Zero);
        var expected = Fixed(vector.Expected.GetProperty("value"));
        Assert.Equal(expected, rate);
    }

    private static void CheckEqualRates(LiteralVector vector)
    {
        var bounds = vector.Given.GetProperty("alpha_values");
        var alpha = LiquidAlpha.Of(bounds[0].GetUInt16(), bounds[1].GetUInt16(), 1_000);
        var weights = Matrix(RowsOf(vector.Given, "weights"), withZeros: true);
        var bonds = Matrix(RowsOf(vector.Given, "bonds"), withZeros: true);
        SparseMatrix liquid = new(), plain = new();
        var rates = new I32F32[weights.EntryCount];

        alpha.Rates(weights, bonds, Vector(vector.Given, "consensus"), new(), rates);
        Bonds.MovingAverage(weights, bonds, rates, new(), weights.RowCount, liquid);
        Bonds.MovingAverage(weights, bonds, Bonds.Rate(vector.Number("bonds_moving_average")), new(), weights.RowCount, plain);

        EpochMatrixVectors.Near(EpochMatrixVectors.Dense(plain, 4), EpochMatrixVectors.Dense(liquid, 4), vector);
    }

    /// <summary>The literal, rounded to 32 fraction bits with ties to even, as the reference converts it.</summary>
    internal static I32F32 Fixed(JsonElement item) => new((long)Math.Round(item.GetDouble() * 4_294_967_296d, MidpointRounding.ToEven));

    internal static I32F32[] Vector(JsonElement item, string name) => [.. item.GetProperty(name).EnumerateArray().Select(Fixed)];

    internal static I32F32[][] RowsOf(JsonElement item, string name) =>
        [.. item.GetProperty(name).EnumerateArray().Select(row => row.EnumerateArray().Select(Fixed).ToArray())];

    /// <summary>A matrix with an entry wherever a row is not 0, or everywhere.</summary>
    internal static SparseMatrix Matrix(I32F32[][] rows, bool withZeros = false)
    {
        var matrix = new SparseMatrix();
        matrix.Reset(rows.Length);
        foreach (var row in rows)
        {
            var columns = Enumerable.Range(0, row.Length).Where(j => withZeros || !row[j].IsZero).Select(j => (ushort)j).ToArray();
            matrix.AddRow(columns, [.. columns.Select(j => row[j])]);
        }

        return matrix;
    }

    private static ushort[] Parts(JsonElement item, string name) => [.. item.GetProperty(name).EnumerateArray().Select(part => part.GetUInt16())];

    private static void Equal(LiteralVector vector, string name, ushort[] actual) => Assert.Equal(Parts(vector.Expected, name), actual);
}

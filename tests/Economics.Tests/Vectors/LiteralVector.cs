using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Xunit;

namespace Dtao.Economics.Tests.Vectors;

/// <summary>One vector of a literal file: what the reference's own test states, and what the rules give exactly.</summary>
internal sealed class LiteralVector(JsonElement element)
{
    public string Id => element.GetProperty("id").GetString()!;

    public string When => element.GetProperty("when") is { ValueKind: JsonValueKind.String } when ? when.GetString()! : "";

    public JsonElement WhenItem => element.GetProperty("when");

    public JsonElement Given => element.GetProperty("given");

    public JsonElement ToleranceItem => element.GetProperty("tolerance");

    public JsonElement Expected => element.GetProperty("expect");

    /// <summary>A part of the vector that not all files have.</summary>
    public JsonElement Item(string name) => element.GetProperty(name);

    /// <summary>The exact values by the rules, where the file gives them.</summary>
    public JsonElement? Exact => element.TryGetProperty("exact_by_rules", out var exact) ? exact : null;

    /// <summary>The values of an independent integer model of the rules, where the file gives them.</summary>
    public JsonElement Derived => element.GetProperty("derived");

    /// <summary>One theory row for each vector of a file that a predicate picks.</summary>
    public static TheoryData<string> Rows(string file, Func<LiteralVector, bool> picks) =>
        [.. VectorFiles.Literals(file).Select(item => new LiteralVector(item)).Where(picks).Select(vector => vector.Id)];

    public static LiteralVector Find(string file, string id) =>
        VectorFiles.Literals(file).Select(item => new LiteralVector(item)).Single(vector => vector.Id == id);

    public BigInteger Integer(string name) => Integer(Given.GetProperty(name));

    public ulong Number(string name) => (ulong)Integer(name);

    public ulong Number(string name, ulong otherwise) => Given.TryGetProperty(name, out var item) ? (ulong)Integer(item) : otherwise;

    public static BigInteger Integer(JsonElement item) => BigInteger.Parse(Text(item), CultureInfo.InvariantCulture);

    /// <summary>Tests a result against a stated value within the stated tolerance, and against the exact one where there is one.</summary>
    public void Check(string name, Rational actual, string exactName, BigInteger exactActual, string? tolerance = null)
    {
        if (Expected.TryGetProperty(name, out var stated)) CheckStated(Text(stated), actual, tolerance);
        if (Exact is { } exact && exact.TryGetProperty(exactName, out var value)) Assert.Equal(Integer(value), exactActual);
    }

    public void Check(string name, BigInteger actual) => Check(name, actual, name, actual);

    /// <summary>Tests a result against a value from the test's own formula, within the stated tolerance.</summary>
    public void CheckStated(string stated, Rational actual, string? tolerance = null)
    {
        var expected = Rational.Parse(stated);
        var difference = (actual - expected).Abs();
        var bound = tolerance is not null && Tolerance(tolerance) is { } named ? Scale(named, tolerance, expected)
            : Tolerance("abs") is { } abs ? abs
            : Tolerance("rel") is { } rel ? rel * expected.Abs()
            : BigInteger.Zero;
        Assert.True(difference <= bound, $"{Id}: expected {stated} within {bound}, got {actual}");
    }

    public Rational? Tolerance(string kind) =>
        element.GetProperty("tolerance") is { ValueKind: JsonValueKind.Object } tolerance && tolerance.TryGetProperty(kind, out var value)
            ? Rational.Parse(Text(value))
            : null;

    private static Rational Scale(Rational bound, string name, Rational expected) =>
        name.EndsWith("rel", StringComparison.Ordinal) ? bound * expected.Abs() : bound;

    public static string Text(JsonElement item) => item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText();
}

using System.Collections.Concurrent;
using System.Globalization;
using Dtao.Economics.Pools;
using Xunit;

namespace Dtao.Economics.Tests.Pools;

/// <summary>The fast power against the exact one, bit for bit. DTAO_LONG=1 runs more than a million inputs.</summary>
public class PowerRatioFastTests(ITestOutputHelper output)
{
    private const int Lanes = 8;

    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("DTAO_LONG") == "1";

    /// <summary>How many inputs of a family are run, and which part of them may not be certified, in per mille.</summary>
    public static TheoryData<PowerFamily, int, int, int> Families => new()
    {
        { PowerFamily.Ordinary, 8_000, 0, 0 },
        { PowerFamily.TinyInput, 5_000, 0, 5 },
        { PowerFamily.ExtremeWeight, 5_000, 0, 50 },
        { PowerFamily.LargeInput, 5_000, 0, 150 },
        { PowerFamily.NearInteger, 6_000, 20, 900 },
        { PowerFamily.NearNegativeEnd, 1_500, 200, 800 },
        { PowerFamily.Unconverged, 1_500, 1_000, 1_000 },
        { PowerFamily.AboveOne, 4_000, 0, 5 },
        { PowerFamily.SmallExponent, 4_000, 10, 700 },
        { PowerFamily.NearOne, 2_000, 0, 1_000 },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void Evaluate_EveryFamily_EqualsExact(PowerFamily family, int count, int fallbackPerMilleMin, int fallbackPerMilleMax)
    {
        var total = s_isLong ? count * 25 : count;
        var fallbacks = Run(total, seed => { var inputs = new PowerInputs(seed); return () => inputs.Next(family); }, PowerRatio.SwapPrecision);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{family}: {total} inputs, {fallbacks} fell back to the exact way"));
        Assert.InRange(1000L * fallbacks / total, fallbackPerMilleMin, fallbackPerMilleMax);
    }

    [Fact]
    public void Evaluate_PricesAtTheLimitPrecision_EqualsExact()
    {
        var total = s_isLong ? 30_000 : 600;
        var fallbacks = Run(total, seed => { var inputs = new PowerInputs(seed); return inputs.NextPrices; }, PowerRatio.LimitPrecision);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Prices: {total} inputs, {fallbacks} fell back to the exact way"));
        Assert.InRange(fallbacks, 0, total / 100);
    }

    [Theory]
    [InlineData(0, 7, 1, 2, PowerRatioKind.InRange, 0)]
    [InlineData(7, 0, 1, 2, PowerRatioKind.Undefined, 0)]
    [InlineData(0, 0, 1, 2, PowerRatioKind.Undefined, 0)]
    [InlineData(7, 5, 1, 0, PowerRatioKind.Undefined, 0)]
    [InlineData(7, 5, 0, 2, PowerRatioKind.InRange, PowerRatio.Scale)]
    [InlineData(0, 5, 0, 2, PowerRatioKind.InRange, 0)]
    [InlineData(5, 5, 3, 2, PowerRatioKind.InRange, PowerRatio.Scale)]
    [InlineData(1, 3, 7, 7, PowerRatioKind.InRange, 333_333_333_333_333_333)]
    [InlineData(19, 1, 1, 1, PowerRatioKind.TooLarge, 0)]
    [InlineData(18, 1, 1, 1, PowerRatioKind.InRange, 18_000_000_000_000_000_000)]
    [InlineData(1, 4, 1, 2, PowerRatioKind.InRange, PowerRatio.Scale / 2)]
    public void Evaluate_Corner_IsTheReferencesAnswer(ulong n, ulong d, ulong a, ulong b, PowerRatioKind kind, ulong parts)
    {
        var value = PowerRatio.Evaluate(n, d, a, b, PowerRatio.SwapPrecision);

        Assert.Equal(new PowerRatioValue(kind, parts), value);
        Assert.Equal(PowerRatioValue.Of(PowerRatio.Exact(n, d, a, b, PowerRatio.SwapPrecision, PowerRatio.Scale)), value);
    }

    [Fact]
    public void TryEvaluateFast_UnprovenPrecision_IsNotAnswered()
    {
        Assert.False(PowerRatio.TryEvaluateFast(3, 5, 1001, 2003, PowerRatio.SwapPrecision - 1, out _));
        Assert.False(PowerRatio.TryEvaluateFast(3, 5, 1001, 2003, PowerRatio.LimitPrecision + 1, out _));
        Assert.True(PowerRatio.TryEvaluateFast(3, 5, 1001, 2003, PowerRatio.SwapPrecision, out _));
    }

    [Fact]
    public void TryEvaluateFast_OrdinaryInput_AllocatesNothing()
    {
        var inputs = new PowerInputs(11);
        var powers = Enumerable.Range(0, 1_000).Select(_ => inputs.Next(PowerFamily.Ordinary)).ToArray();
        var sum = EvaluateAll(powers);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var again = EvaluateAll(powers);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(sum, again);
        Assert.Equal(0, allocated);
    }

    private static ulong EvaluateAll(PowerInput[] powers)
    {
        var sum = 0UL;
        foreach (var power in powers)
        {
            PowerRatio.TryEvaluateFast(power.Numerator, power.Denominator, power.A, power.B, PowerRatio.SwapPrecision, out var value);
            sum = unchecked(sum + value.Parts);
        }

        return sum;
    }

    /// <summary>Compares both ways on seeded inputs in parallel lanes; returns how many were not certified.</summary>
    private static int Run(int total, Func<int, Func<PowerInput>> generator, int precision)
    {
        var fallbacks = 0;
        var faults = new ConcurrentQueue<string>();
        Parallel.For(0, Lanes, lane =>
        {
            var next = generator(lane + 1);
            for (var i = lane; i < total; i += Lanes)
            {
                var (n, d, a, b) = next();
                var exact = PowerRatioValue.Of(PowerRatio.Exact(n, d, a, b, precision, PowerRatio.Scale));
                if (!PowerRatio.TryEvaluateFast(n, d, a, b, precision, out var fast)) Interlocked.Increment(ref fallbacks);
                else if (fast != exact) faults.Enqueue($"({n}/{d})^({a}/{b}): fast {fast}, exact {exact}");
            }
        });
        Assert.True(faults.IsEmpty, $"{faults.Count} differ: {string.Join('\n', faults.Take(5))}");
        return fallbacks;
    }
}

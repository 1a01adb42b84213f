using System.Numerics;
using BenchmarkDotNet.Attributes;
using Dtao.Economics.Pools;

namespace Dtao.Benchmarks.Micro;

/// <summary>The power of a swap at 256 bits: the reference's own way against the fast one, on the same inputs.</summary>
public class PowerBenchmarks
{
    private const ulong Before = 50_000_000_000_000;
    private const ulong After = 50_001_000_000_000;

    /// <summary>The TAO weight and the alpha weight, in parts of 10^18.</summary>
    [Params(500_000_000_000_000_000, 537_812_345_678_901_234)]
    public ulong QuoteWeight { get; set; }

    private ulong BaseWeight => PowerRatio.Scale - QuoteWeight;

    [Benchmark(Baseline = true)]
    public BigInteger? Exact() => PowerRatio.Exact(Before, After, QuoteWeight, BaseWeight, PowerRatio.SwapPrecision, PowerRatio.Scale);

    [Benchmark]
    public PowerRatioValue Fast() => PowerRatio.Evaluate(Before, After, QuoteWeight, BaseWeight, PowerRatio.SwapPrecision);
}

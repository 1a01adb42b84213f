using BenchmarkDotNet.Attributes;
using Dtao.Benchmarks.Loads;
using Dtao.Economics;
using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;

namespace Dtao.Benchmarks.Micro;

/// <summary>A block's arithmetic: the curve, and everything that happens in one subnet.</summary>
public class BlockBenchmarks
{
    private readonly SubnetBooks _books = BenchmarkNetwork.Books(new NetUid(1), BenchmarkNetwork.ReserveTao);
    private readonly SubnetBlockInput _input = new(
        new BlockNumber(1_000), U96F32.FromInteger(7_812_500), RootSell: true, new Tao(1_000_000_000_000_000), NetworkParameters.Default);

    [Benchmark]
    public ulong Emission() => BlockEmission.Of(15_234_567_891_234_567);

    /// <summary>Includes the copy of the books that a pool makes for each block.</summary>
    [Benchmark]
    public SubnetBlockResult OneSubnet() => SubnetBlock.Apply(_books.Copy(), _input);
}

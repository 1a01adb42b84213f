using BenchmarkDotNet.Attributes;
using Dtao.Benchmarks.Loads;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;

namespace Dtao.Benchmarks.Micro;

/// <summary>A swap at general weights and the recording of stake.</summary>
public class MarketBenchmarks
{
    private readonly SwapInput _buy = new(BenchmarkNetwork.Market, SwapSide.Buy, 1_000_000_000, PoolPrices.NoLimit(SwapSide.Buy));
    private readonly SwapInput _sell = new(BenchmarkNetwork.Market, SwapSide.Sell, 1_000_000_000, PoolPrices.NoLimit(SwapSide.Sell));
    private HotkeyPool _pool;
    private SafeFloat _share;

    [GlobalSetup]
    public void Stake()
    {
        var first = SharePool.UpdateOne(default, default, 7_654_321_987_654);
        var second = SharePool.UpdateOne(first.Pool, default, 1_234_567_891);
        (_pool, _share) = (SharePool.UpdateAll(second.Pool, 987_654_321), second.Share);
    }

    [Benchmark]
    public SwapResult Buy() => Swap.Execute(_buy);

    [Benchmark]
    public SwapResult Sell() => Swap.Execute(_sell);

    [Benchmark]
    public SharePoolMember UpdateShare() => SharePool.UpdateOne(_pool, _share, 1_000_000_007);
}

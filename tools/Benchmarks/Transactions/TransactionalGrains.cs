using Dtao.Economics;
using Dtao.Economics.Pools;
using Orleans.Concurrency;
using Orleans.Transactions.Abstractions;

namespace Dtao.Benchmarks.Transactions;

/// <summary>The same swap on Orleans Transactions: an account and a pool that change together, in one transaction.</summary>
[Alias("dtao.bench.ITransactionalAccountGrain")]
public interface ITransactionalAccountGrain : IGrainWithIntegerKey
{
    /// <summary>Swaps rao of TAO into alpha, or back, and answers what came out.</summary>
    [Alias("Swap"), Transaction(TransactionOption.Create)]
    Task<ulong> Swap(int pool, bool isBuy, ulong amount);
}

/// <summary>The pool's side of it.</summary>
[Alias("dtao.bench.ITransactionalPoolGrain")]
public interface ITransactionalPoolGrain : IGrainWithIntegerKey
{
    [Alias("Swap"), Transaction(TransactionOption.Join)]
    Task<ulong> Swap(bool isBuy, ulong amount);
}

[GenerateSerializer, Alias("dtao.bench.TransactionalAccount")]
public sealed class TransactionalAccount
{
    [Id(0)] public ulong Tao { get; set; } = 1_000_000_000_000;
    [Id(1)] public ulong Alpha { get; set; }
}

[GenerateSerializer, Alias("dtao.bench.TransactionalPool")]
public sealed class TransactionalPool
{
    [Id(0)] public ulong Tao { get; set; } = Loads.BenchmarkNetwork.Market.TaoReserve.Rao;
    [Id(1)] public ulong Alpha { get; set; } = Loads.BenchmarkNetwork.Market.AlphaReserve.Rao;
}

/// <inheritdoc cref="ITransactionalAccountGrain"/>
[Reentrant]
public sealed class TransactionalAccountGrain([TransactionalState("account", TransactionLoad.Storage)] ITransactionalState<TransactionalAccount> state)
    : Grain, ITransactionalAccountGrain
{
    private readonly Dictionary<int, ITransactionalPoolGrain> _pools = [];

    public async Task<ulong> Swap(int pool, bool isBuy, ulong amount)
    {
        if (!_pools.TryGetValue(pool, out var market)) _pools.Add(pool, market = GrainFactory.GetGrain<ITransactionalPoolGrain>(pool));
        var paidOut = await market.Swap(isBuy, amount);
        await state.PerformUpdate(account =>
        {
            account.Tao = isBuy ? account.Tao - amount : account.Tao + paidOut;
            account.Alpha = isBuy ? account.Alpha + paidOut : account.Alpha - amount;
        });
        return paidOut;
    }
}

/// <inheritdoc cref="ITransactionalPoolGrain"/>
[Reentrant]
public sealed class TransactionalPoolGrain([TransactionalState("pool", TransactionLoad.Storage)] ITransactionalState<TransactionalPool> state)
    : Grain, ITransactionalPoolGrain
{
    private static readonly PoolState Market = Loads.BenchmarkNetwork.Market;

    public Task<ulong> Swap(bool isBuy, ulong amount) => state.PerformUpdate(pool =>
    {
        var market = Market with { TaoReserve = new Tao(pool.Tao), AlphaReserve = new Alpha(pool.Alpha) };
        var side = isBuy ? SwapSide.Buy : SwapSide.Sell;
        var swap = Economics.Pools.Swap.Execute(new SwapInput(market, side, amount, PoolPrices.NoLimit(side)));
        pool.Tao = isBuy ? pool.Tao + swap.PaidIn : pool.Tao - swap.PaidOut;
        pool.Alpha = isBuy ? pool.Alpha - swap.PaidOut : pool.Alpha + swap.PaidIn;
        return swap.PaidOut;
    });
}

using Dtao.Benchmarks.Loads;
using Orleans.Transactions;

namespace Dtao.Benchmarks.Transactions;

/// <summary>Swaps as transactions, on memory storage: nothing survives the process.</summary>
internal static class TransactionLoad
{
    public const string Storage = "benchmark-memory";

    private static readonly int[] s_inFlight = [32, 128, 512];

    public static void Configure(ISiloBuilder silo)
    {
        silo.UseTransactions();
        silo.AddMemoryGrainStorage(Storage);
    }

    /// <summary>Measures at several numbers of transactions in flight; the best per CPU-second is what the ledger is held against.</summary>
    public static async Task<IReadOnlyList<PhaseResult>> RunAsync(IGrainFactory factory, SystemOptions options, int pools)
    {
        List<PhaseResult> results = [];
        foreach (var inFlight in s_inFlight)
        {
            var load = new Accounts(factory, inFlight, pools);
            var name = pools == 1 ? "transactions, one pool" : $"transactions, {pools} pools";
            results.Add(await ClosedLoop.RunAsync(name, inFlight, options.WarmUp, options.Length, load.StepAsync));
        }

        return results;
    }

    private sealed class Accounts(IGrainFactory factory, int count, int pools)
    {
        private readonly ITransactionalAccountGrain[] _grains = [.. Enumerable.Range(0, count).Select(number => factory.GetGrain<ITransactionalAccountGrain>(number))];
        private readonly ulong[] _bought = new ulong[count];
        private readonly int[] _rounds = new int[count];

        public async Task<StepEnd> StepAsync(int account)
        {
            var pool = 1 + ((account + _rounds[account]) % pools);
            var sold = _bought[account];
            try
            {
                var paidOut = await _grains[account].Swap(pool, sold == 0, sold == 0 ? BenchmarkNetwork.RaoPerTao : sold);
                _bought[account] = sold == 0 ? paidOut : 0;
                if (sold != 0) _rounds[account]++;
                return StepEnd.Done;
            }
            catch (Exception exception) when (exception is OrleansTransactionException or TimeoutException)
            {
                return StepEnd.Failed;
            }
        }
    }
}

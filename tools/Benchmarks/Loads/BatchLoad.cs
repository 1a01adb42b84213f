using System.Net;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Blocks;
using Dtao.Hosting.Network;

namespace Dtao.Benchmarks.Loads;

/// <summary>
/// The client's own calls: one operation in a message, and many. The same swaps by the same accounts, which are dealt out to callers; each caller has one operation of each of its accounts under way,
/// one after the other or all in one message.
/// </summary>
internal sealed class BatchLoad(DtaoClient client, int accounts, int pools)
{
    /// <summary>How many operations are in one message.</summary>
    public const int OperationsInOne = 250;

    private readonly ulong[] _bought = new ulong[accounts];
    private readonly int[] _rounds = new int[accounts];
    private long _submitted;
    private long _applied;

    public long Submitted => _submitted;

    public long Applied => _applied;

    public static Task<DtaoClient> ConnectAsync(NetworkHost network) => DtaoClient.ConnectAsync(new DtaoConnectionOptions
    {
        Gateways = [new IPEndPoint(IPAddress.Loopback, network.GatewayPort)],
        ClusterId = NetworkHostOptions.ClusterName,
        ServiceId = NetworkHostOptions.ClusterName,
    });

    /// <summary>How many callers send many operations in one message.</summary>
    public int Callers => accounts / OperationsInOne;

    /// <summary>Each account has a caller of its own.</summary>
    public Task<PhaseResult> SingleAsync(string name, SystemOptions options, IBlockCoordinatorGrain coordinator) =>
        BesideBlocksAsync(coordinator, () => ClosedLoop.RunAsync(name, accounts, options.WarmUp, options.Length, SubmitAsync, options.Stalls));

    /// <summary>As many callers as <see cref="ManyAsync"/> has, for the same accounts: each sends one operation after the other.</summary>
    public Task<PhaseResult> SingleByCallersAsync(string name, SystemOptions options, IBlockCoordinatorGrain coordinator)
    {
        var sent = new int[Callers];
        return BesideBlocksAsync(
            coordinator,
            () => ClosedLoop.RunAsync(
                name, Callers, options.WarmUp, options.Length, caller => SubmitAsync((caller * OperationsInOne) + (sent[caller]++ % OperationsInOne)), options.Stalls));
    }

    /// <summary>Each step of a loop is one message: what is done in it is counted as so many steps.</summary>
    public async Task<PhaseResult> ManyAsync(string name, SystemOptions options, IBlockCoordinatorGrain coordinator)
    {
        var result = await BesideBlocksAsync(coordinator, () => ClosedLoop.RunAsync(name, Callers, options.WarmUp, options.Length, async message =>
        {
            // Neighbours trade on different pools.
            var first = message * OperationsInOne;
            var calls = new (AccountId, Call)[OperationsInOne];
            for (var i = 0; i < calls.Length; i++) calls[i] = CallOf(first + i);
            var results = await client.SubmitManyAsync(calls);
            var areApplied = true;
            for (var i = 0; i < calls.Length; i++) areApplied &= Note(first + i, results[i]);
            return areApplied ? StepEnd.Done : StepEnd.Refused;
        }, options.Stalls));
        return result with { InFlight = Callers * OperationsInOne, Done = result.Done * OperationsInOne, Refused = result.Refused * OperationsInOne };
    }

    private async Task<StepEnd> SubmitAsync(int account)
    {
        var (signer, call) = CallOf(account);
        return Note(account, await client.SubmitAsync(signer, call)) ? StepEnd.Done : StepEnd.Refused;
    }

    private static async Task<PhaseResult> BesideBlocksAsync(IBlockCoordinatorGrain coordinator, Func<Task<PhaseResult>> run)
    {
        using var ended = new CancellationTokenSource();
        var blocks = CloseBlocksAsync(coordinator, ended.Token);
        var result = await run();
        await ended.CancelAsync();
        await blocks;
        return result;
    }

    private (AccountId Signer, Call Call) CallOf(int account)
    {
        var sold = _bought[account];
        Interlocked.Increment(ref _submitted);
        return (BenchmarkNetwork.Account(account), new Call
        {
            Kind = sold == 0 ? CallKind.AddStake : CallKind.RemoveStake,
            Hotkey = BenchmarkNetwork.Hotkey(account),
            Netuid = DurableLoad.FirstPoolOf(account + _rounds[account], pools),
            Amount = sold == 0 ? BenchmarkNetwork.RaoPerTao : sold,
        });
    }

    private bool Note(int account, OperationResult result)
    {
        var wasBuy = _bought[account] == 0;
        _bought[account] = 0;
        if (!result.IsApplied) return false;
        Interlocked.Increment(ref _applied);
        if (wasBuy) _bought[account] = result.Moves[0].Alpha.Rao / 1_000 * 999;
        else _rounds[account]++;
        return true;
    }

    private static async Task CloseBlocksAsync(IBlockCoordinatorGrain coordinator, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            await coordinator.CloseBlock();
            await Task.Delay(TimeSpan.FromSeconds(1), ended).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }
}

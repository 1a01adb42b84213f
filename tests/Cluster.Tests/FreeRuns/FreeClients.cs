using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using Orleans;

namespace Dtao.Cluster.Tests.FreeRuns;

/// <summary>
/// Many clients at once, each with the next operation of a list as soon as its last one is answered, through the silo that is its own; blocks close beside them.
/// Nobody orders anything.
/// </summary>
/// <param name="gates">A way into each silo.</param>
internal sealed class FreeClients(IReadOnlyList<IGrainFactory> gates, int clients)
{
    /// <summary>Blocks ahead of the last known one; more than pass while an operation waits its turn.</summary>
    private const ulong ValidBlocks = 64;

    private (AccountId Signer, Call Call)[] _calls = [];
    private AnsweredOperation[] _answered = [];
    private ulong _blocks;
    private ulong _head;
    private int _next = -1;
    private int _done;

    /// <returns>Every operation with its final answer.</returns>
    public async Task<IReadOnlyList<AnsweredOperation>> RunAsync(Scenario scenario)
    {
        _calls = [.. scenario.Steps.Where(step => step.Call is not null).Select(step => (step.Signer, step.Call!))];
        _answered = new AnsweredOperation[_calls.Length];
        _blocks = scenario.Steps.Aggregate(0UL, (sum, step) => sum + step.Blocks);
        using var due = new SemaphoreSlim(1);
        var chain = CloseBlocks(due);
        await Task.WhenAll(Enumerable.Range(0, clients).Select(number => Task.Run(() => Work(gates[number % gates.Count], due))));
        due.Release(checked((int)_blocks));
        await chain;
        return _answered;
    }

    /// <summary>Block after block, evenly over the operations that are answered: whatever else runs at that moment runs on.</summary>
    private async Task CloseBlocks(SemaphoreSlim due)
    {
        var coordinator = gates[0].Coordinator();
        while (_head < _blocks)
        {
            await due.WaitAsync();
            _head = (await Insist(coordinator.CloseBlock)).Number.Value;
        }
    }

    private async Task Work(IGrainFactory gate, SemaphoreSlim due)
    {
        for (var place = Interlocked.Increment(ref _next); place < _calls.Length; place = Interlocked.Increment(ref _next))
        {
            var (signer, call) = _calls[place];
            var operation = new Operation { Id = OperationId.Create(), Signer = signer, Call = call, LastValidBlock = new BlockNumber(_head + ValidBlocks) };
            var account = gate.Account(signer);
            _answered[place] = new AnsweredOperation(operation, await Insist(() => account.Submit(operation), receipt => receipt.MayPassOnRetry));
            var done = Interlocked.Increment(ref _done);
            if ((ulong)done * _blocks / (ulong)_calls.Length > (ulong)(done - 1) * _blocks / (ulong)_calls.Length) due.Release();
        }
    }

    /// <summary>Asks the same again while the answer is that it may pass then, or that an activation is gone.</summary>
    private static async Task<T> Insist<T>(Func<Task<T>> ask, Func<T, bool>? isToRepeat = null)
    {
        var last = default(T);
        for (var tries = 1; tries < 200; tries++)
        {
            try
            {
                last = await ask();
                if (isToRepeat?.Invoke(last) != true) return last;
            }
            catch (Exception gone) when (gone is ActorPoisonedException or OperationCanceledException or Orleans.Runtime.OrleansException or TimeoutException)
            {
                // Its successor answers.
            }

            await Task.Delay(Retry.Delay(Math.Min(tries, 3)));
        }

        throw new TimeoutException($"Asked again and again, and the last answer was {last}.");
    }
}

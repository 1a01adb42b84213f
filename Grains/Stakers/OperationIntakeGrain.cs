using System.Runtime.InteropServices;
using Dtao.Economics;
using Dtao.Economics.Staking;
using Dtao.Grains.Shell;
using Orleans.Concurrency;

namespace Dtao.Grains.Stakers;

/// <inheritdoc cref="IOperationIntakeGrain"/>
[StatelessWorker, Reentrant]
public sealed class OperationIntakeGrain(NetworkContext network) : Grain, IOperationIntakeGrain
{
    public async Task<ReceiptBatch> SubmitMany(OperationBatch batch)
    {
        var operations = batch.Operations;
        if (IsTooLarge(operations)) return new ReceiptBatch(Array.ConvertAll(operations, operation => Receipt.NotAccepted(IdOf(operation), RefusalCode.BatchTooLarge, network.Head)));
        var run = new BatchRun(operations.Length);
        for (var place = 0; place < operations.Length; place++)
        {
            if (!IsWellFormed(operations[place])) run.End(place, Receipt.NotAccepted(IdOf(operations[place]), RefusalCode.MalformedOperation, network.Head));
        }

        foreach (var (account, places) in ByAccount(operations)) Hand(GrainFactory, account, operations, places, run);
        await run.WaitAtMost(TimeSpan.FromSeconds(OperationLimits.BatchSeconds));
        return new ReceiptBatch(run.Receipts(place => Receipt.NotAccepted(IdOf(operations[place]), RefusalCode.OutcomeUnknown, network.Head)));
    }

    private static OperationId IdOf(Operation? operation) => operation?.Id ?? default;

    private static bool IsTooLarge(Operation[] operations)
    {
        if (!BatchSize.Fits(operations.Length, 0)) return true;
        long bytes = 0;
        foreach (var operation in operations) bytes += IsWellFormed(operation) ? BatchSize.Of(operation) : 0;
        return !BatchSize.Fits(operations.Length, bytes);
    }

    /// <summary>What is not cannot even be measured; its account would refuse it, too.</summary>
    private static bool IsWellFormed(Operation? operation) => operation is { Call: { } call } && CallShape.IsWellFormed(call);

    /// <summary>The places of each account's operations, in their order.</summary>
    private static Dictionary<AccountId, List<int>> ByAccount(Operation[] operations)
    {
        var places = new Dictionary<AccountId, List<int>>(operations.Length);
        for (var place = 0; place < operations.Length; place++)
        {
            if (!IsWellFormed(operations[place])) continue;
            ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(places, operations[place].Signer, out _);
            (list ??= new List<int>(1)).Add(place);
        }

        return places;
    }

    /// <summary>Gives an account its operations: in a turn of its own where it is known to be active here, otherwise as a message.</summary>
    /// <param name="factory">The worker's own may be used in its turns alone.</param>
    private static void Hand(IGrainFactory factory, AccountId account, Operation[] operations, List<int> places, BatchRun run)
    {
        if (LocalAccounts.Of(factory).Find(account) is not { } local)
        {
            _ = Send(factory, account, operations, places, run);
            return;
        }

        local.Post(new Turn(() =>
        {
            for (var i = 0; i < places.Count; i++)
            {
                if (local.TryBegin(operations[places[i]], run.EndOf(places[i]))) continue;

                // Not in the account's turn: its activation ends, and the answer would come to it.
                var left = places[i..];
                ThreadPool.UnsafeQueueUserWorkItem(_ => { _ = Send(factory, account, operations, left, run); }, null);
                return;
            }
        }));
    }

    private static async Task Send(IGrainFactory factory, AccountId account, Operation[] operations, List<int> places, BatchRun run)
    {
        try
        {
            var sent = places.Count == operations.Length ? operations : [.. places.Select(place => operations[place])];
            var answered = await factory.Account(account).SubmitAll(new OperationBatch(sent));
            for (var i = 0; i < places.Count; i++) run.End(places[i], answered.Receipts[i]);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Some may have been decided; asked again, each is answered with what became of it.
            foreach (var place in places) run.End(place, null);
        }
    }

    private sealed class Turn(Action work) : IThreadPoolWorkItem
    {
        public void Execute() => work();
    }
}

using System.Collections.Concurrent;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Hosting.Chaos;
using Dtao.LoadTest.Proofs;

namespace Dtao.LoadTest.Runs;

/// <summary>Holds what testers were told against a network that runs: what it answers for each account, each operation, and each position.</summary>
/// <remarks>The stakers were made by the run itself and trade with nobody else, so all that they have is in their receipts.</remarks>
internal sealed class LiveProof(IReadOnlyList<DtaoClient> clients)
{
    public const string Receipts = "receipts";

    /// <summary>Positions of more stakers than this are read of so many, evenly over all: each takes a question to every subnet.</summary>
    private const int PositionsOfMax = 1_000;
    private const int WidthMax = 64;

    /// <param name="rich">Who paid; others use it too, so its balance is left out.</param>
    public async Task<IReadOnlyList<ChaosCheck>> RunAsync(LoadResult result, AccountId rich, CancellationToken cancellationToken)
    {
        var tally = new ReceiptTally();
        var applied = result.Acknowledged.Where(entry => entry.Receipt.IsApplied).ToArray();
        foreach (var (operation, receipt) in applied) tally.Add(operation, receipt.Outcome!);
        var accounts = tally.Free.Keys.Where(account => account != rich).ToArray();
        return
        [
            ChaosCheck.Of(LoadProof.Outcomes, $"{result.Acknowledged.Count} operations have an outcome", [.. result.Open.Select(operation => $"operation {operation.Id} ({operation.Call.Kind}) of {operation.Signer} has no outcome"), .. result.Faults]),
            await CheckReceipts(result.Acknowledged, cancellationToken),
            await CheckFree(tally, accounts, cancellationToken),
            await CheckPositions(tally, accounts, cancellationToken),
        ];
    }

    /// <summary>The account tells the same receipt again; twice the same operation would have another.</summary>
    private async Task<ChaosCheck> CheckReceipts(IReadOnlyCollection<Acknowledged> acknowledged, CancellationToken cancellationToken)
    {
        var (found, old) = (new ConcurrentQueue<string>(), 0);
        foreach (var id in acknowledged.GroupBy(entry => entry.Operation.Id).Where(group => group.Count() > 1).Select(group => group.Key)) found.Enqueue($"operation {id} was acknowledged more than once");
        var head = (await clients[0].GetHeadAsync(cancellationToken)).Block.Value;
        await Each(acknowledged, async (entry, client, token) =>
        {
            if (await client.GetReceiptAsync(entry.Operation.Signer, entry.Operation.Id, token) is { } again)
            {
                if (Acknowledged.Line(again) != Acknowledged.Line(entry.Receipt)) found.Enqueue($"told '{Acknowledged.Line(entry.Receipt)}' and then '{Acknowledged.Line(again)}'");
            }
            else if (entry.Operation.LastValidBlock.Value + Grains.OperationLimits.ReceiptBlocks <= head)
            {
                Interlocked.Increment(ref old);
            }
            else
            {
                found.Enqueue($"operation {entry.Operation.Id} of {entry.Operation.Signer} was acknowledged, and its account does not know it");
            }
        }, cancellationToken);
        return ChaosCheck.Of(Receipts, $"{acknowledged.Count} acknowledged, each there once; {old} too old to be remembered", [.. found]);
    }

    private async Task<ChaosCheck> CheckFree(ReceiptTally tally, AccountId[] accounts, CancellationToken cancellationToken)
    {
        var found = new ConcurrentQueue<string>();
        await Each(accounts, async (account, client, token) =>
        {
            var view = await client.GetBalanceAsync(account, token);
            if (view.Free.Rao != tally.Free[account]) found.Enqueue($"account {account} has {view.Free} rao, and {tally.Free[account]} by the receipts");
            if (!view.Held.IsZero) found.Enqueue($"account {account} has {view.Held} rao held");
        }, cancellationToken);
        return ChaosCheck.Of(LoadProof.FreeTao, $"{accounts.Length} accounts, to the rao", [.. found]);
    }

    private async Task<ChaosCheck> CheckPositions(ReceiptTally tally, AccountId[] accounts, CancellationToken cancellationToken)
    {
        var (found, count) = (new ConcurrentQueue<string>(), 0);
        var expected = tally.Stake.ToLookup(entry => entry.Key.Coldkey);
        var changes = tally.Changes;
        var read = accounts.Where((_, place) => accounts.Length <= PositionsOfMax || place % ((accounts.Length + PositionsOfMax - 1) / PositionsOfMax) == 0).ToArray();
        await Each(read, async (account, client, token) =>
        {
            var held = (await client.GetPositionsAsync(account, token)).ToDictionary(position => (position.Netuid, position.Hotkey), position => (Int128)position.Value.Rao);
            foreach (var (key, amount) in expected[account])
            {
                Interlocked.Increment(ref count);
                held.Remove((key.Netuid, key.Hotkey), out var value);
                // A share is rounded at each change of its hotkey's pool.
                if (Int128.Abs(value - amount) > changes + 2) found.Enqueue($"{key} holds {value} rao, and {amount} by the receipts");
            }

            foreach (var (key, value) in held) found.Enqueue($"{account} holds {value} rao on {key.Hotkey} in {key.Netuid}, of which no receipt tells");
        }, cancellationToken);
        return ChaosCheck.Of(LoadProof.Positions, $"{count} positions of {read.Length} accounts{(read.Length < accounts.Length ? $", evenly of {accounts.Length}" : string.Empty)}, as receipts say", [.. found]);
    }

    private Task Each<TItem>(IEnumerable<TItem> items, Func<TItem, DtaoClient, CancellationToken, Task> check, CancellationToken cancellationToken)
    {
        var next = 0;
        return Parallel.ForEachAsync(
            items, new ParallelOptions { MaxDegreeOfParallelism = WidthMax, CancellationToken = cancellationToken },
            async (item, token) => await check(item, clients[(int)((uint)Interlocked.Increment(ref next) % (uint)clients.Count)], token));
    }
}

using System.Collections.Concurrent;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Chaos;
using Dtao.LoadTest.Populations;
using Dtao.LoadTest.Proofs;

namespace Dtao.LoadTest.Runs;

/// <summary>Holds what testers were told against a network that runs: what it answers for each account, each operation, and each position.</summary>
/// <remarks>The stakers were made by the run itself, or by the genesis, and trade with nobody else, so all that they have is in their receipts.</remarks>
/// <param name="begun">Who began with the network; null where the run has made its stakers. Their hotkeys are paid dividends, of which no receipt tells.</param>
internal sealed class LiveProof(IReadOnlyList<DtaoClient> clients, Population? begun = null)
{
    public const string Receipts = "receipts";

    /// <summary>Positions of more stakers than this are read of so many, evenly over all: each takes a question to every subnet.</summary>
    private const int PositionsOfMax = 1_000;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly ProofReads _reads = new(clients.Count, s_pause);

    /// <summary>What cannot be read is a fault of its check, so that there is a report whatever the network does.</summary>
    /// <param name="rich">Who paid; others use it too, so its balance is left out.</param>
    public async Task<IReadOnlyList<ChaosCheck>> RunAsync(LoadResult result, AccountId rich, CancellationToken cancellationToken)
    {
        var tally = new ReceiptTally();
        var applied = result.Acknowledged.Where(entry => entry.Receipt.IsApplied).ToArray();
        foreach (var (operation, receipt) in applied) tally.Add(operation, receipt.Outcome!);
        if (begun is not null) AddWhatTheyBeganWith(begun, tally);
        var accounts = tally.Free.Keys.Where(account => account != rich).ToArray();
        return
        [
            ChaosCheck.Of(LoadProof.Outcomes, $"{result.Acknowledged.Count} operations have an outcome", [.. result.Open.Select(operation => $"operation {operation.Id} ({operation.Call.Kind}) of {operation.Signer} has no outcome"), .. result.Faults]),
            await CheckReceipts(result.Acknowledged, cancellationToken),
            await CheckFree(tally, accounts, cancellationToken),
            await CheckPositions(tally, LoadProof.ChangesOf(applied), accounts, cancellationToken),
        ];
    }

    /// <summary>Of those that receipts tell of.</summary>
    private static void AddWhatTheyBeganWith(Population population, ReceiptTally tally)
    {
        for (var staker = 0; staker < population.Options.Stakers; staker++)
        {
            var account = population.Staker(staker);
            if (!tally.Free.ContainsKey(account)) continue;
            tally.Add(account, population.FreeOf(staker).Rao);
            for (var place = 0; place < population.Options.Positions; place++)
            {
                var start = population.PositionOf(staker, place);
                tally.Add(new PositionKey(start.Netuid, population.ValidatorHotkey(start.Validator), account), start.Amount);
            }
        }
    }

    /// <summary>The account tells the same receipt again; twice the same operation would have another.</summary>
    private async Task<ChaosCheck> CheckReceipts(IReadOnlyCollection<Acknowledged> acknowledged, CancellationToken cancellationToken)
    {
        var (found, old, head) = (new ConcurrentQueue<string>(), 0, 0UL);
        foreach (var id in acknowledged.GroupBy(entry => entry.Operation.Id).Where(group => group.Count() > 1).Select(group => group.Key)) found.Enqueue($"operation {id} was acknowledged more than once");
        var lost = await _reads.EachAsync(["the newest block"], async (_, client, token) => head = (await clients[client].GetHeadAsync(token)).Block.Value, name => name, cancellationToken);
        if (lost.Count == 0) lost = await _reads.EachAsync(acknowledged, Check, entry => $"the receipt of operation {entry.Operation.Id} of {entry.Operation.Signer}", cancellationToken);
        return ChaosCheck.Of(Receipts, $"{acknowledged.Count} acknowledged, each there once; {old} too old to be remembered", [.. found, .. lost]);

        async Task Check(Acknowledged entry, int client, CancellationToken token)
        {
            if (await clients[client].GetReceiptAsync(entry.Operation.Signer, entry.Operation.Id, token) is { } again)
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
        }
    }

    private async Task<ChaosCheck> CheckFree(ReceiptTally tally, AccountId[] accounts, CancellationToken cancellationToken)
    {
        var found = new ConcurrentQueue<string>();
        var lost = await _reads.EachAsync(accounts, async (account, client, token) =>
        {
            var view = await clients[client].GetBalanceAsync(account, token);
            if (view.Free.Rao != tally.Free[account]) found.Enqueue($"account {account} has {view.Free} rao, and {tally.Free[account]} by the receipts");
            if (!view.Held.IsZero) found.Enqueue($"account {account} has {view.Held} rao held");
        }, account => $"the balance of {account}", cancellationToken);
        return ChaosCheck.Of(LoadProof.FreeTao, $"{accounts.Length} accounts, to the rao", [.. found, .. lost]);
    }

    private async Task<ChaosCheck> CheckPositions(ReceiptTally tally, IReadOnlyDictionary<(NetUid, AccountId), int> changes, AccountId[] accounts, CancellationToken cancellationToken)
    {
        var (found, count) = (new ConcurrentQueue<string>(), 0);
        var expected = tally.Stake.ToLookup(entry => entry.Key.Coldkey);
        var read = accounts.Where((_, place) => accounts.Length <= PositionsOfMax || place % ((accounts.Length + PositionsOfMax - 1) / PositionsOfMax) == 0).ToArray();
        var lost = await _reads.EachAsync(read, async (account, client, token) =>
        {
            var held = (await clients[client].GetPositionsAsync(account, token)).ToDictionary(position => (position.Netuid, position.Hotkey), position => (Int128)position.Value.Rao);
            Interlocked.Add(ref count, expected[account].Count());
            foreach (var fault in FindPositionFaults(account, expected[account], held, changes, isPaid: begun is not null)) found.Enqueue(fault);
        }, account => $"the positions of {account}", cancellationToken);
        return ChaosCheck.Of(LoadProof.Positions, $"{count} positions of {read.Length} accounts{(read.Length < accounts.Length ? $", evenly of {accounts.Length}" : string.Empty)}, {(begun is null ? "as" : "not less than")} receipts say", [.. found, .. lost]);
    }

    /// <summary>What an account holds, against what receipts say. A share is rounded at each change of its hotkey's pool, and by no other.</summary>
    /// <param name="changes">By subnet and hotkey.</param>
    /// <param name="isPaid">Whether dividends may have come to it.</param>
    internal static IEnumerable<string> FindPositionFaults(
        AccountId account, IEnumerable<KeyValuePair<PositionKey, Int128>> expected, Dictionary<(NetUid, AccountId), Int128> held, IReadOnlyDictionary<(NetUid, AccountId), int> changes, bool isPaid = false)
    {
        foreach (var (key, amount) in expected)
        {
            held.Remove((key.Netuid, key.Hotkey), out var value);
            if ((isPaid ? amount - value : Int128.Abs(value - amount)) > changes.GetValueOrDefault((key.Netuid, key.Hotkey)) + LoadProof.RoundingMax) yield return $"{key} holds {value} rao, and {amount} by the receipts";
        }

        foreach (var ((netuid, hotkey), value) in held) yield return $"{account} holds {value} rao on {hotkey} in {netuid}, of which no receipt tells";
    }
}

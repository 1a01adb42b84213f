using System.Security.Cryptography;
using System.Text;
using Dtao.Economics;
using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Grains.Lanes;
using Dtao.Grains.Subnets;
using Dtao.Grains.Wire;
using Dtao.Hosting.Scenarios;

namespace Dtao.Cluster.Tests.FreeRuns;

/// <summary>What a check found, and how much it looked at.</summary>
/// <param name="Fault">The first thing that no sequential order explains; null when there is none.</param>
/// <param name="Placed">Operations with a place in the order.</param>
/// <param name="Floating">Operations of which only the block is known.</param>
/// <param name="Cuts">States of pools at blocks that were compared.</param>
internal sealed record HistoryVerdict(string? Fault, int Placed, int Floating, int Cuts);

/// <summary>
/// Looks for the sequential order that explains a history, runs it on the sequential model, and compares every outcome, every pool at every block, and the state at the end.
/// </summary>
internal static class HistoryCheck
{
    /// <param name="end">What the network's store held when all was over; null: not compared.</param>
    public static HistoryVerdict Run(RecordedHistory history, INetworkState? end, Aliases aliases)
    {
        var counts = new HistoryVerdict(null, 0, 0, 0);
        try
        {
            var order = new OperationOrder(history);
            CompareAnswers(order, history.Answered);
            var network = new SequentialNetwork(GenesisBuilder.Build(history.Genesis));
            counts = Replay(order, network, CutsOf(history));
            if (end is not null && Text(network, aliases) is var expected && Text(end, aliases) is var actual && expected != actual)
            {
                throw new ImpossibleHistoryException($"the state at the end differs: {Difference(expected, actual)}");
            }

            return counts;
        }
        catch (ImpossibleHistoryException impossible)
        {
            return counts with { Fault = impossible.Message };
        }
    }

    /// <summary>Whoever was told an outcome is in the order with it; whoever was told that nothing happened is not.</summary>
    private static void CompareAnswers(OperationOrder order, IReadOnlyList<AnsweredOperation> answered)
    {
        foreach (var (operation, receipt) in answered)
        {
            var node = order.Find(operation.Id);
            if (receipt.Outcome is not { } outcome)
            {
                if (node is not null) throw new ImpossibleHistoryException($"{node} was answered {receipt.ErrorName} and decided");
                continue;
            }

            if (node is null) throw new ImpossibleHistoryException($"{operation.Call.Kind} {operation.Id} was answered {receipt.Status} and never decided");
            if (!IsSame(outcome, node.Outcome!)) throw new ImpossibleHistoryException($"{node} was answered otherwise than it was decided");
        }
    }

    private static HistoryVerdict Replay(OperationOrder order, SequentialNetwork network, Dictionary<(NetUid Netuid, ulong Block), byte[]> cuts)
    {
        var last = cuts.Keys.Select(cut => cut.Block).DefaultIfEmpty().Max();
        var (placed, floated, compared) = (0, 0, 0);
        List<OrderNode> floating = [.. order.Floating(BlockNumber.Genesis)];
        floated += floating.Count;
        Settle(floating, network);
        foreach (var node in order.Sort())
        {
            if (node.Block is { } block)
            {
                if (floating.Count > 0) throw new ImpossibleHistoryException($"no moment before block {block} explains {floating[0]}, which came to {floating[0].Outcome!.Error}");
                if (block.Value > last) continue;
                network.MakeBlock();
                compared += CompareCut(network, block, cuts);
                floating.AddRange(order.Floating(block));
                floated += floating.Count;
            }
            else if (node.Call is { } call)
            {
                var outcome = network.Execute(node.Signer, call);
                if (!IsSame(outcome, node.Outcome!)) throw new ImpossibleHistoryException($"{node} came to {Tell(node.Outcome!)}, and in order it would come to {Tell(outcome)}");
                placed++;
            }
            else
            {
                continue;
            }

            Settle(floating, network);
        }

        return floating.Count == 0
            ? new HistoryVerdict(null, placed, floated, compared)
            : throw new ImpossibleHistoryException($"no moment after block {last} explains {floating[0]}");
    }

    /// <summary>Takes away what would come to its outcome now, and change nothing by it.</summary>
    private static void Settle(List<OrderNode> floating, SequentialNetwork network) => floating.RemoveAll(node =>
    {
        var scope = new LedgerScope(network);
        return IsSame(TransactionFees.Execute(scope, node.Signer, node.Call!, TransactionFees.FeeOf(network.Parameters, node.Call!)), node.Outcome!);
    });

    private static int CompareCut(SequentialNetwork network, BlockNumber block, Dictionary<(NetUid Netuid, ulong Block), byte[]> cuts)
    {
        INetworkState state = network;
        var (pools, shares) = (state.HotkeyPools.ToLookup(entry => entry.Netuid), state.Shares.ToLookup(entry => entry.Position.Netuid));
        foreach (var books in state.Subnets)
        {
            var expected = Digest(
                books, pools[books.Netuid].Select(entry => (entry.Hotkey, entry.Pool)),
                shares[books.Netuid].Select(entry => (entry.Position.Hotkey, entry.Position.Coldkey, entry.Share)));
            if (!cuts.TryGetValue((books.Netuid, block.Value), out var cut)) throw new ImpossibleHistoryException($"subnet {books.Netuid} never applied block {block}");
            if (!cut.AsSpan().SequenceEqual(expected)) throw new ImpossibleHistoryException($"subnet {books.Netuid} at block {block} differs from what is in order");
        }

        return state.Subnets.Count;
    }

    /// <summary>The state of each pool when it had applied a block, the block's automatic claims included.</summary>
    private static Dictionary<(NetUid Netuid, ulong Block), byte[]> CutsOf(RecordedHistory history)
    {
        var claims = history.Lane.OfType<BatchDecided>().Where(decided => decided.Claimers.Count > 0).Select(decided => decided.Batch).ToHashSet();
        var cuts = new Dictionary<(NetUid, ulong), byte[]>();
        foreach (var (netuid, events) in history.Pools)
        {
            var state = history.PoolsAtGenesis[netuid]();
            foreach (var happened in events)
            {
                PoolModel.Instance.Apply(state, happened);
                var isCut = happened is BlockApplied || (happened is LaneApplied applied && claims.Contains(applied.Batch));
                if (isCut) cuts[(netuid, state.LastBlock.Value)] = Digest(
                    state.Books!, state.HotkeyPools.Select(entry => (entry.Key, entry.Value)), state.Shares.Select(entry => (entry.Key.Hotkey, entry.Key.Coldkey, entry.Value)));
            }
        }

        return cuts;
    }

    private static byte[] Digest(
        SubnetBooks books, IEnumerable<(AccountId Hotkey, HotkeyPool Pool)> pools, IEnumerable<(AccountId Hotkey, AccountId Coldkey, SafeFloat Share)> shares)
    {
        var writer = new RecordWriter(1024);
        LedgerCodec.Write(writer, books);
        foreach (var (hotkey, pool) in pools.Where(entry => !entry.Pool.IsEmpty).OrderBy(entry => entry.Hotkey)) writer.Text($"{hotkey} {pool.Value} {pool.Denominator}");
        foreach (var (hotkey, coldkey, share) in shares.Where(entry => !entry.Share.IsZero).OrderBy(entry => entry.Hotkey).ThenBy(entry => entry.Coldkey))
        {
            writer.Text($"{hotkey} {coldkey} {share.Mantissa}e{share.Exponent}");
        }

        return SHA256.HashData(writer.WrittenSpan);
    }

    private static bool IsSame(CallOutcome left, CallOutcome right) => Bytes(left).AsSpan().SequenceEqual(Bytes(right));

    private static byte[] Bytes(CallOutcome outcome)
    {
        var writer = new RecordWriter(128);
        LedgerCodec.Write(writer, outcome);
        return writer.ToArray();
    }

    private static string Tell(CallOutcome outcome) =>
        outcome.IsOk ? $"[{string.Join("; ", outcome.Moves.Select(move => $"{move.Kind} {move.Netuid} {move.Tao} TAO {move.Alpha} alpha"))}]" : outcome.Error.ToString();

    private static string Text(INetworkState state, Aliases aliases) =>
        Encoding.ASCII.GetString(CanonicalJson.Write(CanonicalState.Of(state, "end", aliases, results: null)));

    private static string Difference(string expected, string actual)
    {
        var at = expected.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
        var from = Math.Max(0, at - 120);
        return $"in order ...{expected[from..Math.Min(expected.Length, at + 60)]}..., and it is ...{actual[from..Math.Min(actual.Length, at + 60)]}...";
    }
}

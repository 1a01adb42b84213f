using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Grains.Wire;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>Looks for one sequential order that explains a history, runs it on the sequential model, and compares.</summary>
internal static class Replay
{
    /// <returns>The first difference, or null.</returns>
    public static string? Compare(World world, Client client)
    {
        var order = new HistoryOrder(world, client);
        if (order.Sort() is not { } sorted) return "no order of the operations fits what each actor saw: " + string.Join(", ", order.Cycle());
        var network = new SequentialNetwork(world.Genesis.Built);
        foreach (var node in sorted)
        {
            if (node.Call is not { } call)
            {
                network.MakeBlock();
                continue;
            }

            var outcome = network.Execute(node.Signer, call);
            if (!Same(outcome, node.Outcome!)) return $"{node} came to {node.Outcome!.Error}, and in order it would come to {outcome.Error}";
        }

        if (CompareClients(order, client) is { } told) return told;
        return CompareAccounts(world, network) ?? ComparePools(world, network) ?? CompareIssuance(world, network);
    }

    private static bool Same(CallOutcome left, CallOutcome right) => Bytes(left).AsSpan().SequenceEqual(Bytes(right));

    private static byte[] Bytes(CallOutcome outcome)
    {
        var writer = new RecordWriter(128);
        LedgerCodec.Write(writer, outcome);
        return writer.ToArray();
    }

    private static byte[] Bytes(SubnetBooks books)
    {
        var writer = new RecordWriter(512);
        LedgerCodec.Write(writer, books);
        return writer.ToArray();
    }

    /// <summary>Whoever was told of an outcome is in the order with it; whoever was told that nothing happened is not.</summary>
    private static string? CompareClients(HistoryOrder order, Client client)
    {
        foreach (var operation in client.Operations)
        {
            var node = order.Find(operation.Operation.Id);
            var receipt = operation.Final!;
            if (receipt.Outcome is null && node is not null) return $"{node} was answered {receipt.ErrorName} and decided";
            if (receipt.Outcome is null) continue;
            if (node is null) return $"{operation.Operation.Call.Kind} was answered {receipt.Status} and never decided";
            if (!Same(receipt.Outcome, node.Outcome!)) return $"{node} was answered {receipt.ErrorName} and came to {node.Outcome!.Error}";
        }

        return null;
    }

    private static string? CompareAccounts(World world, SequentialNetwork network)
    {
        foreach (var (id, record) in world.Accounts)
        {
            var free = record.Image.Free;
            foreach (var pool in world.Pools.Values) free += pool.Image.Owed.GetValueOrDefault(id);
            var expected = network.GetFree(id);
            if (id == Grains.Shell.SystemSenders.Dust) expected = network.TotalIssuance - network.BalancesIssuance;
            if (free != expected) return $"{record} has {free} rao, and in order it would have {expected}";
        }

        return null;
    }

    private static string? ComparePools(World world, SequentialNetwork network)
    {
        foreach (var (netuid, record) in world.Pools)
        {
            var state = record.Image;
            network.TryGetBooks(netuid, out var books);
            if (!Bytes(books!).AsSpan().SequenceEqual(Bytes(state.Books!))) return $"the books of {record} differ from those in order";
            foreach (var (key, share) in state.Shares)
            {
                if (network.GetShare(new PositionKey(netuid, key.Hotkey, key.Coldkey)) != share) return $"a share of {record} differs from that in order";
            }

            foreach (var (hotkey, pool) in state.HotkeyPools)
            {
                if (network.GetHotkeyPool(netuid, hotkey) != pool) return $"a hotkey's pool of {record} differs from that in order";
            }
        }

        return null;
    }

    private static string? CompareIssuance(World world, SequentialNetwork network)
    {
        var chain = world.Coordinator.Image;
        if (chain.Block != network.Block) return $"the chain is at block {chain.Block}, and in order at {network.Block}";
        var issuance = world.Network.GenesisIssuance + chain.Minted - chain.Recycled;
        foreach (var record in world.Pools.Values) issuance -= record.Image.Destroyed;
        return issuance == network.TotalIssuance ? null : $"the coordinator counts {issuance} rao, and in order there are {network.TotalIssuance}";
    }
}

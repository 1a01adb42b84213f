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

            // The model knows no key that alone may do this; the account has refused it.
            if (call.Kind == CallKind.DissolveNetwork && node.Outcome!.Error == LedgerError.BadOrigin) continue;
            var outcome = network.Execute(node.Signer, call);
            if (!Same(outcome, node.Outcome!)) return $"{node} came to {node.Outcome!.Error}, and in order it would come to {outcome.Error}";
        }

        if (CompareClients(order, client) is { } told) return told;
        return CompareAccounts(world, network) ?? ComparePools(world, network) ?? CompareIssuance(world, network)
            ?? (world.Genesis.IsNetwork ? CompareHotkeys(world, network) ?? CompareNeurons(world, network) ?? CompareClaims(world, network) : null);
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
            if ((books is null) != (state.Books is null)) return $"whether {record} has a subnet differs from what is in order";
            if (books is null)
            {
                var left = network.GetFree(AccountId.OfSubnet(netuid));
                if (state.UnclaimedTao != left) return $"{record} holds {state.UnclaimedTao} rao without a subnet, and in order it would hold {left}";
                continue;
            }

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

    private static string? CompareHotkeys(World world, SequentialNetwork network)
    {
        foreach (var (hotkey, record) in world.Validators)
        {
            if (record.Image.Record != network.GetHotkey(hotkey)) return $"{record} is {record.Image.Record}, and in order it would be {network.GetHotkey(hotkey)}";
        }

        return null;
    }

    private static string? CompareNeurons(World world, SequentialNetwork network)
    {
        foreach (var (netuid, record) in world.Pools)
        {
            var (has, expected) = (record.Image.Metagraph, network.GetMetagraph(netuid));
            if (!Bytes(has).AsSpan().SequenceEqual(Bytes(expected))) return $"the neurons of {record} differ from those in order: {Tell(has)} and {Tell(expected)}";
        }

        return null;
    }

    private static string Tell(Metagraph metagraph) => string.Join(", ", metagraph.Neurons.Select(neuron =>
        $"{neuron.Hotkey.ToString()[..2]} at {neuron.RegisteredAt} {neuron.HasPermit} {neuron.Dividends} {neuron.Emission} weighs [{string.Join(' ', neuron.Row(0).Weights)}] bonds [{string.Join(' ', neuron.Row(0).Bonds)}]"))
        + $"; {metagraph.Parents.Count} parents, {metagraph.AlphaDividends.Count} and {metagraph.RootDividends.Count} dividends";

    private static byte[] Bytes(Metagraph metagraph)
    {
        var writer = new RecordWriter(512);
        LedgerCodec.Write(writer, metagraph with { Neurons = [.. metagraph.Neurons.Select(neuron => neuron with { Rows = [.. neuron.Rows.Select(Plain)] })] });
        return writer.ToArray();
    }

    /// <summary>What is written depends on which object an empty list is.</summary>
    private static NeuronRow Plain(NeuronRow row) => row with
    {
        Weights = row.Weights.IsEmpty ? NeuronRow.Empty.Weights : row.Weights,
        Bonds = row.Bonds.IsEmpty ? NeuronRow.Empty.Bonds : row.Bonds,
    };

    private static string? CompareClaims(World world, SequentialNetwork network)
    {
        var (claims, expected) = (world.PoolOf(NetUid.Root).Image.Claims, (INetworkState)network);
        foreach (var (hotkey, rates) in expected.ClaimRates)
        {
            if (!rates.BySubnet.SequenceEqual(claims.Rates.GetValueOrDefault(hotkey, ClaimRates.None).BySubnet)) return "what root stakers have earned differs from what is in order";
        }

        if (expected.Claimed.Count != claims.Claimed.Count || expected.Claimed.Any(entry => claims.Claimed.GetValueOrDefault(entry.Key) != entry.Value)) return "what root stakers have claimed differs from what is in order";
        return network.ClaimIndex.SequenceEqual(claims.Index) ? null : "the index of automatic claims differs from that in order";
    }
}

using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Registration;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;
using Dtao.Grains.Wire;
using Dtao.Storage;

namespace Dtao.Hosting.Network;

/// <summary>Everything that a new network begins with.</summary>
/// <param name="NetworkId">Names the network in every operation's envelope and in its headers.</param>
/// <param name="BlockIntervalMilliseconds">Above 0: a block so often; 0: as fast as they close; below 0: only when asked.</param>
/// <param name="Names">Name and symbol by netuid; a subnet without an entry is called by its number.</param>
public sealed record NetworkGenesis(
    string Name, string NetworkId, string RuleSet, long BlockIntervalMilliseconds, GenesisState State,
    IReadOnlyDictionary<NetUid, (string Name, string Symbol)> Names)
{
    /// <summary>Whether automatic claims are picked by the block's number, as scenarios want it; otherwise by the hash of the block before.</summary>
    public bool PicksByNumber { get; init; }

    /// <summary>Whether operations are taken only with their signer's signature.</summary>
    public bool RequiresSignatures { get; init; }

    public const long Manual = -1;

    /// <summary>A network for tests and scenarios: blocks only when asked.</summary>
    public static NetworkGenesis Of(GenesisState state, string name = "scenario") =>
        new(name, name, state.Parameters.Rules.First.Name, Manual, state, new Dictionary<NetUid, (string, string)>()) { PicksByNumber = true };
}

/// <summary>Writes block 0 into an empty store.</summary>
public static class GenesisLoader
{
    /// <summary>Whether a store holds a ledger already.</summary>
    public static bool HasLedger(OrderedLog log)
    {
        using var view = log.OpenReadView();
        return view.ScanActors(ActorKeys.Registry).Any();
    }

    /// <summary>Whether the ledger in a store takes signed operations only, which its genesis has said once and for all.</summary>
    public static bool RequiresSignatures(OrderedLog log)
    {
        using var view = log.OpenReadView();
        if (view.ReadSnapshot(ActorKeys.Registry) is not { } snapshot) return false;
        var reader = new RecordReader(snapshot.State.Span);
        return RegistryModel.Instance.ReadState(ref reader).RequiresSignatures;
    }

    /// <summary>Writes all actors' first snapshots; the registry's last, so that a half-written genesis does not count as a ledger.</summary>
    /// <exception cref="InvalidOperationException">The store holds a ledger; it is left as it is.</exception>
    public static void Load(OrderedLog log, NetworkGenesis genesis)
    {
        if (HasLedger(log)) throw new InvalidOperationException("The store holds a ledger already; it is never overwritten.");
        log.BulkLoad(Actors(genesis));
    }

    /// <summary>All actors' first snapshots, the registry's last. Of one genesis always the same.</summary>
    public static IEnumerable<(string ActorKey, ReadOnlyMemory<byte> Snapshot)> Actors(NetworkGenesis genesis)
    {
        var network = GenesisBuilder.Build(genesis.State);
        var staking = network.StakingHotkeys.ToLookup(entry => entry.Coldkey, entry => entry.Hotkey);
        var balances = network.Balances.ToDictionary(entry => entry.Account, entry => entry.Free);
        // In the order of their keys: what is written in the order in which it is kept is written once, and read from one end to the other.
        foreach (var account in balances.Keys.Union(staking.Select(group => group.Key)).Order())
        {
            var state = new AccountState { Id = account, Free = balances.GetValueOrDefault(account) };
            state.StakingHotkeys.AddRange(staking[account]);
            yield return (ActorKeys.Account(account), Encode(AccountModel.Instance, state));
        }

        foreach (var hotkey in network.Hotkeys)
        {
            yield return (ActorKeys.Validator(hotkey.Hotkey),
                Encode(ValidatorModel.Instance, new ValidatorState { Hotkey = hotkey.Hotkey, Record = hotkey.Record }));
        }

        var metagraphs = network.Metagraphs.ToDictionary();
        var pools = network.HotkeyPools.ToLookup(entry => entry.Netuid);
        var shares = network.Shares.ToLookup(entry => entry.Position.Netuid);
        foreach (var books in network.Subnets)
        {
            var state = new PoolState { Books = books, Parameters = network.Parameters, ParametersRevision = 1 };
            foreach (var (_, hotkey, pool) in pools[books.Netuid]) state.HotkeyPools.Add(hotkey, pool);
            foreach (var (position, share) in shares[books.Netuid])
            {
                state.Shares.Add((position.Hotkey, position.Coldkey), share);
                if (books.IsRoot) state.Claims.NoteStaker(position.Hotkey, position.Coldkey);
            }

            if (metagraphs.TryGetValue(books.Netuid, out var metagraph)) state.Metagraph = metagraph;
            if (books.IsRoot)
            {
                foreach (var coldkey in network.ClaimIndex) state.Claims.SetIndexed(coldkey, isIn: true);
            }

            yield return (ActorKeys.Pool(books.Netuid.Value), Encode(PoolModel.Instance, state));
        }

        yield return (ActorKeys.Registry, Encode(RegistryModel.Instance, new RegistryState
        {
            Name = genesis.Name,
            NetworkId = genesis.NetworkId,
            RuleSet = genesis.RuleSet,
            Revision = 1,
            PushedRevision = 1,
            Parameters = network.Parameters,
            GenesisIssuance = network.TotalIssuance,
            BlockIntervalMilliseconds = genesis.BlockIntervalMilliseconds,
            PicksByNumber = genesis.PicksByNumber,
            RequiresSignatures = genesis.RequiresSignatures,
            Subnets = [.. network.Subnets.Select(books => EntryOf(books.Netuid, genesis))],
        }));
    }

    private static SubnetEntry EntryOf(NetUid netuid, NetworkGenesis genesis)
    {
        var (name, symbol) = genesis.Names.TryGetValue(netuid, out var known) ? known : (netuid.IsRoot ? "root" : $"subnet {netuid}", SubnetSymbols.OfGenesis(netuid));
        return new SubnetEntry(netuid, netuid.Value, name, netuid.IsRoot ? SubnetSymbols.OfGenesis(netuid) : symbol);
    }

    private static ReadOnlyMemory<byte> Encode<TState, TEvent>(IActorModel<TState, TEvent> model, TState state)
    {
        var writer = new RecordWriter(512);
        model.WriteState(writer, state);
        return writer.ToArray();
    }
}

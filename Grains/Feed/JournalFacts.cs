using Dtao.Economics;
using Dtao.Grains.Blocks;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Grains.Feed;

/// <summary>What events mean, one by one. Pure, and without a memory: an event's facts follow from its own bytes, so reading may begin anywhere.</summary>
/// <remarks>Facts are made as they are asked for, so that a large event does not become a large list.</remarks>
public static class JournalFacts
{
    /// <summary>The facts of one event; none for actors that are not part of the ledger.</summary>
    /// <param name="number">The event's number in the actor's journal, from 1.</param>
    /// <param name="bytes">As it is stored.</param>
    /// <exception cref="InvalidDataException">The bytes are no event of such an actor.</exception>
    public static IEnumerable<LedgerFact> Of(string actorKey, long number, ReadOnlySpan<byte> bytes)
    {
        var places = new FactPlaces(actorKey, number);
        return actorKey switch
        {
            ActorKeys.Coordinator => FactsOfBlocks.Of(CoordinatorModel.Instance.ReadOne(bytes), places),
            ActorKeys.Registry => FactsOfRegistry.Of(RegistryModel.Instance.ReadOne(bytes), places),
            ActorKeys.Lane => FactsOfLane.Of(LaneModel.Instance.ReadOne(bytes), places),
            _ when TryKey(actorKey, ActorKeys.AccountPrefix, out var key) =>
                FactsOfAccounts.Of(AccountId.ParseHex(key), AccountModel.Instance.ReadOne(bytes), places),
            _ when TryKey(actorKey, ActorKeys.PoolPrefix, out var key) => FactsOfPools.Of(NetuidOf(key), PoolModel.Instance.ReadOne(bytes), places),
            _ when TryKey(actorKey, ActorKeys.ValidatorPrefix, out var key) =>
                FactsOfHotkeys.Of(AccountId.ParseHex(key), ValidatorModel.Instance.ReadOne(bytes), places),
            _ => [],
        };
    }

    /// <summary>The facts of the state that an actor began with; none for actors of which genesis says nothing.</summary>
    /// <exception cref="InvalidDataException">The bytes are no state of such an actor.</exception>
    public static GenesisFacts OfGenesis(string actorKey, ReadOnlySpan<byte> state)
    {
        if (actorKey == ActorKeys.Registry) return GenesisFacts.Of(actorKey, RegistryModel.Instance.ReadSnapshot(state));
        if (TryKey(actorKey, ActorKeys.AccountPrefix, out var account))
            return GenesisFacts.Of(actorKey, AccountId.ParseHex(account), AccountModel.Instance.ReadSnapshot(state));
        if (TryKey(actorKey, ActorKeys.PoolPrefix, out var pool)) return GenesisFacts.Of(actorKey, NetuidOf(pool), PoolModel.Instance.ReadSnapshot(state));
        if (TryKey(actorKey, ActorKeys.ValidatorPrefix, out var hotkey))
            return GenesisFacts.Of(actorKey, AccountId.ParseHex(hotkey), ValidatorModel.Instance.ReadSnapshot(state));
        return GenesisFacts.None;
    }

    private static bool TryKey(string actorKey, string prefix, out ReadOnlySpan<char> key)
    {
        var isOne = actorKey.StartsWith(prefix, StringComparison.Ordinal);
        key = isOne ? actorKey.AsSpan(prefix.Length) : default;
        return isOne;
    }

    /// <summary>A pool's key is its netuid, with a generation above it in the keys of older networks.</summary>
    private static NetUid NetuidOf(ReadOnlySpan<char> key) => new(unchecked((ushort)long.Parse(
        key, System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture)));
}

using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Subnets;

/// <summary>What a decision changed of root claims: the values after it.</summary>
/// <param name="Index">Coldkeys that entered or left the index of automatic claims, in that order.</param>
/// <param name="Forgotten">Subnets that are gone: of them nothing stays, before the rest takes effect.</param>
[GenerateSerializer, Immutable, Alias("dtao.ClaimChanges")]
public sealed record ClaimChanges(
    [property: Id(0)] IReadOnlyList<(AccountId Hotkey, ClaimRates Rates)> Rates,
    [property: Id(1)] IReadOnlyList<(PositionKey Position, UInt128 Rao)> Claimed,
    [property: Id(2)] IReadOnlyList<(AccountId Coldkey, RootClaimType Type)> Types,
    [property: Id(3)] IReadOnlyList<(AccountId Coldkey, bool IsIn)> Index,
    [property: Id(4)] IReadOnlyList<NetUid> Forgotten)
{
    /// <summary>What a scope changed; null when that is nothing, as nearly always.</summary>
    public static ClaimChanges? Of(LedgerScope scope)
    {
        var removed = scope.RemovedSubnets;
        if (scope.ChangedClaimRates.Count == 0 && scope.ChangedClaimed.Count == 0 && scope.ChangedClaimTypes.Count == 0
            && scope.ChangedClaimIndex.Count == 0 && removed.Count == 0)
            return null;
        return new ClaimChanges(
            [.. scope.ChangedClaimRates.OrderBy(entry => entry.Key).Select(entry => (entry.Key, entry.Value))],
            [.. scope.ChangedClaimed.OrderBy(entry => entry.Key.Netuid).ThenBy(entry => entry.Key.Hotkey).ThenBy(entry => entry.Key.Coldkey)
                .Select(entry => (entry.Key, entry.Value))],
            [.. scope.ChangedClaimTypes.OrderBy(entry => entry.Key).Select(entry => (entry.Key, entry.Value))],
            [.. scope.ChangedClaimIndex],
            [.. removed]);
    }
}

/// <summary>A subnet was dissolved.</summary>
/// <param name="LeftOnAccount">TAO that stays on the subnet's account for the next one; when that is there already it is in its books.</param>
[GenerateSerializer, Immutable, Alias("dtao.SubnetRetirement")]
public sealed record SubnetRetirement([property: Id(0)] SubnetRemains Remains, [property: Id(1)] Tao LeftOnAccount);

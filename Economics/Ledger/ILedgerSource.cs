using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Dtao.Economics.Ledger;

/// <summary>The state that a call is decided on. Implementations answer from a whole network, one pool, or a gathered slice.</summary>
/// <remarks>Members with a body are about neurons, root claims, and subnets that come and go; a source that has none of it leaves them alone.</remarks>
public interface ILedgerSource
{
    /// <summary>The block last made; the block that the call belongs to.</summary>
    BlockNumber Block { get; }

    NetworkParameters Parameters { get; }

    /// <summary>All TAO as the staking ledger counts it; only where a whole network is at hand.</summary>
    Tao TotalIssuance => throw new InvalidOperationException("The network's issuance is not at hand.");

    /// <summary>All subnets in storage order, root included (<see cref="NetUid.CompareInStorageOrder"/>).</summary>
    IReadOnlyList<NetUid> Subnets { get; }

    /// <summary>The books of a subnet; callers must not change them.</summary>
    bool TryGetBooks(NetUid netuid, [NotNullWhen(true)] out SubnetBooks? books);

    /// <summary>Free TAO of any account but the accounts of subnets, whose TAO is <see cref="SubnetBooks.AccountTao"/>.</summary>
    Tao GetFree(AccountId account);

    HotkeyRecord? GetHotkey(AccountId hotkey);

    HotkeyPool GetHotkeyPool(NetUid netuid, AccountId hotkey);

    /// <summary>The share of a position; zero when there is none.</summary>
    SafeFloat GetShare(PositionKey position);

    /// <summary>Neurons and links of a subnet; empty when it has none or does not exist.</summary>
    Metagraph GetMetagraph(NetUid netuid) => Metagraph.Empty;

    /// <summary>Every position on a subnet, in no particular order; only where a whole subnet is at hand.</summary>
    IEnumerable<PositionKey> PositionsOn(NetUid netuid) => throw new InvalidOperationException($"The positions of subnet {netuid} are not at hand.");

    /// <summary>The positions of one coldkey on a subnet, in no particular order. Read of coldkeys that lock, or have locked, alpha there.</summary>
    IEnumerable<PositionKey> PositionsOf(NetUid netuid, AccountId coldkey) => PositionsOn(netuid).Where(position => position.Coldkey == coldkey);

    /// <summary>The positions on one hotkey of a subnet, in no particular order. Read of hotkeys that are swapped.</summary>
    IEnumerable<PositionKey> StakesOn(NetUid netuid, AccountId hotkey) => PositionsOn(netuid).Where(position => position.Hotkey == hotkey);

    /// <summary>Every mark of root claims for a hotkey, in no particular order. Read of hotkeys that are swapped, and of those of a coldkey that is.</summary>
    IEnumerable<PositionKey> ClaimsOn(AccountId hotkey) => throw new InvalidOperationException($"The claims on hotkey {hotkey} are not at hand.");

    /// <summary>The hotkeys of a coldkey, in no particular order. Read of coldkeys that are swapped.</summary>
    IEnumerable<AccountId> OwnedHotkeys(AccountId coldkey) => throw new InvalidOperationException($"The hotkeys of {coldkey} are not at hand.");

    /// <summary>A coldkey's announcement that it will be swapped; null when there is none.</summary>
    ColdkeySwap? GetColdkeySwap(AccountId coldkey) => null;

    /// <summary>How a coldkey presents itself; null when it does not.</summary>
    ColdkeyIdentityDetail? GetIdentity(AccountId coldkey) => null;

    /// <summary>The symbols of all subnets' tokens; only where they are at hand.</summary>
    IEnumerable<KeyValuePair<NetUid, string>> Symbols => throw new InvalidOperationException("The symbols of the network's tokens are not at hand.");

    /// <summary>The hotkeys that a coldkey has staked to or owns, in the order in which they came.</summary>
    IReadOnlyList<AccountId> StakingHotkeys(AccountId coldkey) => [];

    /// <summary>Whether this source keeps those lists; where it does not, nothing is noted for them.</summary>
    bool KeepsStakingHotkeys => false;

    /// <summary>The hotkeys on which a coldkey may have root stake, in no particular order. Whoever keeps the index of automatic claims must know them.</summary>
    IReadOnlyList<AccountId> RootHotkeys(AccountId coldkey) => StakingHotkeys(coldkey);

    /// <summary>What each root-rao on a hotkey has earned, by subnet.</summary>
    ClaimRates GetClaimRates(AccountId hotkey) => ClaimRates.None;

    /// <summary>How much of what a root position would have earned since the beginning is claimed already, or was earned before it was there.</summary>
    UInt128 GetClaimed(PositionKey position) => 0;

    /// <summary>A coldkey's choice; null while it was never made, read as <see cref="RootClaimType.Swap"/>.</summary>
    RootClaimType? GetClaimType(AccountId coldkey) => null;

    /// <summary>Whether automatic claims may pick a coldkey.</summary>
    bool IsClaimIndexed(AccountId coldkey) => false;

    /// <summary>What a dissolved subnet left behind for the next one on its netuid; null when there was none.</summary>
    SubnetRemains? GetRemains(NetUid netuid) => null;
}

/// <summary>Settings that the chain never clears when a subnet is dissolved.</summary>
/// <param name="Generation">How many subnets have been registered on the netuid.</param>
/// <remarks>Source: rule book 01, 10.6, trap; coinbase/root.rs :: remove_network.</remarks>
public sealed record SubnetRemains(
    bool OwnerCutEnabled, bool RecycleIncentive, ushort MinNonImmuneUids, ulong RootClaimThreshold, ushort MinChildTake,
    ImmutableSortedDictionary<AccountId, AccountId> AutoStake, ulong Generation);

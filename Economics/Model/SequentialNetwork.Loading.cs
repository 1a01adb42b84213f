using Dtao.Economics.Claims;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Model;

/// <summary>What a network at rest knows besides <see cref="INetworkState"/>: orders that later blocks depend on.</summary>
/// <param name="StakingHotkeys">The hotkeys that each coldkey owns or has staked to, in the order in which they came.</param>
/// <param name="ClaimIndex">Coldkeys that automatic claims may pick, in the order of the index.</param>
/// <param name="Remains">What dissolved subnets left behind.</param>
public sealed record NetworkOrders(
    IReadOnlyCollection<(AccountId Coldkey, IReadOnlyList<AccountId> Hotkeys)> StakingHotkeys, IReadOnlyList<AccountId> ClaimIndex,
    IReadOnlyCollection<(NetUid Netuid, SubnetRemains Remains)> Remains);

/// <content>Going on from a network that has made blocks.</content>
public sealed partial class SequentialNetwork
{
    /// <summary>A copy of a network at rest. What is done with it does not touch the network.</summary>
    /// <param name="parentHash">The hash of the block before a block, 32 bytes; null: <see cref="AutoClaims.HashOfNumberBefore"/>.</param>
    public SequentialNetwork(INetworkState state, NetworkOrders orders, Func<BlockNumber, byte[]>? parentHash = null)
    {
        _parentHash = parentHash ?? AutoClaims.HashOfNumberBefore;
        Block = state.Block;
        Parameters = state.Parameters;
        TotalIssuance = state.TotalIssuance;
        BalancesIssuance = state.BalancesIssuance;
        foreach (var books in state.Subnets) _books.Add(books.Netuid, books.Copy());
        _subnets = [.. _books.Keys];
        _subnets.Sort(NetUid.CompareInStorageOrder);
        foreach (var (account, free) in state.Balances) SetFree(account, free);
        foreach (var (hotkey, record) in state.Hotkeys) _hotkeys.Add(hotkey, record);
        foreach (var (netuid, hotkey, pool) in state.HotkeyPools) SetPool(netuid, hotkey, pool);
        foreach (var (position, share) in state.Shares) SetShare(position, share);
        foreach (var (netuid, metagraph) in state.Metagraphs) _metagraphs.Add(netuid, metagraph);
        foreach (var (hotkey, rates) in state.ClaimRates) _claimRates.Add(hotkey, rates);
        foreach (var (position, rao) in state.Claimed) SetClaimed(position, rao);
        foreach (var (coldkey, type) in state.ClaimTypes) _claimTypes.Add(coldkey, type);
        foreach (var (coldkey, swap) in state.ColdkeySwaps) _coldkeySwaps.Add(coldkey, swap);
        foreach (var (coldkey, identity) in state.Identities) _identities.Add(coldkey, identity);
        SetSymbols(state.Symbols);
        foreach (var (coldkey, hotkeys) in orders.StakingHotkeys)
        {
            foreach (var hotkey in hotkeys) AppendStakingHotkey(coldkey, hotkey);
        }

        foreach (var coldkey in orders.ClaimIndex) SetClaimIndexed(coldkey, isIn: true);
        foreach (var (netuid, remains) in orders.Remains) _remains.Add(netuid, remains);
    }
}

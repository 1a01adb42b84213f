namespace Dtao.Economics.Ledger;

/// <summary>What a swap of keys makes of a coldkey's list of staking hotkeys: first some go, and then others come at its end, as far as they are not in it.</summary>
public sealed record StakingSwap(AccountId Coldkey, IReadOnlyList<AccountId> Gone, IReadOnlyList<AccountId> Come);

/// <summary>The part of a scope that is about keys which take the place of others.</summary>
public sealed partial class LedgerScope
{
    private HashSet<AccountId>? _removedHotkeys;
    private List<StakingSwap>? _stakingSwaps;
    private Dictionary<AccountId, ColdkeySwap?>? _coldkeySwaps;

    /// <summary>Hotkeys that had an owner and have none any more.</summary>
    public IReadOnlyCollection<AccountId> RemovedHotkeys => _removedHotkeys ?? (IReadOnlyCollection<AccountId>)[];

    /// <summary>Changes of lists of staking hotkeys, in their order; they come after whatever was appended.</summary>
    public IReadOnlyList<StakingSwap> StakingSwaps => _stakingSwaps ?? (IReadOnlyList<StakingSwap>)[];

    /// <summary>Announcements that came, changed, or (null) went.</summary>
    public IReadOnlyCollection<KeyValuePair<AccountId, ColdkeySwap?>> ChangedColdkeySwaps => _coldkeySwaps ?? (IReadOnlyCollection<KeyValuePair<AccountId, ColdkeySwap?>>)[];

    /// <summary>Takes its owner and all that is known of it from a hotkey.</summary>
    public void RemoveHotkey(AccountId hotkey)
    {
        _hotkeys.RemoveAll(changed => changed.Hotkey == hotkey);
        (_removedHotkeys ??= []).Add(hotkey);
    }

    /// <summary>Notes that a swap changes a list of staking hotkeys. Whoever keeps the list follows.</summary>
    public void SwapStakingHotkeys(AccountId coldkey, IReadOnlyList<AccountId> gone, IReadOnlyList<AccountId> come) =>
        (_stakingSwaps ??= []).Add(new StakingSwap(coldkey, gone, come));

    public ColdkeySwap? GetColdkeySwap(AccountId coldkey) =>
        _coldkeySwaps is not null && _coldkeySwaps.TryGetValue(coldkey, out var changed) ? changed : source.GetColdkeySwap(coldkey);

    public void SetColdkeySwap(AccountId coldkey, ColdkeySwap? swap) => (_coldkeySwaps ??= [])[coldkey] = swap;

    public IEnumerable<PositionKey> StakesOn(NetUid netuid, AccountId hotkey)
    {
        var before = IsRemoved(netuid) ? [] : source.StakesOn(netuid, hotkey);
        var changed = ChangedShares.Select(entry => entry.Position).Where(position => position.Netuid == netuid && position.Hotkey == hotkey);
        return before.Concat(changed).Distinct().Where(position => !GetShare(position).IsZero);
    }

    public IEnumerable<PositionKey> ClaimsOn(AccountId hotkey)
    {
        var changed = ChangedClaimed.Select(entry => entry.Key).Where(claim => claim.Hotkey == hotkey);
        return source.ClaimsOn(hotkey).Concat(changed).Distinct().Where(claim => GetClaimed(claim) != 0);
    }

    public IEnumerable<AccountId> OwnedHotkeys(AccountId coldkey) =>
        source.OwnedHotkeys(coldkey).Concat(_hotkeys.Select(changed => changed.Hotkey)).Distinct().Where(hotkey => GetHotkey(hotkey)?.Owner == coldkey);

    private bool IsHotkeyRemoved(AccountId hotkey) => _removedHotkeys is not null && _removedHotkeys.Contains(hotkey);

    private IReadOnlyList<AccountId> AfterSwaps(AccountId coldkey, IReadOnlyList<AccountId> hotkeys)
    {
        foreach (var swap in StakingSwaps)
        {
            if (swap.Coldkey == coldkey) hotkeys = [.. hotkeys.Where(hotkey => !swap.Gone.Contains(hotkey)).Union(swap.Come)];
        }

        return hotkeys;
    }

    private void MergeKeys(LedgerScope child)
    {
        foreach (var hotkey in child.RemovedHotkeys) RemoveHotkey(hotkey);
        foreach (var (coldkey, swap) in child.ChangedColdkeySwaps) SetColdkeySwap(coldkey, swap);
        if (child._stakingSwaps is not null) (_stakingSwaps ??= []).AddRange(child._stakingSwaps);
    }
}

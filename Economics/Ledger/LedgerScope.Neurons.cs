namespace Dtao.Economics.Ledger;

/// <summary>The part of a scope that is about neurons, root claims, and subnets that come and go.</summary>
public sealed partial class LedgerScope
{
    private List<NetUid>? _subnets;
    private List<NetUid>? _removed;
    private List<NetUid>? _added;
    private Dictionary<NetUid, Metagraph>? _metagraphs;
    private Dictionary<NetUid, SubnetRemains>? _remains;
    private Dictionary<AccountId, ClaimRates>? _rates;
    private Dictionary<PositionKey, UInt128>? _claimed;
    private Dictionary<AccountId, RootClaimType>? _claimTypes;
    private List<(AccountId Coldkey, bool IsIn)>? _indexed;
    private List<(AccountId Coldkey, AccountId Hotkey)>? _staking;

    /// <summary>Subnets that were there and are not any more, or were replaced: nothing of theirs is left, and what is changed on their netuid is new.</summary>
    public IReadOnlyList<NetUid> RemovedSubnets => _removed ?? (IReadOnlyList<NetUid>)[];

    /// <summary>Subnets that came into being.</summary>
    public IReadOnlyList<NetUid> AddedSubnets => _added ?? (IReadOnlyList<NetUid>)[];

    public IReadOnlyCollection<KeyValuePair<NetUid, Metagraph>> ChangedMetagraphs => _metagraphs ?? (IReadOnlyCollection<KeyValuePair<NetUid, Metagraph>>)[];
    public IReadOnlyCollection<KeyValuePair<NetUid, SubnetRemains>> ChangedRemains => _remains ?? (IReadOnlyCollection<KeyValuePair<NetUid, SubnetRemains>>)[];
    public IReadOnlyCollection<KeyValuePair<AccountId, ClaimRates>> ChangedClaimRates => _rates ?? (IReadOnlyCollection<KeyValuePair<AccountId, ClaimRates>>)[];
    public IReadOnlyCollection<KeyValuePair<PositionKey, UInt128>> ChangedClaimed => _claimed ?? (IReadOnlyCollection<KeyValuePair<PositionKey, UInt128>>)[];
    public IReadOnlyCollection<KeyValuePair<AccountId, RootClaimType>> ChangedClaimTypes => _claimTypes ?? (IReadOnlyCollection<KeyValuePair<AccountId, RootClaimType>>)[];

    /// <summary>Coldkeys that entered or left the index of automatic claims, in that order.</summary>
    public IReadOnlyList<(AccountId Coldkey, bool IsIn)> ChangedClaimIndex => _indexed ?? (IReadOnlyList<(AccountId, bool)>)[];

    /// <summary>Hotkeys that a coldkey staked to or came to own, in that order; the owner of the list leaves out what is in it already.</summary>
    public IReadOnlyList<(AccountId Coldkey, AccountId Hotkey)> AppendedStakingHotkeys => _staking ?? (IReadOnlyList<(AccountId, AccountId)>)[];

    public Metagraph GetMetagraph(NetUid netuid)
    {
        if (_metagraphs is not null && _metagraphs.TryGetValue(netuid, out var changed)) return changed;
        return IsRemoved(netuid) ? Metagraph.Empty : source.GetMetagraph(netuid);
    }

    public void SetMetagraph(NetUid netuid, Metagraph metagraph) => (_metagraphs ??= [])[netuid] = metagraph;

    public IEnumerable<PositionKey> PositionsOn(NetUid netuid)
    {
        var changed = ChangedShares.Where(entry => entry.Position.Netuid == netuid).Select(entry => entry.Position).ToHashSet();
        var before = IsRemoved(netuid) ? [] : source.PositionsOn(netuid).Where(position => !changed.Contains(position));
        return before.Concat(changed.Where(position => !GetShare(position).IsZero));
    }

    public IEnumerable<PositionKey> PositionsOf(NetUid netuid, AccountId coldkey)
    {
        var before = IsRemoved(netuid) ? [] : source.PositionsOf(netuid, coldkey);
        var changed = ChangedShares.Select(entry => entry.Position).Where(position => position.Netuid == netuid && position.Coldkey == coldkey);
        return before.Concat(changed).Distinct().Where(position => !GetShare(position).IsZero);
    }

    public bool KeepsStakingHotkeys => source.KeepsStakingHotkeys;

    public IReadOnlyList<AccountId> StakingHotkeys(AccountId coldkey)
    {
        var before = source.StakingHotkeys(coldkey);
        if (_staking is null && _stakingSwaps is null) return before;
        var added = _staking?.Where(entry => entry.Coldkey == coldkey).Select(entry => entry.Hotkey) ?? [];
        return AfterSwaps(coldkey, [.. before.Concat(added).Distinct()]);
    }

    public IReadOnlyList<AccountId> RootHotkeys(AccountId coldkey)
    {
        var changed = ChangedShares.Where(entry => entry.Position.Netuid.IsRoot && entry.Position.Coldkey == coldkey).Select(entry => entry.Position.Hotkey);
        return [.. source.RootHotkeys(coldkey).Union(changed)];
    }

    /// <summary>Notes that a coldkey has staked to, or owns, a hotkey.</summary>
    public void AppendStakingHotkey(AccountId coldkey, AccountId hotkey)
    {
        if (KeepsStakingHotkeys) (_staking ??= new(1)).Add((coldkey, hotkey));
    }

    public ClaimRates GetClaimRates(AccountId hotkey)
    {
        if (_rates is not null && _rates.TryGetValue(hotkey, out var changed)) return changed;
        var rates = source.GetClaimRates(hotkey);
        return _removed is null ? rates : new ClaimRates(rates.BySubnet.RemoveRange(_removed));
    }

    public void SetClaimRates(AccountId hotkey, ClaimRates rates) => (_rates ??= [])[hotkey] = rates;

    public UInt128 GetClaimed(PositionKey position)
    {
        if (_claimed is not null && _claimed.TryGetValue(position, out var changed)) return changed;
        return IsRemoved(position.Netuid) ? 0 : source.GetClaimed(position);
    }

    public void SetClaimed(PositionKey position, UInt128 rao) => (_claimed ??= [])[position] = rao;

    public RootClaimType? GetClaimType(AccountId coldkey) =>
        _claimTypes is not null && _claimTypes.TryGetValue(coldkey, out var changed) ? changed : source.GetClaimType(coldkey);

    public void SetClaimType(AccountId coldkey, RootClaimType type) => (_claimTypes ??= [])[coldkey] = type;

    public bool IsClaimIndexed(AccountId coldkey)
    {
        for (var i = (_indexed?.Count ?? 0) - 1; i >= 0; i--)
        {
            if (_indexed![i].Coldkey == coldkey) return _indexed[i].IsIn;
        }

        return source.IsClaimIndexed(coldkey);
    }

    /// <summary>Lets a coldkey into the index of automatic claims, or out of it; no effect when it is there, or is not, already.</summary>
    public void SetClaimIndexed(AccountId coldkey, bool isIn)
    {
        if (IsClaimIndexed(coldkey) != isIn) (_indexed ??= new(1)).Add((coldkey, isIn));
    }

    public SubnetRemains? GetRemains(NetUid netuid) =>
        _remains is not null && _remains.TryGetValue(netuid, out var changed) ? changed : source.GetRemains(netuid);

    public void SetRemains(NetUid netuid, SubnetRemains remains) => (_remains ??= [])[netuid] = remains;

    /// <summary>Brings a subnet into being. The caller goes on to change the books.</summary>
    public void AddSubnet(SubnetBooks books)
    {
        if (TryGetBooks(books.Netuid, out _)) throw new InvalidOperationException($"Subnet {books.Netuid} exists.");
        _books.Add(books);
        (_added ??= []).Add(books.Netuid);
        _subnets = [.. Subnets.Append(books.Netuid).Order(Comparer<NetUid>.Create(NetUid.CompareInStorageOrder))];
    }

    /// <summary>Erases a subnet with its books, pools, positions, metagraph, and claims.</summary>
    public void RemoveSubnet(NetUid netuid)
    {
        _subnets = [.. Subnets.Where(other => other != netuid)];
        Forget(netuid);
        _added?.Remove(netuid);
        if (!IsRemoved(netuid)) (_removed ??= []).Add(netuid);
    }

    private bool IsRemoved(NetUid netuid) => _removed is not null && _removed.Contains(netuid);

    private void Forget(NetUid netuid)
    {
        _books.RemoveAll(books => books.Netuid == netuid);
        ForgetStakes(netuid);
        _metagraphs?.Remove(netuid);
        foreach (var position in _claimed?.Keys.Where(position => position.Netuid == netuid).ToArray() ?? []) _claimed!.Remove(position);
        foreach (var (hotkey, rates) in _rates?.ToArray() ?? []) _rates![hotkey] = new ClaimRates(rates.BySubnet.Remove(netuid));
    }

    private void ForgetStakes(NetUid netuid)
    {
        var (pools, shares) = (_hotkeyPools, _shares);
        (_hotkeyPools, _shares) = (new HotkeyPoolChanges(), new ChangeList<PositionKey, SafeFloat>(1));
        foreach (var (other, hotkey, pool) in pools)
        {
            if (other != netuid) _hotkeyPools.Set(other, hotkey, pool);
        }

        foreach (var (position, share) in shares.Entries)
        {
            if (position.Netuid != netuid) _shares.Set(position, share);
        }
    }

    private void MergeRemovals(LedgerScope child)
    {
        if (child._subnets is not null) _subnets = child._subnets;
        foreach (var netuid in child.RemovedSubnets)
        {
            Forget(netuid);
            _added?.Remove(netuid);
            if (!IsRemoved(netuid)) (_removed ??= []).Add(netuid);
        }

        if (child._added is not null) (_added ??= []).AddRange(child._added);
    }

    private void MergeNeurons(LedgerScope child)
    {
        foreach (var (netuid, metagraph) in child.ChangedMetagraphs) SetMetagraph(netuid, metagraph);
        foreach (var (netuid, remains) in child.ChangedRemains) SetRemains(netuid, remains);
        foreach (var (hotkey, rates) in child.ChangedClaimRates) SetClaimRates(hotkey, rates);
        foreach (var (position, rao) in child.ChangedClaimed) SetClaimed(position, rao);
        foreach (var (coldkey, type) in child.ChangedClaimTypes) SetClaimType(coldkey, type);
        foreach (var (coldkey, isIn) in child.ChangedClaimIndex) SetClaimIndexed(coldkey, isIn);
        foreach (var (coldkey, hotkey) in child.AppendedStakingHotkeys) AppendStakingHotkey(coldkey, hotkey);
    }
}

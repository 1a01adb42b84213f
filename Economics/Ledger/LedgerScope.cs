using System.Diagnostics.CodeAnalysis;

namespace Dtao.Economics.Ledger;

/// <summary>
/// A unit of work over a source: reads fall through, writes stay here until the owner takes them.
/// Throwing a scope away undoes everything, which is how a refused call leaves no trace.
/// </summary>
/// <remarks>A scope is itself a source, so a part of a call that may fail alone runs in a child scope and is merged on success.</remarks>
public sealed partial class LedgerScope(ILedgerSource source) : ILedgerSource
{
    private readonly List<SubnetBooks> _books = new(1);
    private readonly ChangeList<AccountId, Tao> _free = new(2);
    private readonly List<(AccountId Hotkey, HotkeyRecord Record)> _hotkeys = [];
    private HotkeyPoolChanges _hotkeyPools = new();
    private ChangeList<PositionKey, SafeFloat> _shares = new(1);
    private NetworkParameters? _parameters;

    public BlockNumber Block => source.Block;
    public NetworkParameters Parameters => _parameters ?? source.Parameters;
    public Tao TotalIssuance => source.TotalIssuance - Destroyed;
    public IReadOnlyList<NetUid> Subnets => _subnets ?? source.Subnets;

    /// <summary>TAO destroyed so far in this scope, which lowers the staking ledger's issuance and the balances' issuance.</summary>
    public Tao Destroyed { get; private set; }

    /// <summary>Dust of plain transfers: lowers the balances' issuance only (rule book 01, 2.2).</summary>
    public Tao PlainDust { get; private set; }

    public IReadOnlyList<SubnetBooks> ChangedBooks => _books;
    public IReadOnlyList<(AccountId Account, Tao Free)> ChangedFree => _free.Entries;
    public IReadOnlyList<(AccountId Hotkey, HotkeyRecord Record)> ChangedHotkeys => _hotkeys;
    public IReadOnlyList<(NetUid Netuid, AccountId Hotkey, HotkeyPool Pool)> ChangedHotkeyPools => _hotkeyPools;
    public IReadOnlyList<(PositionKey Position, SafeFloat Share)> ChangedShares => _shares.Entries;
    public NetworkParameters? ChangedParameters => _parameters;

    public bool TryGetBooks(NetUid netuid, [NotNullWhen(true)] out SubnetBooks? books)
    {
        foreach (var changed in _books)
        {
            if (changed.Netuid != netuid) continue;
            books = changed;
            return true;
        }

        books = null;
        return !IsRemoved(netuid) && source.TryGetBooks(netuid, out books);
    }

    /// <summary>The books of a subnet that exists, as a copy that this scope owns and the caller may change.</summary>
    public SubnetBooks Books(NetUid netuid)
    {
        foreach (var changed in _books)
        {
            if (changed.Netuid == netuid) return changed;
        }

        if (IsRemoved(netuid) || !source.TryGetBooks(netuid, out var books)) throw new InvalidOperationException($"Subnet {netuid} is not in this scope.");
        var copy = books.Copy();
        _books.Add(copy);
        return copy;
    }

    public Tao GetFree(AccountId account) => _free.TryGet(account, out var free) ? free : source.GetFree(account);

    public void SetFree(AccountId account, Tao free) => _free.Set(account, free);

    public HotkeyRecord? GetHotkey(AccountId hotkey)
    {
        foreach (var (changed, record) in _hotkeys)
        {
            if (changed == hotkey) return record;
        }

        return IsHotkeyRemoved(hotkey) ? null : source.GetHotkey(hotkey);
    }

    public void SetHotkey(AccountId hotkey, HotkeyRecord record)
    {
        _hotkeys.RemoveAll(changed => changed.Hotkey == hotkey);
        _removedHotkeys?.Remove(hotkey);
        _hotkeys.Add((hotkey, record));
    }

    public HotkeyPool GetHotkeyPool(NetUid netuid, AccountId hotkey)
    {
        if (_hotkeyPools.TryGet(netuid, hotkey, out var pool)) return pool;
        return IsRemoved(netuid) ? default : source.GetHotkeyPool(netuid, hotkey);
    }

    public void SetHotkeyPool(NetUid netuid, AccountId hotkey, HotkeyPool pool) => _hotkeyPools.Set(netuid, hotkey, pool);

    public SafeFloat GetShare(PositionKey position)
    {
        if (_shares.TryGet(position, out var share)) return share;
        return IsRemoved(position.Netuid) ? default : source.GetShare(position);
    }

    public void SetShare(PositionKey position, SafeFloat share) => _shares.Set(position, share);

    public void SetParameters(NetworkParameters parameters) => _parameters = parameters;

    public void Destroy(Tao amount) => Destroyed += amount;

    public void AddPlainDust(Tao amount) => PlainDust += amount;

    /// <summary>Writes what a child scope changed into this one.</summary>
    public void Merge(LedgerScope child)
    {
        MergeRemovals(child);
        foreach (var books in child._books)
        {
            _books.RemoveAll(own => own.Netuid == books.Netuid);
            _books.Add(books);
        }

        foreach (var (account, free) in child._free.Entries) SetFree(account, free);
        foreach (var (hotkey, record) in child._hotkeys) SetHotkey(hotkey, record);
        MergeKeys(child);
        foreach (var (netuid, hotkey, pool) in child._hotkeyPools) SetHotkeyPool(netuid, hotkey, pool);
        foreach (var (position, share) in child._shares.Entries) SetShare(position, share);
        if (child._parameters is not null) _parameters = child._parameters;
        Destroyed += child.Destroyed;
        PlainDust += child.PlainDust;
        MergeNeurons(child);
        MergeTexts(child);
    }
}

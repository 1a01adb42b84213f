using System.Collections;

namespace Dtao.Economics.Ledger;

/// <summary>The pools of hotkeys that were written, in the order of the first write of each.</summary>
internal sealed class HotkeyPoolChanges : IReadOnlyList<(NetUid Netuid, AccountId Hotkey, HotkeyPool Pool)>
{
    private readonly ChangeList<(NetUid Netuid, AccountId Hotkey), HotkeyPool> _pools = new(1);

    public int Count => _pools.Entries.Count;

    public (NetUid Netuid, AccountId Hotkey, HotkeyPool Pool) this[int index]
    {
        get
        {
            var ((netuid, hotkey), pool) = _pools.Entries[index];
            return (netuid, hotkey, pool);
        }
    }

    public bool TryGet(NetUid netuid, AccountId hotkey, out HotkeyPool pool) => _pools.TryGet((netuid, hotkey), out pool);

    public void Set(NetUid netuid, AccountId hotkey, HotkeyPool pool) => _pools.Set((netuid, hotkey), pool);

    public IEnumerator<(NetUid Netuid, AccountId Hotkey, HotkeyPool Pool)> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

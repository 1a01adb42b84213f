using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Subnets;

/// <summary>What a pool knows of hotkeys. True facts are kept until a swap of keys; absent ones are not.</summary>
internal sealed class HotkeyCache
{
    private const int RecordsMax = 100_000;

    private readonly Dictionary<AccountId, HotkeyRecord> _records = [];

    public IReadOnlyDictionary<AccountId, HotkeyRecord> Records => _records;

    /// <summary>How often everything has been forgotten: what was asked before that is not believed after it.</summary>
    public int Forgettings { get; private set; }

    public bool Suffices(AccountId hotkey, AccountId caller, bool needsDelegate) =>
        _records.TryGetValue(hotkey, out var record) && (!needsDelegate || record.IsDelegate || record.Owner == caller);

    public void Clear()
    {
        _records.Clear();
        Forgettings = unchecked(Forgettings + 1);
    }

    public void Learn(AccountId hotkey, HotkeyRecord? record)
    {
        if (_records.Count >= RecordsMax && !_records.ContainsKey(hotkey)) _records.Remove(_records.Keys.First());
        if (record is null) _records.Remove(hotkey);
        else _records[hotkey] = record;
    }
}

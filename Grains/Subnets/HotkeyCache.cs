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

    /// <param name="record">Null when nobody owned the hotkey; such an answer may come after one that names its owner, and says nothing then.</param>
    public void Learn(AccountId hotkey, HotkeyRecord? record)
    {
        if (record is null) return;
        if (_records.Count >= RecordsMax && !_records.ContainsKey(hotkey)) _records.Remove(_records.Keys.First());
        _records[hotkey] = record;
    }
}

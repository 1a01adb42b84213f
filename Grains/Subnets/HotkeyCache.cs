using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Subnets;

/// <summary>What a pool knows of hotkeys. True facts are monotone and are kept; absent ones are not.</summary>
internal sealed class HotkeyCache
{
    private const int RecordsMax = 100_000;

    private readonly Dictionary<AccountId, HotkeyRecord> _records = [];

    public IReadOnlyDictionary<AccountId, HotkeyRecord> Records => _records;

    public bool Suffices(AccountId hotkey, AccountId caller, bool needsDelegate) =>
        _records.TryGetValue(hotkey, out var record) && (!needsDelegate || record.IsDelegate || record.Owner == caller);

    public void Clear() => _records.Clear();

    public void Learn(AccountId hotkey, HotkeyRecord? record)
    {
        if (_records.Count >= RecordsMax && !_records.ContainsKey(hotkey)) _records.Remove(_records.Keys.First());
        if (record is null) _records.Remove(hotkey);
        else _records[hotkey] = record;
    }
}

using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Subnets;

/// <summary>What root's pool owns of root claims: rates, marks, choices, and the index of automatic claims. Empty on every other subnet.</summary>
/// <remarks>Source: rule book 02, 8.6.</remarks>
public sealed class ClaimState
{
    private readonly List<AccountId> _index = [];
    private readonly Dictionary<AccountId, int> _places = [];
    private readonly Dictionary<AccountId, List<AccountId>> _stakers = [];
    private readonly Dictionary<PositionKey, UInt128> _claimed = [];

    /// <summary>How many marks each pair of keys has.</summary>
    private readonly Dictionary<(AccountId Hotkey, AccountId Coldkey), int> _marks = [];

    public Dictionary<AccountId, ClaimRates> Rates { get; } = [];
    public IReadOnlyDictionary<PositionKey, UInt128> Claimed => _claimed;
    public Dictionary<AccountId, RootClaimType> Types { get; } = [];

    /// <summary>Whether there is nothing that a list of shares would not tell.</summary>
    public bool IsEmpty => Rates.Count == 0 && Claimed.Count == 0 && Types.Count == 0 && _index.Count == 0 && !Orders.Any();

    /// <summary>Subnets that some hotkey has a rate for.</summary>
    public HashSet<NetUid> Netuids { get; } = [];

    /// <summary>Coldkeys that automatic claims may pick.</summary>
    public IReadOnlyList<AccountId> Index => _index;

    /// <summary>The hotkeys on which a coldkey has, or had, root stake, in the order in which they came.</summary>
    public IReadOnlyList<AccountId> HotkeysOf(AccountId coldkey) =>
        _stakers.TryGetValue(coldkey, out var hotkeys) ? hotkeys : (IReadOnlyList<AccountId>)[];

    /// <summary>Coldkeys whose order of hotkeys means something, ascending.</summary>
    public IEnumerable<KeyValuePair<AccountId, List<AccountId>>> Orders => _stakers.Where(entry => entry.Value.Count > 1).OrderBy(entry => entry.Key);

    /// <summary>Notes that a coldkey has root stake on a hotkey.</summary>
    public void NoteStaker(AccountId hotkey, AccountId coldkey)
    {
        if (!_stakers.TryGetValue(coldkey, out var hotkeys)) _stakers.Add(coldkey, hotkeys = new(1));
        if (!hotkeys.Contains(hotkey)) hotkeys.Add(hotkey);
    }

    /// <summary>Whether any subnet has a mark of the coldkey's root stake on the hotkey.</summary>
    public bool HasMarks(AccountId hotkey, AccountId coldkey) => _marks.ContainsKey((hotkey, coldkey));

    public bool IsIndexed(AccountId coldkey) => _places.ContainsKey(coldkey);

    /// <summary>Takes over what a decision changed.</summary>
    public void Apply(ClaimChanges changes)
    {
        foreach (var netuid in changes.Forgotten) Forget(netuid);
        foreach (var (hotkey, rates) in changes.Rates)
        {
            if (rates.BySubnet.IsEmpty) Rates.Remove(hotkey);
            else Rates[hotkey] = rates;
            Netuids.UnionWith(rates.BySubnet.Keys);
        }

        foreach (var (position, rao) in changes.Claimed)
        {
            if (rao == 0) RemoveMark(position);
            else SetMark(position, rao);
        }

        foreach (var (coldkey, type) in changes.Types) Types[coldkey] = type;
        foreach (var (coldkey, isIn) in changes.Index) SetIndexed(coldkey, isIn);
    }

    /// <summary>The last entry moves into the place of one that leaves.</summary>
    public void SetIndexed(AccountId coldkey, bool isIn)
    {
        if (isIn)
        {
            if (_places.TryAdd(coldkey, _index.Count)) _index.Add(coldkey);
            return;
        }

        if (!_places.Remove(coldkey, out var place)) return;
        var last = _index[^1];
        _index.RemoveAt(_index.Count - 1);
        if (place == _index.Count) return;
        _index[place] = last;
        _places[last] = place;
    }

    private void Forget(NetUid netuid)
    {
        Netuids.Remove(netuid);
        foreach (var (hotkey, rates) in Rates.Where(entry => entry.Value.BySubnet.ContainsKey(netuid)).ToArray())
        {
            Rates[hotkey] = new ClaimRates(rates.BySubnet.Remove(netuid));
        }

        foreach (var position in _claimed.Keys.Where(position => position.Netuid == netuid).ToArray()) RemoveMark(position);
    }

    private void SetMark(PositionKey position, UInt128 rao)
    {
        var keys = (position.Hotkey, position.Coldkey);
        if (!_claimed.ContainsKey(position)) _marks[keys] = _marks.GetValueOrDefault(keys) + 1;
        _claimed[position] = rao;
    }

    private void RemoveMark(PositionKey position)
    {
        if (!_claimed.Remove(position)) return;
        var keys = (position.Hotkey, position.Coldkey);
        if (_marks[keys] == 1) _marks.Remove(keys);
        else _marks[keys]--;
    }
}

namespace Dtao.Economics.Ledger;

/// <summary>The part of a scope that is about texts: how coldkeys present themselves, and the symbols of tokens.</summary>
public sealed partial class LedgerScope
{
    private Dictionary<AccountId, ColdkeyIdentityDetail?>? _identities;
    private Dictionary<NetUid, string>? _symbols;

    /// <summary>Identities of coldkeys that came, changed, or (null) went.</summary>
    public IReadOnlyCollection<KeyValuePair<AccountId, ColdkeyIdentityDetail?>> ChangedIdentities => _identities ?? (IReadOnlyCollection<KeyValuePair<AccountId, ColdkeyIdentityDetail?>>)[];

    /// <summary>Symbols that changed. Those of subnets that come are given by whoever keeps the symbols.</summary>
    public IReadOnlyCollection<KeyValuePair<NetUid, string>> ChangedSymbols => _symbols ?? (IReadOnlyCollection<KeyValuePair<NetUid, string>>)[];

    public ColdkeyIdentityDetail? GetIdentity(AccountId coldkey) =>
        _identities is not null && _identities.TryGetValue(coldkey, out var changed) ? changed : source.GetIdentity(coldkey);

    public void SetIdentity(AccountId coldkey, ColdkeyIdentityDetail? identity) => (_identities ??= [])[coldkey] = identity;

    public IEnumerable<KeyValuePair<NetUid, string>> Symbols =>
        source.Symbols.Where(entry => _symbols is null || !_symbols.ContainsKey(entry.Key)).Concat(ChangedSymbols);

    public void SetSymbol(NetUid netuid, string symbol) => (_symbols ??= [])[netuid] = symbol;

    private void MergeTexts(LedgerScope child)
    {
        foreach (var (coldkey, identity) in child.ChangedIdentities) SetIdentity(coldkey, identity);
        foreach (var (netuid, symbol) in child.ChangedSymbols) SetSymbol(netuid, symbol);
    }
}

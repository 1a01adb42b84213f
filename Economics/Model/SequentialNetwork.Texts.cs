using Dtao.Economics.Ledger;
using Dtao.Economics.Registration;

namespace Dtao.Economics.Model;

/// <summary>What the model keeps of symbols, and of how coldkeys present themselves.</summary>
public sealed partial class SequentialNetwork
{
    private readonly Dictionary<AccountId, ColdkeyIdentityDetail> _identities = [];
    private readonly SortedDictionary<NetUid, string> _symbols = [];

    IReadOnlyCollection<KeyValuePair<AccountId, ColdkeyIdentityDetail>> INetworkState.Identities => _identities;

    IReadOnlyCollection<KeyValuePair<NetUid, string>> INetworkState.Symbols => _symbols;

    IEnumerable<KeyValuePair<NetUid, string>> ILedgerSource.Symbols => _symbols;

    public ColdkeyIdentityDetail? GetIdentity(AccountId coldkey) => _identities.GetValueOrDefault(coldkey);

    private void TakeTexts(LedgerScope scope)
    {
        foreach (var (coldkey, identity) in scope.ChangedIdentities)
        {
            if (identity is null) _identities.Remove(coldkey);
            else _identities[coldkey] = identity;
        }

        foreach (var netuid in scope.RemovedSubnets) _symbols.Remove(netuid);
        foreach (var netuid in scope.AddedSubnets) _symbols[netuid] = SubnetSymbols.Next(netuid, _symbols.Values);
        foreach (var (netuid, symbol) in scope.ChangedSymbols) _symbols[netuid] = symbol;
    }

    /// <summary>What nobody has said is as in a genesis that says nothing.</summary>
    private void SetSymbols(IReadOnlyCollection<KeyValuePair<NetUid, string>> symbols)
    {
        foreach (var netuid in _subnets) _symbols[netuid] = SubnetSymbols.OfGenesis(netuid);
        foreach (var (netuid, symbol) in symbols) _symbols[netuid] = symbol;
    }
}

using System.Globalization;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Hosting.Scenarios;

/// <summary>The names that a scenario gives to accounts, both ways. <c>burn</c> and <c>subnet:N</c> exist without being listed.</summary>
public sealed class Aliases
{
    public const string Burn = "burn";
    private const string SubnetPrefix = "subnet:";

    private readonly Dictionary<string, AccountId> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<AccountId, string> _names = [];

    public Aliases(IEnumerable<KeyValuePair<string, AccountId>> accounts)
    {
        foreach (var (name, account) in accounts)
        {
            if (name == Burn || name.StartsWith(SubnetPrefix, StringComparison.Ordinal))
                throw new ScenarioFormatException($"The alias '{name}' is reserved.");
            if (!_accounts.TryAdd(name, account)) throw new ScenarioFormatException($"The alias '{name}' is listed twice.");
            if (!_names.TryAdd(account, name)) throw new ScenarioFormatException($"The aliases '{_names[account]}' and '{name}' are one key.");
        }
    }

    public AccountId Account(string name)
    {
        if (_accounts.TryGetValue(name, out var account)) return account;
        if (name == Burn) return AccountId.Burn;
        if (name.StartsWith(SubnetPrefix, StringComparison.Ordinal)
            && ushort.TryParse(name.AsSpan(SubnetPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var netuid))
            return AccountId.OfSubnet(new NetUid(netuid));
        throw new ScenarioFormatException($"The alias '{name}' is not listed among the accounts.");
    }

    /// <summary>The name of an account; the hexadecimal key of one that has none.</summary>
    public string Name(AccountId account)
    {
        if (_names.TryGetValue(account, out var name)) return name;
        return SystemName(account) ?? account.ToString();
    }

    /// <summary>The name of the burn account or of a subnet's account; null for everybody else.</summary>
    public static string? SystemName(AccountId account)
    {
        if (account == AccountId.Burn) return Burn;
        return SystemAccounts.TryGetSubnet(account, out var netuid) ? SubnetName(netuid) : null;
    }

    public static string SubnetName(NetUid netuid) => $"{SubnetPrefix}{netuid}";
}

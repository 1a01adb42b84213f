using System.Globalization;
using Dtao.Client;
using Dtao.Economics;

namespace Dtao.Hosting.Genesis;

/// <summary>Resolves accounts as a document writes them: declared aliases first, then <c>burn</c> and <c>subnet:N</c>, then keys and addresses.</summary>
internal sealed class AccountNames(FaultList faults)
{
    public const string BurnAlias = "burn";
    public const string SubnetAliasPrefix = "subnet:";
    private const int AliasLengthMax = 64;

    private readonly Dictionary<string, AccountId?> _aliases = new(StringComparer.Ordinal);
    private readonly List<NamedAccount> _declared = [];

    /// <summary>In the order of declaration.</summary>
    public IReadOnlyList<NamedAccount> Declared => _declared;

    /// <summary>Takes one entry of <c>accounts</c>. The alias is known afterwards even when its key is faulty, so that one fault is told once.</summary>
    public void Declare(string alias, string? key, string path)
    {
        if (ReasonAgainst(alias) is { } reason)
        {
            faults.Add(path, GenesisFaultCode.ReservedAlias, reason);
            return;
        }
        if (!_aliases.TryAdd(alias, null) || key is null) return;
        if (WrittenOut(key, out var account) is { } fault)
        {
            faults.Add(path, CodeOf(fault), AccountName.Explain(fault, Shown(key)));
            return;
        }
        _aliases[alias] = account;
        _declared.Add(new(alias, account));
    }

    /// <summary>Reports two aliases of one account.</summary>
    public void CheckDistinct(string path)
    {
        var first = new Dictionary<AccountId, string>();
        foreach (var named in _declared)
        {
            if (first.TryAdd(named.Account, named.Name)) continue;
            faults.Add(JsonPath.Field(path, named.Name), GenesisFaultCode.DuplicateAccount, $"'{named.Name}' and '{first[named.Account]}' are the same account.");
        }
    }

    /// <returns>The account, or null with a fault.</returns>
    public AccountId? Resolve(string text, string path)
    {
        if (_aliases.TryGetValue(text, out var declared)) return declared;
        if (TryBuiltIn(text, out var account)) return account;
        if (WrittenOut(text, out account) is not { } fault) return account;
        var code = CodeOf(fault);
        var message = code == GenesisFaultCode.UnknownAccount && fault != AddressFault.UnknownDevAccount
            ? $"'{Shown(text)}' is no declared alias, and no address or key.{NameSuggestion.Sentence(text, _aliases.Keys)}"
            : AccountName.Explain(fault, Shown(text));
        faults.Add(path, code, message);
        return null;
    }

    private static bool TryBuiltIn(string text, out AccountId account)
    {
        account = AccountId.Burn;
        if (text == BurnAlias) return true;
        if (!text.StartsWith(SubnetAliasPrefix, StringComparison.Ordinal)) return false;
        if (!ushort.TryParse(text.AsSpan(SubnetAliasPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var netuid)) return false;
        account = AccountId.OfSubnet(new(netuid));
        return true;
    }

    private static AddressFault? WrittenOut(string text, out AccountId account)
    {
        var fault = AccountName.Parse(text, out account);
        return fault == AddressFault.None ? null : fault;
    }

    private static string? ReasonAgainst(string alias)
    {
        if (alias.Length is 0 or > AliasLengthMax) return $"An alias has 1 to {AliasLengthMax} characters.";
        if (alias == BurnAlias || alias.StartsWith(SubnetAliasPrefix, StringComparison.Ordinal)) return $"'{alias}' is built in and cannot be declared.";
        if (alias.StartsWith("//", StringComparison.Ordinal)) return $"'{alias}' is reserved for dev accounts.";
        return AccountName.Parse(alias, out _) == AddressFault.None ? $"'{alias}' is itself an account and cannot be an alias." : null;
    }

    /// <summary>An address with one wrong letter is told as such; text that was never an address is told as an unknown alias.</summary>
    public static GenesisFaultCode CodeOf(AddressFault fault) => fault switch
    {
        AddressFault.BadChecksum => GenesisFaultCode.WrongChecksum,
        AddressFault.WrongPrefix => GenesisFaultCode.WrongAddressKind,
        _ => GenesisFaultCode.UnknownAccount,
    };

    private static string Shown(string text) => text.Length <= 80 ? text : text[..77] + "...";
}

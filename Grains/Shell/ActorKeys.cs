using Dtao.Economics;

namespace Dtao.Grains.Shell;

/// <summary>The names under which actors keep their journals.</summary>
public static class ActorKeys
{
    public const string AccountPrefix = "account/";
    public const string PoolPrefix = "pool/";
    public const string ValidatorPrefix = "validator/";
    public const string Coordinator = "coordinator";
    public const string Registry = "registry";
    public const string Lane = "lane";

    public static string Account(AccountId account) => AccountPrefix + account;

    public static string Pool(long poolKey) => PoolPrefix + poolKey.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);

    public static string Validator(AccountId hotkey) => ValidatorPrefix + hotkey;
}

using System.Collections.Frozen;
using Dtao.Economics;

namespace Dtao.Client;

/// <summary>The well-known development accounts: sr25519 public keys that derive from the public development phrase. Never of value.</summary>
public static class DevAccounts
{
    public static readonly AccountId Alice = AccountId.ParseHex("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d");
    public static readonly AccountId Bob = AccountId.ParseHex("8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48");
    public static readonly AccountId Charlie = AccountId.ParseHex("90b5ab205c6974c9ea841be688864633dc9ca8a357843eeacf2314649965fe22");
    public static readonly AccountId Dave = AccountId.ParseHex("306721211d5404bd9da88e0204360a1a9ab8b87c66c1bc2fcdd37f3c2222cc20");
    public static readonly AccountId Eve = AccountId.ParseHex("e659a7a1628cdd93febc04a4e0646ea20e9f5f0ce097d9a05290d4a9e054df4e");
    public static readonly AccountId Ferdie = AccountId.ParseHex("1cbd2d43530a44705ad088af313e18f80b53ef16b36177cd4b77b846f2a5f07c");

    /// <summary>The name of a development account, as <c>//Alice</c>; null for any other.</summary>
    public static string? NameOf(AccountId account) => ByName.Where(entry => entry.Value == account).Select(entry => entry.Key).FirstOrDefault();

    /// <summary>By name, the two slashes included: <c>//Alice</c> and so on.</summary>
    public static readonly FrozenDictionary<string, AccountId> ByName = new Dictionary<string, AccountId>(StringComparer.Ordinal)
    {
        ["//Alice"] = Alice,
        ["//Bob"] = Bob,
        ["//Charlie"] = Charlie,
        ["//Dave"] = Dave,
        ["//Eve"] = Eve,
        ["//Ferdie"] = Ferdie,
    }.ToFrozenDictionary(StringComparer.Ordinal);
}

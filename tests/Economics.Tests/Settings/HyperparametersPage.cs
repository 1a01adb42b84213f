using System.Globalization;
using System.Text;
using Dtao.Economics.Ledger;
using Dtao.Economics.Settings;

namespace Dtao.Economics.Tests.Settings;

/// <summary>The reference's tables of hyperparameters, made from the code.</summary>
internal static class HyperparametersPage
{
    private const string Columns = "| Name | On the chain | Value | Default | Set by | Once in | Frozen near the epoch | Bounds of a call |\n|---|---|---|---|---|---|---|---|\n";

    public static string OfSubnet()
    {
        var genesis = new SubnetBooks();
        var registered = new SubnetBooks { Hyper = SubnetHyperparameters.OfNewSubnet };
        return Table(Hyperparameters.OfSubnet, value => (value.Read(genesis), value.Read(registered)));
    }

    public static string OfNetwork() =>
        Table(Hyperparameters.OfNetwork, value => (value.Read(NetworkParameters.Default), value.Read(NetworkParameters.Default)));

    public static string OfLimits()
    {
        var text = new StringBuilder("| Limit | Default | Unit |\n|---|---|---|\n");
        foreach (var name in RateLimits.OfNetwork) text.Append(Limit(name, Hyperparameters.OfNetwork, value => value.Read(NetworkParameters.Default)));
        foreach (var name in RateLimits.OfSubnet) text.Append(Limit(name, Hyperparameters.OfSubnet, value => value.Read(new SubnetBooks())));
        return text.ToString();
    }

    private static string Limit(string name, IEnumerable<Hyperparameter> all, Func<Hyperparameter, string?> read)
    {
        var value = all.Single(entry => entry.Name == name);
        return string.Create(CultureInfo.InvariantCulture, $"| `{name}` | {read(value)} | {value.Unit} |\n");
    }

    private static string Table(IEnumerable<Hyperparameter> all, Func<Hyperparameter, (string? Genesis, string? Registered)> read)
    {
        var text = new StringBuilder(Columns);
        foreach (var value in all)
        {
            var (genesis, registered) = read(value);
            var standard = genesis is null ? "none" : genesis == registered ? genesis : $"{genesis}; registered later: {registered}";
            var unit = string.Join(' ', new[] { KindOf(value.Kind), value.Unit }.Where(part => part.Length > 0));
            text.Append(CultureInfo.InvariantCulture, $"| `{value.Name}` | {(value.ChainName == value.Name ? "same" : $"`{value.ChainName}`")} | {unit} | {standard} | ");
            text.Append(CultureInfo.InvariantCulture, $"{Setter(value.SetBy)} | {RateOf(value.Rate)} | {(value.IsFrozenNearEpoch ? "yes" : "")} | {value.Bounds} |\n");
        }

        return text.ToString();
    }

    private static string KindOf(SettingKind kind) => kind switch
    {
        SettingKind.Flag => "flag",
        SettingKind.Account => "account",
        SettingKind.Pair => "two numbers",
        SettingKind.List => "numbers",
        _ => "number",
    };

    private static string Setter(SettingAuthority setter) => setter switch
    {
        SettingAuthority.Root => "sudo key",
        SettingAuthority.Owner => "owner, sudo key",
        _ => "nobody",
    };

    private static string RateOf(OwnerRate rate) => rate switch
    {
        OwnerRate.Tempos => "`owner_hyperparam_rate_limit` tempos",
        OwnerRate.VersionTempos => "`weights_version_key_rate_limit` tempos",
        OwnerRate.TempoBlocks => "`tempo_rate_limit` blocks",
        OwnerRate.MechanismBlocks => "7200 blocks",
        OwnerRate.OwnerHotkeyBlocks => "`owner_hotkey_rate_limit` blocks, the sudo key too",
        _ => "",
    };
}

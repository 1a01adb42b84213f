using Dtao.Economics.Ledger;
using Xunit;

namespace Dtao.Hosting.Tests.Genesis;

/// <summary>Compares genesis states field by field, order included.</summary>
internal static class GenesisStates
{
    public static void AssertEqual(GenesisState expected, GenesisState actual)
    {
        Assert.Equal(expected.Parameters, actual.Parameters);
        Assert.Equal(expected.Balances, actual.Balances);
        Assert.Equal(expected.Hotkeys, actual.Hotkeys);
        Assert.Equal(expected.Stakes, actual.Stakes);
        Assert.Equal(expected.TotalStake, actual.TotalStake);
        Assert.Equal(expected.Subnets.Select(Text), actual.Subnets.Select(Text));
    }

    /// <summary>Books are a plain class; their properties, every one, as text.</summary>
    private static string Text(GenesisSubnet subnet) => string.Join('\n',
        typeof(SubnetBooks).GetProperties().Select(property => $"{property.Name} = {property.GetValue(subnet.Books)}")
            .Append($"AlphaOutstanding = {subnet.AlphaOutstanding}")
            .Append($"AccountSurplus = {subnet.AccountSurplus}")
            .Append($"Lease = {subnet.Lease} {(subnet.Lease is { } lease ? string.Join(' ', lease.Shares) : "")}")
            .Concat(subnet.Neurons.Select(neuron => $"{neuron with { Rows = [] }} {string.Join(',', neuron.Rows.Select(row => row.LastUpdate))}")));
}

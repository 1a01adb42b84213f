using Dtao.Economics.Registration;
using Xunit;

namespace Dtao.Economics.Tests.Registration;

public sealed class SubnetSymbolsTests
{
    [Theory]
    [InlineData(1, "", "α")]
    [InlineData(2, "α", "β")]
    [InlineData(25, "", "א")]
    [InlineData(19, "", "t")]
    [InlineData(2, "β", "α")]
    [InlineData(2, "α β", "γ")]
    [InlineData(438, "", null)]
    [InlineData(439, "α", "Τ")]
    [InlineData(500, "Τ α", "β")]
    public void Next_SymbolsUsed_IsTheNetuidsOwnOrElseTheFirstFree(int netuid, string used, string? expected)
    {
        var symbol = SubnetSymbols.Next(new NetUid((ushort)netuid), used.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        if (expected is null) Assert.DoesNotContain(symbol, (string[])["Τ", "α"]);
        else Assert.Equal(expected, symbol);
    }

    [Fact]
    public void Next_OneAfterAnother_GivesEverySymbolOnceAndThenRootsForEver()
    {
        var given = new List<string> { SubnetSymbols.Root };

        for (ushort netuid = 1; netuid < 600; netuid++) given.Add(SubnetSymbols.Next(new NetUid(netuid), given));

        Assert.Equal(439, SubnetSymbols.Count);
        Assert.Equal(SubnetSymbols.Count, given.Take(SubnetSymbols.Count).Distinct().Count());
        Assert.All(given.Skip(SubnetSymbols.Count), symbol => Assert.Equal(SubnetSymbols.Root, symbol));
    }
}

using Xunit;

namespace Dtao.Client.Tests;

public sealed class AccountNameTests
{
    [Theory]
    [InlineData("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")]
    [InlineData("  5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY ")]
    [InlineData("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d")]
    [InlineData("0xD43593C715FDD31C61141ABD04A99FD6822C8558854CCDE39A5684E7A56DA27D")]
    [InlineData("//Alice")]
    public void Parse_EveryWayToWriteAnAccount_ReadsIt(string text)
    {
        var fault = AccountName.Parse(text, out var account);

        Assert.Equal(AddressFault.None, fault);
        Assert.Equal(DevAccounts.Alice, account);
    }

    [Theory]
    [InlineData("//alice", AddressFault.UnknownDevAccount)]
    [InlineData("//Alice//stash", AddressFault.UnknownDevAccount)]
    [InlineData("0xd435", AddressFault.BadLength)]
    [InlineData("0xz43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d", AddressFault.BadCharacter)]
    [InlineData("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ", AddressFault.BadChecksum)]
    [InlineData("Alice Smith", AddressFault.BadCharacter)]
    [InlineData("", AddressFault.BadLength)]
    public void Parse_NotAnAccount_NamesTheFault(string text, AddressFault expected)
    {
        var fault = AccountName.Parse(text, out var account);

        Assert.Equal(expected, fault);
        Assert.Equal(default, account);
    }

    [Fact]
    public void Explain_EveryFault_HasASentenceWithTheText() => Assert.All(Enum.GetValues<AddressFault>(), fault =>
    {
        var sentence = AccountName.Explain(fault, "what-was-written");

        Assert.Contains("what-was-written", sentence, StringComparison.Ordinal);
        Assert.EndsWith(".", sentence, StringComparison.Ordinal);
    });
}

using Dtao.Economics.Ledger;
using Dtao.Grains;
using Xunit;

namespace Dtao.Client.Tests;

public sealed class AdviceTests
{
    [Fact]
    public void For_EveryLedgerError_IsOneSentence() => Assert.All(
        Enum.GetValues<LedgerError>().Where(error => error != LedgerError.None), error => AssertIsAdvice(Advice.For(error)));

    [Fact]
    public void For_EveryRefusalCode_IsOneSentence() => Assert.All(
        Enum.GetValues<RefusalCode>().Where(code => code != RefusalCode.None), code => AssertIsAdvice(Advice.For(code)));

    [Fact]
    public void For_ALedgerErrorAsARefusalCode_IsTheSame() => Assert.All(
        Enum.GetValues<LedgerError>(), error => Assert.Equal(Advice.For(error), Advice.For((RefusalCode)(ushort)error)));

    [Fact]
    public void For_NoError_IsEmpty() => Assert.Equal(("", ""), (Advice.For(LedgerError.None), Advice.For(RefusalCode.None)));

    [Fact]
    public void For_ACodeOfANewerLedger_SaysSo() => Assert.Equal(Advice.Unknown, Advice.For((RefusalCode)64_999));

    private static void AssertIsAdvice(string advice)
    {
        Assert.NotEqual(Advice.Unknown, advice);
        Assert.True(char.IsUpper(advice[0]) && advice.EndsWith('.') && advice.IndexOf(". ", StringComparison.Ordinal) < 0, advice);
    }
}

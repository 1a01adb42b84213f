using Dtao.Api.Writes;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains;
using Xunit;

namespace Dtao.Api.Tests.Writes;

public sealed class OperationKeyTests
{
    /// <summary>Stable: a key means the same operation after an upgrade as before it.</summary>
    [Theory]
    [InlineData("0193f5c0a7e27c3f9d0e5b1c2a3d4e5f", "0193f5c0a7e27c3f9d0e5b1c2a3d4e5f")]
    [InlineData("\"0193f5c0-a7e2-7c3f-9d0e-5b1c2a3d4e5f\"", "0193f5c0a7e27c3f9d0e5b1c2a3d4e5f")]
    [InlineData("invoice 4711", "4fcc30031fbf8f74b8bc9b0c1e4e551b")]
    public void IdOf_Key_IsStable(string key, string id) =>
        Assert.Equal(id, OperationKey.IdOf(DevAccounts.Alice, OperationKey.Read(key)!).ToString());

    [Fact]
    public void IdOf_TwoSigners_AreTwoOperations()
    {
        var (ofAlice, ofBob) = (OperationKey.IdOf(DevAccounts.Alice, "invoice 4711"), OperationKey.IdOf(DevAccounts.Bob, "invoice 4711"));

        Assert.NotEqual(ofAlice, ofBob);
        Assert.Equal(8, ofAlice.Value.Version);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData("schlüssel")]
    [InlineData("tab\tulator")]
    public void Read_NoKey_IsNull(string text) => Assert.Null(OperationKey.Read(text));

    [Fact]
    public void Read_Length_IsBounded()
    {
        Assert.NotNull(OperationKey.Read(new string('a', OperationKey.LengthMax)));
        Assert.Null(OperationKey.Read(new string('a', OperationKey.LengthMax + 1)));
    }

    /// <summary>Whatever an earlier try was given, as long as its account remembers it, a later one looks there.</summary>
    [Fact]
    public void Others_WhileTheReceiptIsRemembered_HoldWhatAnEarlierTryWasGiven()
    {
        for (ulong head = 0; head < 4 * ValidityWindow.Blocks; head += 61)
        {
            var given = ValidityWindow.LastValidBlock(new BlockNumber(head));
            Assert.InRange(given.Value - head, ValidityWindow.Blocks + 1, OperationLimits.ValidityBlocksMax - 128);
            for (var later = head; later <= given.Value + OperationLimits.ReceiptBlocks; later += 97)
            {
                var now = new BlockNumber(later);
                Assert.Contains(given, ValidityWindow.Others(now).Append(ValidityWindow.LastValidBlock(now)));
            }

            Assert.InRange(ValidityWindow.Others(new BlockNumber(head)).Count(), 1, 4);
        }
    }
}

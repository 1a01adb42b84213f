using CsCheck;
using Dtao.Grains.Stakers;
using Dtao.Grains.Wire;
using Xunit;

namespace Dtao.Grains.Tests.Stakers;

public sealed class NonceWindowTests
{
    private const ulong Width = OperationLimits.NonceWindow;

    [Theory]
    [InlineData(0, 0, RefusalCode.NonceTooOld)]
    [InlineData(0, 1, RefusalCode.None)]
    [InlineData(0, OperationLimits.NonceAheadMax, RefusalCode.None)]
    [InlineData(0, OperationLimits.NonceAheadMax + 1, RefusalCode.NonceTooFar)]
    [InlineData(0, ulong.MaxValue, RefusalCode.NonceTooFar)]
    [InlineData(5_000, 5_000, RefusalCode.NonceUsed)]
    [InlineData(5_000, 5_001, RefusalCode.None)]
    [InlineData(5_000, 5_000 - Width + 1, RefusalCode.None)]
    [InlineData(5_000, 5_000 - Width, RefusalCode.NonceTooOld)]
    [InlineData(5_000, 1, RefusalCode.NonceTooOld)]
    [InlineData(5_000, 5_000 + OperationLimits.NonceAheadMax, RefusalCode.None)]
    [InlineData(5_000, 5_001 + OperationLimits.NonceAheadMax, RefusalCode.NonceTooFar)]
    public void Judge_AfterOneNonce_TellsWhyNot(ulong used, ulong nonce, RefusalCode expected)
    {
        NonceWindow? window = null;
        if (used > 0) (window = new NonceWindow()).Use(used);

        Assert.Equal(expected, NonceWindow.Judge(window, nonce));
    }

    /// <summary>Against a set of all nonces that were ever used, over jumps of every size; and as it is stored.</summary>
    [Fact]
    public void Use_AnyNonces_IsAsASetOfThem() => Gen.Select(Gen.UInt[1, 6_000], Gen.UInt[0, 40]).Array[1, 120].Sample(draws =>
    {
        NonceWindow window = new();
        HashSet<ulong> used = [];
        ulong at = 1;
        foreach (var (jump, back) in draws)
        {
            at = jump % 5 == 0 ? at + jump : at > back ? at - back : at + 1;
            var expected = used.Count > 0 && used.Max() >= at + Width ? RefusalCode.NonceTooOld : used.Contains(at) ? RefusalCode.NonceUsed : RefusalCode.None;

            Assert.Equal(expected, NonceWindow.Judge(window, at));
            if (expected != RefusalCode.None) continue;
            window.Use(at);
            used.Add(at);
            Assert.Equal(used.Max(), window.Highest);
            window = Stored(window);
        }
    }, iter: 200);

    private static NonceWindow Stored(NonceWindow window)
    {
        RecordWriter writer = new();
        window.Write(writer);
        var reader = new RecordReader(writer.WrittenSpan);
        return NonceWindow.Read(ref reader);
    }
}

using CsCheck;
using Dtao.Economics.Earnings;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Xunit;

namespace Dtao.Economics.Tests.Earnings;

public sealed class StakeGainTests
{
    /// <summary>How far three floors of 21 digits may lie from one of 64 bits.</summary>
    private const ulong BitsOff = 8;

    private static readonly Gen<ulong> s_amount = Gen.ULong[1_000_000, 10_000_000_000_000_000];

    [Theory]
    [InlineData(100_000_000_000UL, 5_000_000_000UL, 0x0CCC_CCCC_CCCC_CCCCUL)]
    [InlineData(100_000_000_000UL, 0UL, 0UL)]
    [InlineData(3UL, 1UL, 0x5555_5555_5555_5555UL)]
    public void OfShare_DividendForAll_IsItsPartOfTheValue(ulong value, ulong dividend, ulong fraction)
    {
        var before = new HotkeyPool(new Alpha(value), SafeFloat.FromUInt64(value));

        var gain = StakeGain.OfShare(before, SharePool.UpdateAll(before, (long)dividend));

        Assert.InRange(gain.Bits, (UInt128)fraction - Math.Min(fraction, BitsOff), (UInt128)fraction + BitsOff);
    }

    [Fact]
    public void OfShare_MoreThanTwice_HasItsWholePart()
    {
        var before = new HotkeyPool(new Alpha(10), SafeFloat.FromUInt64(10));

        Assert.Equal(new U64F64((UInt128)5 << 63), StakeGain.OfShare(before, SharePool.UpdateAll(before, 25)));
    }

    [Fact]
    public void OfShare_DividendsAndDeposits_OnlyDividendsCount() => s_amount.Select(s_amount, s_amount, s_amount).Sample((value, deposit, dividend, withdrawal) =>
    {
        dividend %= value;
        var before = new HotkeyPool(new Alpha(value), SafeFloat.FromUInt64(value / 3 + 1));
        var paid = SharePool.UpdateAll(before, (long)dividend);
        var after = SharePool.UpdateOne(paid, SafeFloat.Zero, (long)deposit).Pool;
        after = SharePool.UpdateOne(after, after.Denominator, -(long)(withdrawal % (value + deposit) / 2)).Pool;

        var gain = StakeGain.OfShare(before, after).Bits;

        var expected = ((UInt128)dividend << 64) / value;
        Assert.InRange(gain, expected - UInt128.Min(expected, BitsOff), expected + BitsOff);
    });

    [Fact]
    public void OfShare_EmptyBeforeOrAfter_IsNone()
    {
        var pool = new HotkeyPool(new Alpha(5), SafeFloat.FromUInt64(5));

        Assert.Equal(U64F64.Zero, StakeGain.OfShare(default, pool));
        Assert.Equal(U64F64.Zero, StakeGain.OfShare(pool, default));
    }

    [Fact]
    public void OfRoot_AlphaForEachTao_IsValuedAtThePrice() =>
        Assert.Equal(new U64F64(UInt128.One << 60), StakeGain.OfRoot(new I96F32(1L << 30), new U64F64(UInt128.One << 62)));
}

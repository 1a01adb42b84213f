using System.Numerics;
using CsCheck;
using Xunit;

namespace Dtao.Economics.Tests.FixedPoint;

/// <summary>Every fixed-point operation against the same rule on big integers, on words that stress carries and long division.</summary>
public class FixedPointModelTests
{
    private const int Count = 100_000;

    private static readonly ulong[] s_edges = [0, 1, ulong.MaxValue, 1UL << 63, (1UL << 63) - 1, 1UL << 32, uint.MaxValue];

    private static readonly Gen<ulong> s_word = Gen.Frequency(
        (3, Gen.ULong), (2, Gen.Int[0, s_edges.Length - 1].Select(i => s_edges[i])), (1, Gen.ULong[0, 1000]));

    private static readonly Gen<UInt128> s_unsigned = Gen.Select(s_word, s_word, Gen.Int[0, 127], (high, low, shift) => new UInt128(high, low) >> shift);

    private static readonly Gen<Int128> s_signed = s_unsigned.Select(bits => unchecked((Int128)bits));

    private static readonly Gen<long> s_long = s_word.Select(bits => unchecked((long)bits));

    [Fact]
    public void U64F64_AnyBits_FollowsTheModel() => Gen.Select(s_unsigned, s_unsigned).Sample((a, b) =>
    {
        U64F64 x = new(a), y = new(b);
        Same(Floor((BigInteger)a * b, 64), 0, UInt128.MaxValue, x.MultiplyChecked(y)?.Bits, x.MultiplySaturating(y).Bits);
        SameQuotient(a, b, 64, 0, UInt128.MaxValue, x.DivideChecked(y)?.Bits, x.DivideOrZero(y).Bits);
        Assert.Equal(Clamp((BigInteger)a + b, 0, UInt128.MaxValue), x.AddSaturating(y).Bits);
        Assert.Equal(Clamp((BigInteger)a - b, 0, UInt128.MaxValue), x.SubtractSaturating(y).Bits);
        Assert.Equal((BigInteger)(a >> 32), x.ToU96F32().Bits);
        Assert.Equal(Clamp(a, 0, Int128.MaxValue), x.ToI64F64().Bits);
        Assert.Equal(Clamp(a >> 32, 0, long.MaxValue), x.ToI32F32().Bits);
        Assert.Equal(Floor(a, 64), x.ToUInt64Saturating());
    }, iter: Count);

    [Fact]
    public void U96F32_AnyBits_FollowsTheModel() => Gen.Select(s_unsigned, s_unsigned).Sample((a, b) =>
    {
        U96F32 x = new(a), y = new(b);
        Same(Floor((BigInteger)a * b, 32), 0, UInt128.MaxValue, x.MultiplyChecked(y)?.Bits, x.MultiplySaturating(y).Bits);
        SameQuotient(a, b, 32, 0, UInt128.MaxValue, x.DivideChecked(y)?.Bits, x.DivideOrZero(y).Bits);
        Assert.Equal(Clamp((BigInteger)a << 32, 0, UInt128.MaxValue), x.ToU64F64().Bits);
        Assert.Equal(Clamp(Floor(a, 32), 0, ulong.MaxValue), x.ToUInt64Saturating());
        Assert.Equal(Clamp(Floor((BigInteger)a + uint.MaxValue, 32) << 32, 0, UInt128.MaxValue & ~(UInt128)uint.MaxValue), x.CeilingSaturating().Bits);
        Assert.Equal(Clamp(Floor((BigInteger)a + (1U << 31), 32) << 32, 0, UInt128.MaxValue & ~(UInt128)uint.MaxValue), x.RoundSaturating().Bits);
    }, iter: Count);

    [Fact]
    public void I64F64_AnyBits_FollowsTheModel() => Gen.Select(s_signed, s_signed).Sample((a, b) =>
    {
        I64F64 x = new(a), y = new(b);
        Same(Floor((BigInteger)a * b, 64), Int128.MinValue, Int128.MaxValue, x.MultiplyChecked(y)?.Bits, x.MultiplySaturating(y).Bits);
        SameQuotient(a, b, 64, Int128.MinValue, Int128.MaxValue, x.DivideChecked(y)?.Bits, x.DivideOrZero(y).Bits);
        Assert.Equal(Clamp((BigInteger)a + b, Int128.MinValue, Int128.MaxValue), x.AddSaturating(y).Bits);
        Assert.Equal(Clamp((BigInteger)a - b, Int128.MinValue, Int128.MaxValue), x.SubtractSaturating(y).Bits);
        Assert.Equal(Clamp(Floor(a, 32), long.MinValue, long.MaxValue), x.ToI32F32().Bits);
        Assert.Equal(Clamp(a, 0, UInt128.MaxValue), x.ToU64F64().Bits);
        Assert.Equal(Clamp(Floor(a, 64), 0, ulong.MaxValue), x.ToUInt64Saturating());
    }, iter: Count);

    [Fact]
    public void I96F32_AnyBits_FollowsTheModel() => Gen.Select(s_signed, s_signed).Sample((a, b) =>
    {
        I96F32 x = new(a), y = new(b);
        Same(Floor((BigInteger)a * b, 32), Int128.MinValue, Int128.MaxValue, x.MultiplyChecked(y)?.Bits, x.MultiplySaturating(y).Bits);
        SameQuotient(a, b, 32, Int128.MinValue, Int128.MaxValue, x.DivideChecked(y)?.Bits, x.DivideOrZero(y).Bits);
        Assert.Equal(Floor(a, 32) << 32, x.Floor().Bits);
        Assert.Equal(Clamp((BigInteger)a << 32, 0, UInt128.MaxValue), x.ToU64F64().Bits);
        Assert.Equal(Clamp((BigInteger)a << 32, Int128.MinValue, Int128.MaxValue), x.ToI64F64().Bits);
        Assert.Equal(Clamp(a, long.MinValue, long.MaxValue), x.ToI32F32().Bits);
    }, iter: Count);

    [Fact]
    public void I32F32_AnyBits_FollowsTheModel() => Gen.Select(s_long, s_long).Sample((a, b) =>
    {
        I32F32 x = new(a), y = new(b);
        Same(Floor((BigInteger)a * b, 32), long.MinValue, long.MaxValue, x.MultiplyChecked(y)?.Bits, x.MultiplySaturating(y).Bits);
        SameQuotient(a, b, 32, long.MinValue, long.MaxValue, x.DivideChecked(y)?.Bits, x.DivideOrZero(y).Bits);
        Assert.Equal(Clamp((BigInteger)a + b, long.MinValue, long.MaxValue), x.AddSaturating(y).Bits);
        Assert.Equal(Clamp((BigInteger)a - b, long.MinValue, long.MaxValue), x.SubtractSaturating(y).Bits);
        Assert.Equal((BigInteger)a << 32, x.ToI64F64().Bits);
        Assert.Equal(Clamp(Floor(a, 32), 0, ushort.MaxValue), x.ToUInt16Saturating());
        Assert.Equal(Clamp(RoundAway(a, 32) << 32, long.MinValue, long.MaxValue & ~(long)uint.MaxValue), x.RoundSaturating().Bits);
    }, iter: Count);

    private static void Same<T>(BigInteger exact, BigInteger min, BigInteger max, T? checkedResult, T saturated) where T : struct, INumber<T>
    {
        Assert.Equal(exact >= min && exact <= max, checkedResult is not null);
        if (checkedResult is { } value) Assert.Equal(exact, BigInteger.CreateChecked(value));
        Assert.Equal(Clamp(exact, min, max), BigInteger.CreateChecked(saturated));
    }

    private static void SameQuotient<T>(BigInteger a, BigInteger b, int shift, BigInteger min, BigInteger max, T? checkedResult, T orZero) where T : struct, INumber<T>
    {
        BigInteger? exact = b.IsZero ? null : BigInteger.Divide(a << shift, b);
        if (exact < min || exact > max) exact = null;
        Assert.Equal(exact, checkedResult is { } value ? BigInteger.CreateChecked(value) : null);
        Assert.Equal(exact ?? 0, BigInteger.CreateChecked(orZero));
    }

    private static BigInteger Floor(BigInteger value, int bits) => value >> bits;

    private static BigInteger RoundAway(BigInteger value, int bits)
    {
        var rounded = (BigInteger.Abs(value) + (BigInteger.One << (bits - 1))) >> bits;
        return value.Sign < 0 ? -rounded : rounded;
    }

    private static BigInteger Clamp(BigInteger value, BigInteger min, BigInteger max) => BigInteger.Max(min, BigInteger.Min(max, value));
}

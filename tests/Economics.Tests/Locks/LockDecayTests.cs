using System.Numerics;
using CsCheck;
using Dtao.Economics.Ledger;
using Dtao.Economics.Locks;
using Xunit;

namespace Dtao.Economics.Tests.Locks;

/// <summary>How a lock ages: the cases of the reference's own tests, figures of an integer model written apart, and what must hold for any lock.</summary>
public class LockDecayTests
{
    private const ulong Scale = 934_866;
    private const ulong Supply = 21_000_000_000_000_000;

    private static readonly LockBucket s_decaying = LockBucket.Of(false, false, default);
    private static readonly LockBucket s_perpetual = LockBucket.Of(false, true, default);
    private static readonly LockBucket s_ofOwner = LockBucket.Of(true, false, default);

    private static readonly Gen<(ulong Mass, ulong Conviction, ulong Blocks, int Kind, LockRates Rates)> s_locks = Gen.Select(
        Gen.ULong[0, Supply], Gen.ULong[0, Supply], Gen.ULong[0, 20_000_000], Gen.Int[0, 3],
        Gen.OneOf(Gen.Const(LockRates.Default), Gen.Select(Gen.ULong[1, 3_000_000], Gen.ULong[1, 3_000_000], (unlock, maturity) => new LockRates(unlock, maturity))));

    /// <summary>The first two and the clamp are the reference's cases; the bits are those of the integer model.</summary>
    [Theory]
    [InlineData(0, 216_000, "18446744073709551616")]
    [InlineData(0, 0, "18446744073709551616")]
    [InlineData(1_000, 0, "0")]
    [InlineData(216_000, 216_000, "6786177901268885275")]
    [InlineData(1, Scale, "18446724341754161508")]
    [InlineData(7_200, Scale, "18305219603617754201")]
    [InlineData(2_629_800, Scale, "1107233333110955956")]
    [InlineData(10_000, 200_000, "17547085749146693511")]
    [InlineData(40 * 216_000, 216_000, "78")]
    [InlineData(100 * 216_000, 216_000, "78")]
    [InlineData(ulong.MaxValue, 1, "78")]
    [InlineData(1, ulong.MaxValue, "18446744073709551614")]
    public void Left_Blocks_IsThisManyParts(ulong blocks, ulong scale, string bits) =>
        Assert.Equal(UInt128.Parse(bits, null), LockDecay.Left(blocks, scale).Bits);

    [Fact]
    public void Left_AnyBlocks_IsTheModelsToTheBit() =>
        Gen.Select(Gen.ULong[1, 100_000_000], Gen.ULong[1, 3_000_000]).Sample((blocks, scale) =>
            Assert.Equal(ModelOfLeft(blocks, scale), (BigInteger)LockDecay.Left(blocks, scale).Bits));

    [Fact]
    public void Left_MoreBlocks_IsNotMore() =>
        Gen.Select(Gen.ULong[0, 10_000_000], Gen.ULong[0, 1_000_000], Gen.ULong[1, 3_000_000]).Sample((blocks, more, scale) =>
            Assert.True(LockDecay.Left(blocks + more, scale) <= LockDecay.Left(blocks, scale)));

    /// <summary>Mass and conviction of the integer model; the rates apart by one block are the reference's case against cancellation.</summary>
    [Theory]
    [InlineData(10_000, 0, 1_000, Scale, Scale, false, 9_989, "197108704962744510000")]
    [InlineData(1_000_000_000, 0, 10_000, Scale, Scale, false, 989_360_286, "195220234750505093000000000")]
    [InlineData(1_000_000_000, 500_000, Scale, Scale, Scale, true, 1_000_000_000, "11663959261391300783637500000")]
    [InlineData(10_000, 0, 10_000, 200_000, 240_000, false, 9_512, "7341834217299175500000")]
    [InlineData(Supply, 0, 1_142_108, 1_142_108, 1_142_109, false, 7_725_468_264_600_288, "142509673537782882408000000000000000")]
    [InlineData(10_000, 5_000, 10, 0, 7, false, 0, "22103906681203397185000")]
    public void RollForward_Lock_HasThisMassAndConviction(
        ulong mass, ulong conviction, ulong blocks, ulong unlock, ulong maturity, bool isPerpetual, ulong massAfter, string convictionAfter)
    {
        var rolled = Roll(mass, conviction, blocks, LockBucket.Of(false, isPerpetual, default), new LockRates(unlock, maturity));

        Assert.Equal((massAfter, UInt128.Parse(convictionAfter, null)), (rolled.Mass.Rao, rolled.Conviction.Bits));
        Assert.Equal(100 + blocks, rolled.LastBlock.Value);
    }

    [Fact]
    public void RollForward_SameBlockOrEarlier_ChangesNothing()
    {
        var state = new LockState(new Alpha(5_000), U64F64.FromInteger(1_234), new BlockNumber(100));

        Assert.Equal(state, LockDecay.RollForward(state, new BlockNumber(100), s_decaying, LockRates.Default));
        Assert.Equal(state, LockDecay.RollForward(state, new BlockNumber(99), s_perpetual, LockRates.Default));
    }

    [Theory]
    [InlineData(99, 99, true)]
    [InlineData(100, 0, false)]
    [InlineData(0, 100, false)]
    public void RollForward_MassAndConvictionUnderAHundred_IsNothing(ulong mass, ulong conviction, bool isNothing) =>
        Assert.Equal(isNothing, Roll(mass, conviction, 0, s_decaying).IsNothing);

    [Fact]
    public void RollForward_ForTheOwnersHotkey_ConvictionIsTheMassAtOnce()
    {
        Assert.Equal(U64F64.FromInteger(5_000), Roll(5_000, 0, 0, s_ofOwner).Conviction);
        Assert.Equal(U64F64.FromInteger(9_989), Roll(10_000, 0, 1_000, s_ofOwner).Conviction);
        Assert.Equal(U64F64.FromInteger(10_000), Roll(10_000, 77, 1_000, LockBucket.Of(true, true, default)).Conviction);
    }

    [Fact]
    public void RollForward_InTwoSteps_IsWithinTheReferencesTolerance()
    {
        var once = Roll(1_000_000_000, 0, 20_000, s_decaying);
        var twice = LockDecay.RollForward(Roll(1_000_000_000, 0, 10_000, s_decaying), new BlockNumber(20_100), s_decaying, LockRates.Default);

        Assert.InRange(once.Mass.Rao - twice.Mass.Rao, 0UL, 1UL);
        Assert.True(once.Conviction.SubtractSaturating(twice.Conviction).AddSaturating(twice.Conviction.SubtractSaturating(once.Conviction)).Bits
            < (UInt128.One << 64) / 10);
    }

    [Fact]
    public void RollForward_AnyLock_MassNeverGrows() => s_locks.Sample(given =>
    {
        var bucket = LockBucket.Of(given.Kind > 1, given.Kind % 2 == 1, default);

        Assert.True(Roll(given.Mass, given.Conviction, given.Blocks, bucket, given.Rates).Mass.Rao <= given.Mass);
    });

    [Fact]
    public void RollForward_ConvictionWithinTheMass_StaysWithinTheMassThatWas() => s_locks.Sample(given =>
    {
        var conviction = given.Mass == 0 ? 0 : given.Conviction % given.Mass;
        var bound = U64F64.FromInteger(given.Mass);

        Assert.True(Roll(given.Mass, conviction, given.Blocks, s_perpetual, given.Rates).Conviction <= bound);
        Assert.True(Roll(given.Mass, 0, given.Blocks, s_decaying, given.Rates).Conviction <= bound);
    });

    [Fact]
    public void RollForward_OverVeryLong_LeavesNothingOfADecayingLock() =>
        Assert.True(Roll(10_000, 0, Scale * 1_000, s_decaying).IsNothing);

    private static LockState Roll(ulong mass, ulong conviction, ulong blocks, LockBucket bucket, LockRates? rates = null) => LockDecay.RollForward(
        new LockState(new Alpha(mass), U64F64.FromInteger(conviction), new BlockNumber(100)), new BlockNumber(100 + blocks), bucket, rates ?? LockRates.Default);

    /// <summary>Rule book 02, 1.10 and 1.2 in integers of any size.</summary>
    private static BigInteger ModelOfLeft(ulong blocks, ulong scale)
    {
        var one = BigInteger.One << 64;
        var x = BigInteger.Min((one * blocks) / scale, 40 * one);
        var (sum, term) = (x + one, x);
        for (var i = 2; i <= 63; i++)
        {
            term = ((term * x) >> 64) / i;
            sum += term;
        }

        return one * one / sum;
    }
}

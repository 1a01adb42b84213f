using System.Numerics;
using Dtao.Economics;
using Dtao.Grains.Subnets;

namespace Dtao.Client;

/// <summary>What stake earned over a window of time, and what that comes to in a year.</summary>
/// <param name="From">The block after which the earnings count.</param>
/// <param name="To">The block of the last epoch that counts.</param>
/// <param name="Milliseconds">The time between the two, by their headers.</param>
/// <param name="IsWhole">Whether the history reaches back over the whole window; otherwise it is as long as the history is.</param>
/// <param name="RaoPerWhole">Rao that one whole alpha (or root TAO) earned: 10^9 is as much again.</param>
/// <param name="YearPpm">The same over 365 days, in parts per million; at most <see cref="YearPpmMax"/>.</param>
/// <remarks>
/// Measured from what pools paid, after the validator's take. A change of the alpha's price is not in it. The window begins at an epoch, up to an eighth
/// earlier than asked for, and ends at one. For alpha, gains stay staked and earn with the rest, and the year assumes that they go on to; a root stake's
/// dividends are counted in TAO at the price when they were put aside, and do not compound, since they earn nothing until they are claimed.
/// </remarks>
public sealed record Yield(BlockNumber From, BlockNumber To, long Milliseconds, bool IsWhole, ulong RaoPerWhole, ulong YearPpm)
{
    /// <summary>A million per cent.</summary>
    public const ulong YearPpmMax = 10_000_000_000;

    private const long YearMilliseconds = 365L * 24 * 60 * 60 * 1_000;
    private const int FractionBits = 64;
    private static readonly BigInteger s_one = BigInteger.One << FractionBits;
    private static readonly BigInteger s_million = 1_000_000;

    /// <summary>Of alpha: (1 + gain) to the number of spans in a year; the broken span at its end earns in proportion to its length. Each product floors.</summary>
    public static Yield OfAlpha(EarnedSpan span, long milliseconds)
    {
        BigInteger gain = span.PerAlphaBits;
        var (spans, rest) = Math.DivRem(YearMilliseconds, milliseconds);
        var growth = Multiply(Power(s_one + gain, spans), s_one + (gain * rest / milliseconds));
        return Of(span, milliseconds, gain, (growth - s_one) * s_million >> FractionBits);
    }

    /// <summary>Of root TAO: in proportion to the length of the year.</summary>
    public static Yield OfRoot(EarnedSpan span, long milliseconds)
    {
        BigInteger gain = span.PerRootBits;
        return Of(span, milliseconds, gain, (gain * YearMilliseconds / milliseconds) * s_million >> FractionBits);
    }

    /// <summary>What the same root TAO earned on several subnets, each over the time that is known of it; the time told is the longest.</summary>
    public static Yield? Sum(IReadOnlyCollection<Yield> parts)
    {
        if (parts.Count == 0) return null;
        var longest = parts.MaxBy(part => part.Milliseconds)!;
        return longest with
        {
            IsWhole = parts.Any(part => part.IsWhole),
            RaoPerWhole = Bounded(parts.Aggregate(BigInteger.Zero, (sum, part) => sum + part.RaoPerWhole), ulong.MaxValue),
            YearPpm = Bounded(parts.Aggregate(BigInteger.Zero, (sum, part) => sum + part.YearPpm), YearPpmMax),
        };
    }

    private static Yield Of(EarnedSpan span, long milliseconds, BigInteger gain, BigInteger ppm) => new(
        span.From, span.To, milliseconds, span.IsWhole, Bounded(gain * AmountText.RaoPerWhole >> FractionBits, ulong.MaxValue), Bounded(ppm, YearPpmMax));

    /// <summary>By repeated squaring; stops growing where the result is out of bounds anyway.</summary>
    private static BigInteger Power(BigInteger factor, long exponent)
    {
        var power = s_one;
        for (; exponent > 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0) power = Multiply(power, factor);
            factor = Multiply(factor, factor);
        }

        return power;
    }

    private static BigInteger Multiply(BigInteger left, BigInteger right) => BigInteger.Min(left * right >> FractionBits, s_one << FractionBits);

    private static ulong Bounded(BigInteger value, ulong max) => value > max ? max : (ulong)value;
}

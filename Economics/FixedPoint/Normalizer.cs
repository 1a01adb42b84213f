using System.Runtime.CompilerServices;

namespace Dtao.Economics;

/// <summary>Divides many numbers by one total, toward zero; a total of 0 leaves them as they are.</summary>
/// <remarks>
/// Source: rule book 02, section 7 ("normalise") and 1.3; epoch/math.rs :: inplace_normalize_using_sum.
/// One division makes a reciprocal, every further quotient is a product and a correction. With m = floor((2^64 - 1) / total) the
/// estimate floor(value x m / 2^32) of value x 2^32 / total is too small by less than 2 and never too large, for values of 0 to 1:
/// value x (2^64 / total - m) / 2^32 is at most 1, with equality only where the quotient is whole. So one step corrects it.
/// </remarks>
internal readonly struct Normalizer
{
    private readonly long _total;

    /// <summary>0 when the total is no divisor of the fast kind.</summary>
    private readonly ulong _reciprocal;

    public Normalizer(I32F32 total)
    {
        _total = total.Bits;
        _reciprocal = total.Bits > 0 ? ulong.MaxValue / (ulong)total.Bits : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I32F32 Share(I32F32 value)
    {
        unchecked
        {
            var bits = (ulong)value.Bits;
            if (_reciprocal == 0 || bits > 1UL << I32F32.FractionBits) return ShareOfAny(value);
            var high = Math.BigMul(bits, _reciprocal, out ulong low);
            var quotient = (high << I32F32.FractionBits) | (low >> I32F32.FractionBits);

            // The remainder is below twice the total, so arithmetic modulo 2^64 keeps it whole.
            var rest = (bits << I32F32.FractionBits) - quotient * (ulong)_total;
            return new((long)(rest >= (ulong)_total ? quotient + 1 : quotient));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private I32F32 ShareOfAny(I32F32 value) => _total == 0 ? value : value.DivideOrZero(new(_total));
}

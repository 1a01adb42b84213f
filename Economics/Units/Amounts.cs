namespace Dtao.Economics;

/// <summary>An amount of the base token in whole rao. 10^9 rao are 1 TAO. Never mixes with <see cref="Alpha"/>.</summary>
/// <remarks>Plain operators are checked; where the chain clamps, call the method with Saturating in its name.</remarks>
public readonly record struct Tao(ulong Rao) : IComparable<Tao>
{
    public static readonly Tao Zero;
    public static readonly Tao Max = new(ulong.MaxValue);

    public bool IsZero => Rao == 0;

    public static Tao operator +(Tao left, Tao right) => new(checked(left.Rao + right.Rao));
    public static Tao operator -(Tao left, Tao right) => new(checked(left.Rao - right.Rao));
    public static bool operator <(Tao left, Tao right) => left.Rao < right.Rao;
    public static bool operator >(Tao left, Tao right) => left.Rao > right.Rao;
    public static bool operator <=(Tao left, Tao right) => left.Rao <= right.Rao;
    public static bool operator >=(Tao left, Tao right) => left.Rao >= right.Rao;

    public Tao AddSaturating(Tao other) => new(SaturatingMath.Add(Rao, other.Rao));
    public Tao SubtractSaturating(Tao other) => new(SaturatingMath.Subtract(Rao, other.Rao));
    public static Tao Min(Tao left, Tao right) => left.Rao < right.Rao ? left : right;

    public int CompareTo(Tao other) => Rao.CompareTo(other.Rao);
    public override string ToString() => Rao.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>An amount of one subnet's own token in its smallest unit. Alpha of two subnets is never added.</summary>
/// <remarks>Plain operators are checked; where the chain clamps, call the method with Saturating in its name.</remarks>
public readonly record struct Alpha(ulong Rao) : IComparable<Alpha>
{
    public static readonly Alpha Zero;
    public static readonly Alpha Max = new(ulong.MaxValue);

    public bool IsZero => Rao == 0;

    public static Alpha operator +(Alpha left, Alpha right) => new(checked(left.Rao + right.Rao));
    public static Alpha operator -(Alpha left, Alpha right) => new(checked(left.Rao - right.Rao));
    public static bool operator <(Alpha left, Alpha right) => left.Rao < right.Rao;
    public static bool operator >(Alpha left, Alpha right) => left.Rao > right.Rao;
    public static bool operator <=(Alpha left, Alpha right) => left.Rao <= right.Rao;
    public static bool operator >=(Alpha left, Alpha right) => left.Rao >= right.Rao;

    public Alpha AddSaturating(Alpha other) => new(SaturatingMath.Add(Rao, other.Rao));
    public Alpha SubtractSaturating(Alpha other) => new(SaturatingMath.Subtract(Rao, other.Rao));
    public static Alpha Min(Alpha left, Alpha right) => left.Rao < right.Rao ? left : right;

    public int CompareTo(Alpha other) => Rao.CompareTo(other.Rao);
    public override string ToString() => Rao.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Integer arithmetic that clamps at the bounds of its type instead of wrapping or throwing.</summary>
public static class SaturatingMath
{
    public static ulong Add(ulong left, ulong right) => ulong.MaxValue - left < right ? ulong.MaxValue : left + right;

    public static ulong Subtract(ulong left, ulong right) => left < right ? 0 : left - right;

    public static ulong Multiply(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high == 0 ? low : ulong.MaxValue;
    }

    public static UInt128 Add(UInt128 left, UInt128 right) => UInt128.MaxValue - left < right ? UInt128.MaxValue : left + right;
}

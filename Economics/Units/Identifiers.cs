using System.Globalization;

namespace Dtao.Economics;

/// <summary>A subnet's number. 0 is root, where stake is TAO and there is no curve.</summary>
public readonly record struct NetUid(ushort Value) : IComparable<NetUid>
{
    public static readonly NetUid Root;

    public bool IsRoot => Value == 0;

    public static bool operator <(NetUid left, NetUid right) => left.Value < right.Value;
    public static bool operator >(NetUid left, NetUid right) => left.Value > right.Value;
    public static bool operator <=(NetUid left, NetUid right) => left.Value <= right.Value;
    public static bool operator >=(NetUid left, NetUid right) => left.Value >= right.Value;

    /// <summary>The order in which the chain walks subnets: by the little-endian bytes of the number (0, 256, 512, ..., 1, 257, ...).</summary>
    /// <remarks>Source: rule book 02, 1.12; a storage map with the identity hasher iterates by its key bytes.</remarks>
    public static int CompareInStorageOrder(NetUid left, NetUid right) =>
        System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(left.Value)
            .CompareTo(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(right.Value));

    public int CompareTo(NetUid other) => Value.CompareTo(other.Value);
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The number of a block. 0 is genesis.</summary>
public readonly record struct BlockNumber(ulong Value) : IComparable<BlockNumber>
{
    public static readonly BlockNumber Genesis;

    public BlockNumber Next => new(checked(Value + 1));

    public static bool operator <(BlockNumber left, BlockNumber right) => left.Value < right.Value;
    public static bool operator >(BlockNumber left, BlockNumber right) => left.Value > right.Value;
    public static bool operator <=(BlockNumber left, BlockNumber right) => left.Value <= right.Value;
    public static bool operator >=(BlockNumber left, BlockNumber right) => left.Value >= right.Value;

    public int CompareTo(BlockNumber other) => Value.CompareTo(other.Value);
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The part of dividends that a hotkey keeps before its nominators share, in parts of 65535.</summary>
public readonly record struct Take(ushort Parts)
{
    /// <summary>18 %, the chain's default and maximum delegate take.</summary>
    public static readonly Take Default = new(11_796);

    public override string ToString() => Parts.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A pool's swap fee in parts of 65535.</summary>
public readonly record struct FeeRate(ushort Parts)
{
    public static readonly FeeRate Default = new(33);

    /// <summary>The highest rate that the chain's own setter accepts.</summary>
    public const ushort PartsMax = 10_000;

    public override string ToString() => Parts.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A fraction in parts of 10^18; the quote (TAO) weight of a pool.</summary>
public readonly record struct Perquintill(ulong Parts)
{
    public const ulong One = 1_000_000_000_000_000_000;

    public static readonly Perquintill Half = new(One / 2);

    public override string ToString() => Parts.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A limit price as callers write it: rao of TAO for one whole alpha (price x 10^9).</summary>
public readonly record struct LimitPrice(ulong RaoPerAlpha)
{
    /// <summary>The bound that stands for "no limit" when selling.</summary>
    public static readonly LimitPrice Lowest = new(1_000);

    /// <summary>The bound that stands for "no limit" when buying.</summary>
    public static readonly LimitPrice Highest = new(1_000_000_000_000_000);

    public override string ToString() => RaoPerAlpha.ToString(CultureInfo.InvariantCulture);
}

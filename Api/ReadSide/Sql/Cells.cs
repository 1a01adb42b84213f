using System.Buffers.Binary;
using Dtao.Economics;

namespace Dtao.Api.ReadSide.Sql;

/// <summary>The ledger's values as the cells of a table, and back. What is written comes back bit by bit.</summary>
internal static class Cells
{
    /// <summary>Bytes of a share or a denominator.</summary>
    private const int ShareLength = 24;

    private const int PriceLength = 16;

    /// <summary>An amount, a block number, or a sequence. Those of 2^63 and above are kept as negative numbers, and sort before all others.</summary>
    public static object Of(ulong value) => unchecked((long)value);

    public static object Of(ulong? value) => value is { } known ? Of(known) : DBNull.Value;

    public static object Of(long value) => value;

    public static object Of(int value) => (long)value;

    public static object Of(bool value) => value ? 1L : 0L;

    public static object Of(AccountId account) => account.ToArray();

    public static object Of(AccountId? account) => account is { } known ? known.ToArray() : DBNull.Value;

    public static object Of(NetUid netuid) => (long)netuid.Value;

    public static object Of(NetUid? netuid) => netuid is { } known ? (long)known.Value : DBNull.Value;

    public static object Of(string? text) => text is null ? DBNull.Value : text;

    public static object Of(byte[]? bytes) => bytes is null ? DBNull.Value : bytes;

    /// <summary>A fixed-point number by its bits, the highest byte first: bytes compare as the numbers do.</summary>
    public static object OfPrice(UInt128 bits)
    {
        var bytes = new byte[PriceLength];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return bytes;
    }

    /// <summary>A share. Canonical ones compare by their exponent and then by their mantissa, so their bytes compare as the numbers do; zero comes first.</summary>
    public static object Of(SafeFloat share)
    {
        var bytes = new byte[ShareLength];
        if (share.IsZero) return bytes;
        BinaryPrimitives.WriteUInt64BigEndian(bytes, unchecked((ulong)share.Exponent) ^ (1UL << 63));
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(8), share.Mantissa);
        return bytes;
    }

    public static ulong UInt64(long cell) => unchecked((ulong)cell);

    public static AccountId Account(byte[] cell) => new(cell);

    public static UInt128 Price(byte[] cell) => BinaryPrimitives.ReadUInt128BigEndian(cell);

    public static SafeFloat Share(byte[] cell)
    {
        var mantissa = BinaryPrimitives.ReadUInt128BigEndian(cell.AsSpan(8));
        if (mantissa == UInt128.Zero) return SafeFloat.Zero;
        return SafeFloat.FromStored(mantissa, unchecked((long)(BinaryPrimitives.ReadUInt64BigEndian(cell) ^ (1UL << 63))));
    }
}

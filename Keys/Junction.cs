using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Dtao.Keys;

/// <summary>One part of a path, as the chain code that a key derives by.</summary>
/// <remarks>
/// Source: Substrate's primitives, DeriveJunction. A whole number of 64 bits is written little-endian, anything else as a text with its length in SCALE's
/// compact form; what is longer than 32 bytes is hashed, what is shorter is followed by zeros.
/// </remarks>
internal static class Junction
{
    public const int Length = 32;

    private const int OneByteLengthMax = 63;
    private const int TwoByteLengthMax = 16_383;

    /// <summary>Writes the chain code of a part; false where the part is longer than anybody writes.</summary>
    public static bool TryWrite(ReadOnlySpan<char> part, Span<byte> chainCode)
    {
        chainCode.Clear();
        if (ulong.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(chainCode, number);
            return true;
        }

        var text = new byte[Encoding.UTF8.GetByteCount(part)];
        Encoding.UTF8.GetBytes(part, text);
        if (text.Length > TwoByteLengthMax) return false;
        byte[] encoded = text.Length <= OneByteLengthMax
            ? [(byte)(text.Length << 2), .. text]
            : [(byte)((text.Length << 2 | 1) & 0xFF), (byte)(text.Length >> 6), .. text];
        if (encoded.Length > Length) SubstrateHash.Blake2b(encoded, chainCode);
        else encoded.CopyTo(chainCode);
        return true;
    }
}

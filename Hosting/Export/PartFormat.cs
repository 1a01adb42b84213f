namespace Dtao.Hosting.Export;

/// <summary>How a network's file is laid out.</summary>
/// <remarks>
/// Eight signs <c>DTAONET</c> and a zero, then the format's version in two bytes, little-endian as all numbers here. Then parts: kind (1 byte), length before
/// compression (4), length as stored (4), 32 bytes of digest, and the bytes, compressed with Brotli. A part's digest is SHA-256 over the digest of the part before it, kind, both lengths,
/// and the stored bytes; before the first stands the digest of the first ten bytes. So a part that is changed, missing, doubled, or out of its place is found when it is read, and before
/// anything is made of it; the last digest stands for the whole file. Nothing follows the part of the totals.
/// </remarks>
internal static class PartFormat
{
    public const ushort Version = 1;
    public const int VersionBytes = sizeof(ushort);
    public const int HeaderBytes = 1 + sizeof(uint) + sizeof(uint);
    public const int DigestBytes = 32;

    /// <summary>Before compression.</summary>
    public const int PartBytesMax = 1024 * 1024;

    /// <summary>Compressed bytes of a part that does not compress are a little longer.</summary>
    public const int StoredBytesMax = PartBytesMax + (64 * 1024);

    public const byte Manifest = 1;
    public const byte Body = 2;
    public const byte Totals = 3;

    public static ReadOnlySpan<byte> Magic => "DTAONET\0"u8;
}

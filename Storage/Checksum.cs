using System.IO.Hashing;

namespace Dtao.Storage;

/// <summary>A value's checksum: 64 bits of XxHash3, kept beside it. It finds damage, not malice.</summary>
internal static class Checksum
{
    public static long Of(ReadOnlySpan<byte> bytes) => unchecked((long)XxHash3.HashToUInt64(bytes));
}

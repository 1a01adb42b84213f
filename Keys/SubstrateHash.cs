using System.Buffers.Binary;
using System.IO.Hashing;

namespace Dtao.Keys;

/// <summary>The hashes of Substrate.</summary>
public static class SubstrateHash
{
    private const int Blake2bLengthMin = 16;
    private const int Blake2bLengthMax = 64;

    /// <summary>BLAKE2b without a key.</summary>
    /// <param name="digest">16 to 64 bytes; the length is part of the function.</param>
    public static void Blake2b(ReadOnlySpan<byte> message, Span<byte> digest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(digest.Length, Blake2bLengthMin, nameof(digest));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digest.Length, Blake2bLengthMax, nameof(digest));
        _ = Sodium.Blake2b(digest, (nuint)digest.Length, message, (ulong)message.Length, 0, 0);
    }

    /// <summary>XXH64 under the seeds 0, 1 and so on, one after the other, little-endian. Not for what somebody could forge.</summary>
    /// <param name="digest">A multiple of 8 bytes: 8 is twox64, 16 twox128.</param>
    public static void Twox(ReadOnlySpan<byte> message, Span<byte> digest)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(digest.Length % sizeof(ulong), 0, nameof(digest));
        for (var i = 0; i < digest.Length / sizeof(ulong); i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(digest[(i * sizeof(ulong))..], XxHash64.HashToUInt64(message, i));
        }
    }
}

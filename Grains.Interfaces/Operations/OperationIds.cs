using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Dtao.Grains;

/// <summary>Makes operation ids: UUIDs of version 7, the time in milliseconds and then 74 random bits.</summary>
/// <remarks>Randomness is fetched for many ids at once: the system call for a single one costs as much as sending the operation.</remarks>
internal static class OperationIds
{
    private const int IdBytes = 16;
    private const int RandomBytesPerId = 10;
    private const int IdsPerFetch = 64;

    [ThreadStatic]
    private static byte[]? t_random;

    [ThreadStatic]
    private static int t_used;

    public static Guid Next()
    {
        var random = t_random ??= new byte[RandomBytesPerId * IdsPerFetch];
        if (t_used == 0) RandomNumberGenerator.Fill(random);
        Span<byte> bytes = stackalloc byte[IdBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() << 16);
        random.AsSpan(t_used, RandomBytesPerId).CopyTo(bytes[6..]);
        t_used = (t_used + RandomBytesPerId) % random.Length;
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }
}

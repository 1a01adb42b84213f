using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Dtao.Storage;

/// <summary>
/// A link of an actor's digest chain: d(0) is 32 zero bytes, d(n) = SHA-256(d(n-1) || event n). Only canonical events
/// enter it, so it does not depend on how events were grouped into segments, or when.
/// </summary>
[InlineArray(Length)]
internal struct Digest
{
    public const int Length = SHA256.HashSizeInBytes;
    private byte first;

    public static Digest Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length) throw new StoreException(StoreErrorCode.Corrupt, "A stored digest is not 32 bytes long.");
        Digest digest = default;
        bytes.CopyTo(digest);
        return digest;
    }

    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsSpan() => this;

    public readonly bool Is(ReadOnlySpan<byte> bytes) => bytes.SequenceEqual(this);

    /// <summary>Adds one event. The scratch buffer grows as needed and is kept by the caller.</summary>
    public void Extend(ReadOnlySpan<byte> canonicalEvent, ref byte[] scratch)
    {
        var length = Length + canonicalEvent.Length;
        if (scratch.Length < length) scratch = new byte[Math.Max(length, checked(scratch.Length * 2))];
        AsSpan().CopyTo(scratch);
        canonicalEvent.CopyTo(scratch.AsSpan(Length));
        SHA256.HashData(scratch.AsSpan(0, length), this);
    }
}

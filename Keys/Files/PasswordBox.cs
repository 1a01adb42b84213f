using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Dtao.Keys.Files;

/// <summary>A secret box (XSalsa20-Poly1305) that a password opens, as wallets lay it out in a file.</summary>
internal static class PasswordBox
{
    public const int NonceLength = 24;
    public const int MacLength = 16;

    private const int KeyLength = 32;
    private const int SaltLength = 32;
    private const int ScryptHead = SaltLength + (3 * sizeof(uint));
    /// <summary>What the wallets themselves take: 128 MiB.</summary>
    public const uint CostDefault = 1 << 17;

    private const uint BlocksDefault = 8;

    /// <summary>What scrypt may be asked for by a file: a gibibyte, and no more rounds over it than wallets ask for.</summary>
    private const ulong ScryptBytesMax = 1UL << 30;

    private const uint ParallelMax = 4;
    private const uint BytesPerBlock = 128;
    private const int Argon2I = 1;

    /// <summary>Salt, cost, parallelism, and block size of scrypt, then nonce and box.</summary>
    public static byte[] SealWithScrypt(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> password, uint cost)
    {
        var sealedBytes = new byte[ScryptHead + NonceLength + MacLength + secret.Length];
        var head = sealedBytes.AsSpan(0, ScryptHead);
        RandomNumberGenerator.Fill(head[..SaltLength]);
        BinaryPrimitives.WriteUInt32LittleEndian(head[SaltLength..], cost);
        BinaryPrimitives.WriteUInt32LittleEndian(head[(SaltLength + 4)..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(head[(SaltLength + 8)..], BlocksDefault);
        Span<byte> key = stackalloc byte[KeyLength];
        DeriveByScrypt(head, password, key);
        Seal(secret, key, sealedBytes.AsSpan(ScryptHead));
        CryptographicOperations.ZeroMemory(key);
        return sealedBytes;
    }

    public static byte[]? OpenWithScrypt(ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> password, out KeyFault fault)
    {
        fault = KeyFault.BadFile;
        if (sealedBytes.Length < ScryptHead + NonceLength + MacLength) return null;
        Span<byte> key = stackalloc byte[KeyLength];
        fault = DeriveByScrypt(sealedBytes[..ScryptHead], password, key);
        var secret = fault == KeyFault.None ? Open(sealedBytes[ScryptHead..], key, out fault) : null;
        CryptographicOperations.ZeroMemory(key);
        return secret;
    }

    /// <summary>Nonce and box, under a key from Argon2i.</summary>
    public static byte[] SealWithArgon(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, in ArgonCost cost)
    {
        var sealedBytes = new byte[NonceLength + MacLength + secret.Length];
        Span<byte> key = stackalloc byte[KeyLength];
        DeriveByArgon(password, salt, cost, key);
        Seal(secret, key, sealedBytes);
        CryptographicOperations.ZeroMemory(key);
        return sealedBytes;
    }

    public static byte[]? OpenWithArgon(ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, in ArgonCost cost, out KeyFault fault)
    {
        fault = KeyFault.BadFile;
        if (sealedBytes.Length < NonceLength + MacLength) return null;
        Span<byte> key = stackalloc byte[KeyLength];
        DeriveByArgon(password, salt, cost, key);
        var secret = Open(sealedBytes, key, out fault);
        CryptographicOperations.ZeroMemory(key);
        return secret;
    }

    private static void Seal(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> key, Span<byte> destination)
    {
        RandomNumberGenerator.Fill(destination[..NonceLength]);
        if (Sodium.SecretBoxSeal(destination[NonceLength..], secret, (ulong)secret.Length, destination[..NonceLength], key) != 0)
        {
            throw new CryptographicException("The secret could not be encrypted.");
        }
    }

    private static byte[]? Open(ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> key, out KeyFault fault)
    {
        var box = sealedBytes[NonceLength..];
        var secret = new byte[box.Length - MacLength];
        fault = Sodium.SecretBoxOpen(secret, box, (ulong)box.Length, sealedBytes[..NonceLength], key) == 0 ? KeyFault.None : KeyFault.WrongPassword;
        return fault == KeyFault.None ? secret : null;
    }

    private static KeyFault DeriveByScrypt(ReadOnlySpan<byte> head, ReadOnlySpan<byte> password, Span<byte> key)
    {
        var cost = BinaryPrimitives.ReadUInt32LittleEndian(head[SaltLength..]);
        var parallel = BinaryPrimitives.ReadUInt32LittleEndian(head[(SaltLength + 4)..]);
        var blocks = BinaryPrimitives.ReadUInt32LittleEndian(head[(SaltLength + 8)..]);
        if (cost < 2 || !BitOperations.IsPow2(cost) || parallel == 0 || blocks == 0) return KeyFault.BadFile;
        if (parallel > ParallelMax || blocks > ScryptBytesMax / BytesPerBlock / cost) return KeyFault.TooCostly;
        var result = Sodium.Scrypt(password, (nuint)password.Length, head, SaltLength, cost, blocks, parallel, key, KeyLength);
        return result == 0 ? KeyFault.None : KeyFault.TooCostly;
    }

    private static void DeriveByArgon(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, in ArgonCost cost, Span<byte> key)
    {
        if (Sodium.PasswordHash(key, KeyLength, password, (ulong)password.Length, salt, cost.Operations, cost.Bytes, Argon2I) != 0)
        {
            throw new InsufficientMemoryException("There is not enough memory to open or close a wallet's coldkey.");
        }
    }
}

/// <summary>What Argon2 has to do for one password.</summary>
internal readonly record struct ArgonCost(ulong Operations, nuint Bytes);

using System.Buffers;
using System.Security.Cryptography;
using Dtao.Economics;
using Konscious.Security.Cryptography;
using SimpleBase;

namespace Dtao.Client;

/// <summary>SS58: how people write an account. Prefix, 32-byte public key, and two checksum bytes, in base58.</summary>
/// <remarks>
/// The checksum is the start of BLAKE2b-512 over "SS58PRE", the prefix, and the key.
/// Prefix 42 takes one byte; networks from 64 on take two, which are recognised only to be named as a wrong prefix.
/// </remarks>
public static class Ss58
{
    /// <summary>The prefix of generic Substrate accounts, which this ledger's chain uses too.</summary>
    public const byte Prefix = 42;

    private const int ChecksumLength = 2;
    private const int OneBytePrefixLength = 1 + AccountId.Length + ChecksumLength;
    private const int TwoBytePrefixLength = 2 + AccountId.Length + ChecksumLength;
    private const byte TwoBytePrefixFirst = 64;

    // 36 bytes never need more base58 characters than this; longer texts are refused before the quadratic decoding.
    private const int CharactersMax = 50;

    private static readonly SearchValues<char> Characters = SearchValues.Create("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");

    /// <summary>The address of an account, 47 or 48 characters.</summary>
    public static string Encode(AccountId account)
    {
        Span<byte> bytes = stackalloc byte[OneBytePrefixLength];
        bytes[0] = Prefix;
        account.CopyTo(bytes[1..]);
        WriteChecksum(bytes[..^ChecksumLength], bytes[^ChecksumLength..]);
        return Base58.Bitcoin.Encode(bytes);
    }

    /// <summary>Reads an address.</summary>
    /// <returns>
    /// <see cref="AddressFault.None"/>, or the first that holds of BadCharacter, BadLength, BadChecksum, WrongPrefix; then <paramref name="account"/> is all zeros.
    /// </returns>
    public static AddressFault Decode(ReadOnlySpan<char> address, out AccountId account)
    {
        account = default;
        if (address.ContainsAnyExcept(Characters)) return AddressFault.BadCharacter;
        if (address.IsEmpty || address.Length > CharactersMax) return AddressFault.BadLength;

        Span<byte> buffer = stackalloc byte[CharactersMax];
        if (!Base58.Bitcoin.TryDecode(address, buffer, out var length)) return AddressFault.BadLength;
        var bytes = buffer[..length];
        var hasTwoBytePrefix = length == TwoBytePrefixLength && bytes[0] >= TwoBytePrefixFirst;
        if (length != OneBytePrefixLength && !hasTwoBytePrefix) return AddressFault.BadLength;

        Span<byte> checksum = stackalloc byte[ChecksumLength];
        WriteChecksum(bytes[..^ChecksumLength], checksum);
        if (!bytes[^ChecksumLength..].SequenceEqual(checksum)) return AddressFault.BadChecksum;
        if (hasTwoBytePrefix || bytes[0] != Prefix) return AddressFault.WrongPrefix;

        account = new AccountId(bytes[1..^ChecksumLength]);
        return AddressFault.None;
    }

    private static void WriteChecksum(ReadOnlySpan<byte> prefixAndKey, Span<byte> destination)
    {
        Span<byte> preimage = stackalloc byte[7 + TwoBytePrefixLength];
        "SS58PRE"u8.CopyTo(preimage);
        prefixAndKey.CopyTo(preimage[7..]);
        using HashAlgorithm blake = new HMACBlake2B(512);
        blake.ComputeHash(preimage[..(7 + prefixAndKey.Length)].ToArray()).AsSpan(0, ChecksumLength).CopyTo(destination);
    }
}

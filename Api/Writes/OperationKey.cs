using System.Security.Cryptography;
using System.Text;
using Dtao.Economics;
using Dtao.Grains;

namespace Dtao.Api.Writes;

/// <summary>Turns what a client calls an operation into the operation's id, the same on every host and after every restart.</summary>
/// <remarks>
/// A key that is a UUID (32 hexadecimal digits, with or without hyphens) is the id. Any other text is hashed together with its signer: the first 16 bytes of SHA-256 over
/// <c>dtao-idempotency-key/1</c>, a zero, the signer's 32 bytes, and the key in UTF-8, with the version and variant bits of a UUID of version 8.
/// So the same key of the same signer is the same operation, and the same key of two signers is two. Quotes around the whole key are not part of it.
/// </remarks>
internal static class OperationKey
{
    /// <summary>The header that carries a key.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>Characters of a key; all of them printable ASCII.</summary>
    public const int LengthMax = 200;

    private static ReadOnlySpan<byte> Tag => "dtao-idempotency-key/1\0"u8;

    /// <summary>The key without its quotes; null when it is empty, too long, or has a character that is not printable ASCII.</summary>
    public static string? Read(string text)
    {
        var key = text.Trim();
        if (key.Length >= 2 && key[0] == '"' && key[^1] == '"') key = key[1..^1];
        return key.Length is > 0 and <= LengthMax && !key.AsSpan().ContainsAnyExceptInRange(' ', '~') ? key : null;
    }

    /// <param name="key">As <see cref="Read"/> gave it.</param>
    public static OperationId IdOf(AccountId signer, string key)
    {
        if (Guid.TryParseExact(key, "N", out var id) || Guid.TryParseExact(key, "D", out id)) return new OperationId(id);
        return Hash(signer, key);
    }

    /// <summary>The id of one step of a request that takes several operations.</summary>
    public static OperationId IdOf(AccountId signer, OperationId whole, string step) => Hash(signer, $"{whole}/{step}");

    private static OperationId Hash(AccountId signer, string key)
    {
        var text = new byte[Tag.Length + AccountId.Length + Encoding.UTF8.GetByteCount(key)];
        Tag.CopyTo(text);
        signer.CopyTo(text.AsSpan(Tag.Length));
        Encoding.UTF8.GetBytes(key, text.AsSpan(Tag.Length + AccountId.Length));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        hash[6] = (byte)(0x80 | (hash[6] & 0x0F));
        hash[8] = (byte)(0x80 | (hash[8] & 0x3F));
        return new OperationId(new Guid(hash[..16], bigEndian: true));
    }
}

using System.Security.Cryptography;
using Dtao.Keys.Mnemonics;

namespace Dtao.Keys;

/// <summary>Reads a secret as wallets write one: words or a seed, a path of /soft and //hard parts, and ///password.</summary>
public static class SecretUri
{
    /// <summary>The public phrase of development accounts: a path alone, as in <c>//Alice</c>, begins from it. Never of value.</summary>
    public const string DevelopmentPhrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

    private const string PasswordMark = "///";

    /// <summary>The key; null and the fault where there is none.</summary>
    /// <param name="text">
    /// <c>words[path][///password]</c>, <c>0xseed[path]</c>, or <c>path</c>. A part that is a whole number is one; any other is a text.
    /// </param>
    /// <param name="password">Used where the text carries none.</param>
    public static KeyPair? Parse(string text, KeyScheme scheme, out KeyFault fault, string password = "")
    {
        text = text.Trim();
        var mark = text.IndexOf(PasswordMark, StringComparison.Ordinal);
        if (mark >= 0) (text, password) = (text[..mark], text[(mark + PasswordMark.Length)..]);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (phrase, path) = slash < 0 ? (text, string.Empty) : (text[..slash], text[slash..]);
        var root = phrase.Length == 0 && (path.Length > 0 || mark >= 0) ? DevelopmentPhrase : phrase;
        var seed = root.StartsWith("0x", StringComparison.Ordinal) ? ReadSeed(root, out fault) : Mnemonic.ToSeed(root, password, out fault);
        if (seed is null) return null;
        var pair = KeyPair.FromSeed(scheme, seed);
        CryptographicOperations.ZeroMemory(seed);
        return Derive(pair, path, out fault);
    }

    /// <summary>Whether a text names a development account: it is a path alone.</summary>
    public static bool IsDevelopment(ReadOnlySpan<char> text) => text.StartsWith("//", StringComparison.Ordinal) && !text.StartsWith(PasswordMark, StringComparison.Ordinal);

    private static KeyPair? Derive(KeyPair pair, ReadOnlySpan<char> path, out KeyFault fault)
    {
        Span<byte> chainCode = stackalloc byte[Junction.Length];
        fault = KeyFault.None;
        while (path.Length > 0)
        {
            var isHard = path.StartsWith("//", StringComparison.Ordinal);
            path = path[(isHard ? 2 : 1)..];
            var end = path.IndexOf('/');
            var part = end < 0 ? path : path[..end];
            path = path[part.Length..];
            using var parent = pair;
            if (part.IsEmpty || !Junction.TryWrite(part, chainCode))
            {
                fault = KeyFault.BadPath;
                return null;
            }

            if (parent.Derive(chainCode, isHard) is not { } child)
            {
                fault = KeyFault.SoftNotPossible;
                return null;
            }

            pair = child;
        }

        return pair;
    }

    private static byte[]? ReadSeed(string text, out KeyFault fault)
    {
        var seed = new byte[KeyPair.SeedLength];
        fault = text.Length == 2 + (2 * seed.Length)
            && Convert.FromHexString(text.AsSpan(2), seed, out _, out _) == System.Buffers.OperationStatus.Done ? KeyFault.None : KeyFault.BadSeed;
        return fault == KeyFault.None ? seed : null;
    }
}

using System.Security.Cryptography;

namespace Dtao.Keys.Sr25519;

/// <summary>Schnorr signatures over ristretto255 as Substrate's wallets make and check them: sr25519, under the context "substrate".</summary>
internal static class Schnorr
{
    public const int ScalarLength = 32;
    public const int NonceLength = 32;

    /// <summary>Tells the signature from one of ed25519, with which it shares its length.</summary>
    private const byte Marker = 0x80;

    /// <summary>The group's order, 2^252 + 27742317777372353535851937790883648493, little-endian.</summary>
    private static ReadOnlySpan<byte> Order =>
    [
        0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];

    /// <summary>What every signing begins with, but for the message.</summary>
    private static readonly Transcript s_context = SigningContext();

    private static Transcript SigningContext()
    {
        var transcript = Transcript.Create("SigningContext"u8);
        transcript.Append([], "substrate"u8);
        return transcript;
    }

    /// <param name="nonce">The part of the secret key that makes nonces unpredictable even on a machine whose randomness is poor.</param>
    public static void Sign(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        var transcript = Begin(message, publicKey);
        Span<byte> wide = stackalloc byte[64];
        Span<byte> secret = stackalloc byte[ScalarLength];
        Span<byte> challenge = stackalloc byte[ScalarLength];
        Span<byte> product = stackalloc byte[ScalarLength];
        try
        {
            transcript.Witness("signing"u8, nonce, wide);
            Sodium.ScalarReduce(secret, wide);
            if (Sodium.RistrettoBase(signature, secret) != 0) throw new CryptographicException("No nonce could be drawn.");
            transcript.Append("sign:R"u8, signature[..32]);
            transcript.ChallengeScalar("sign:c"u8, challenge);
            Sodium.ScalarMultiply(product, challenge, key);
            Sodium.ScalarAdd(signature[32..], product, secret);
            signature[63] |= Marker;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wide);
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(product);
        }
    }

    /// <summary>Whether the signature is the key's over the message. Unmarked, non-canonical, and identity values are refused.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if ((signature[63] & Marker) == 0) return false;
        Span<byte> scalar = stackalloc byte[ScalarLength];
        signature[32..].CopyTo(scalar);
        scalar[31] &= 0x7F;
        if (!IsCanonical(scalar)) return false;

        var transcript = Begin(message, publicKey);
        transcript.Append("sign:R"u8, signature[..32]);
        Span<byte> challenge = stackalloc byte[ScalarLength];
        transcript.ChallengeScalar("sign:c"u8, challenge);

        Span<byte> mine = stackalloc byte[32];
        Span<byte> theirs = stackalloc byte[32];
        Span<byte> difference = stackalloc byte[32];
        return Sodium.RistrettoMultiply(theirs, challenge, publicKey) == 0
            && Sodium.RistrettoBase(mine, scalar) == 0
            && Sodium.RistrettoSubtract(difference, mine, theirs) == 0
            && difference.SequenceEqual(signature[..32]);
    }

    /// <summary>Whether a scalar is below the group's order, that is, written in the one way that is allowed.</summary>
    public static bool IsCanonical(ReadOnlySpan<byte> scalar)
    {
        for (var i = ScalarLength - 1; i >= 0; i--)
        {
            if (scalar[i] != Order[i]) return scalar[i] < Order[i];
        }

        return false;
    }

    private static Transcript Begin(ReadOnlySpan<byte> message, ReadOnlySpan<byte> publicKey)
    {
        var transcript = s_context;
        transcript.Append("sign-bytes"u8, message);
        transcript.Append("proto-name"u8, "Schnorr-sig"u8);
        transcript.Append("sign:pk"u8, publicKey);
        return transcript;
    }
}

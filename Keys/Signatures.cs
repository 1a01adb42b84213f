using Dtao.Keys.Sr25519;

namespace Dtao.Keys;

/// <summary>Checks signatures. Takes any bytes and never throws; the time it takes tells nothing that is secret.</summary>
public static class Signatures
{
    /// <summary>Whether the signature is the key's over the message.</summary>
    /// <returns>
    /// False also for a key or a signature of another length, a point that is none or of small order, and a number that is not written canonically:
    /// one message, key, and randomness have one signature, and nobody can make a second one out of it.
    /// </returns>
    public static bool Verify(KeyScheme scheme, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != KeyPair.PublicKeyLength || signature.Length != KeyPair.SignatureLength) return false;
        return scheme switch
        {
            KeyScheme.Ed25519 => Sodium.Ed25519Verify(signature, message, (ulong)message.Length, publicKey) == 0,
            KeyScheme.Sr25519 => Schnorr.Verify(publicKey, message, signature),
            _ => false,
        };
    }
}

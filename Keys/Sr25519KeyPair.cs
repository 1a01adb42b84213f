using System.Security.Cryptography;
using Dtao.Keys.Sr25519;

namespace Dtao.Keys;

/// <summary>A key of sr25519.</summary>
internal sealed class Sr25519KeyPair : KeyPair
{
    private readonly byte[] _key = new byte[Schnorr.ScalarLength];
    private readonly byte[] _nonce = new byte[Schnorr.NonceLength];
    private byte[]? _seed;
    private bool _isDisposed;

    private Sr25519KeyPair()
    {
    }

    public override KeyScheme Scheme => KeyScheme.Sr25519;

    /// <summary>Expands a seed the way ed25519 does, and takes the cofactor out of the scalar: the same seed has the same secret everywhere.</summary>
    public static Sr25519KeyPair OfSeed(ReadOnlySpan<byte> seed)
    {
        Span<byte> expanded = stackalloc byte[SHA512.HashSizeInBytes];
        SHA512.HashData(seed, expanded);
        expanded[0] &= 248;
        expanded[31] &= 63;
        expanded[31] |= 64;
        DivideByCofactor(expanded[..32]);
        var pair = new Sr25519KeyPair { _seed = seed.ToArray() };
        expanded[..32].CopyTo(pair._key);
        expanded[32..].CopyTo(pair._nonce);
        CryptographicOperations.ZeroMemory(expanded);
        return pair.Completed();
    }

    /// <summary>The key of a stored secret; null where the scalar is not one.</summary>
    /// <param name="isMultiplied">The scalar carries the cofactor, as wallets in JavaScript store it.</param>
    public static Sr25519KeyPair? OfSecret(ReadOnlySpan<byte> secret, bool isMultiplied)
    {
        var pair = new Sr25519KeyPair();
        secret[..32].CopyTo(pair._key);
        secret[32..SecretLength].CopyTo(pair._nonce);
        var isDivisible = (pair._key[0] & 7) == 0;
        if (isMultiplied) DivideByCofactor(pair._key);
        if ((!isMultiplied || isDivisible) && Schnorr.IsCanonical(pair._key) && pair._key.AsSpan().ContainsAnyExcept((byte)0)) return pair.Completed();
        pair.Dispose();
        return null;
    }

    public override void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Schnorr.Sign(_key, _nonce, PublicKey, message, signature[..SignatureLength]);
    }

    public override void CopySecretTo(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _key.CopyTo(destination);
        _nonce.CopyTo(destination[32..]);
    }

    public override bool TryCopySeedTo(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _seed?.CopyTo(destination);
        return _seed is not null;
    }

    /// <summary>The secret as wallets in JavaScript store it: the scalar with the cofactor.</summary>
    public void CopyMultipliedSecretTo(Span<byte> destination)
    {
        CopySecretTo(destination);
        var carried = 0;
        for (var i = 0; i < Schnorr.ScalarLength; i++)
        {
            var value = (destination[i] << 3) | carried;
            destination[i] = (byte)(value & 0xFF);
            carried = value >> 8;
        }
    }

    internal override KeyPair Derive(ReadOnlySpan<byte> chainCode, bool isHard)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var transcript = Transcript.Create("SchnorrRistrettoHDKD"u8);
        transcript.Append("sign-bytes"u8, []);
        transcript.Append("chain-code"u8, chainCode);
        return isHard ? DeriveHard(ref transcript) : DeriveSoft(ref transcript);
    }

    private Sr25519KeyPair DeriveHard(ref Transcript transcript)
    {
        Span<byte> seed = stackalloc byte[SeedLength];
        transcript.Append("secret-key"u8, _key);
        transcript.Challenge("HDKD-hard"u8, seed);
        var pair = OfSeed(seed);
        CryptographicOperations.ZeroMemory(seed);
        return pair;
    }

    private Sr25519KeyPair DeriveSoft(ref Transcript transcript)
    {
        Span<byte> scalar = stackalloc byte[Schnorr.ScalarLength];
        Span<byte> secret = stackalloc byte[SecretLength];
        transcript.Append("public-key"u8, PublicKey);
        transcript.ChallengeScalar("HDKD-scalar"u8, scalar);
        var pair = new Sr25519KeyPair();
        Sodium.ScalarAdd(pair._key, _key, scalar);
        CopySecretTo(secret);
        transcript.Witness("HDKD-nonce"u8, secret, pair._nonce);
        CryptographicOperations.ZeroMemory(secret);
        return pair.Completed();
    }

    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        CryptographicOperations.ZeroMemory(_key);
        CryptographicOperations.ZeroMemory(_nonce);
        CryptographicOperations.ZeroMemory(_seed);
    }

    private Sr25519KeyPair Completed()
    {
        if (Sodium.RistrettoBase(PublicKeyBytes, _key) != 0) throw new CryptographicException("The secret is the identity's.");
        return this;
    }

    private static void DivideByCofactor(Span<byte> scalar)
    {
        var carried = 0;
        for (var i = Schnorr.ScalarLength - 1; i >= 0; i--)
        {
            var low = scalar[i] & 7;
            scalar[i] = (byte)((scalar[i] >> 3) | carried);
            carried = low << 5;
        }
    }
}

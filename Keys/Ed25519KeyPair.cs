using System.Security.Cryptography;
using System.Text;

namespace Dtao.Keys;

/// <summary>A key of ed25519.</summary>
internal sealed class Ed25519KeyPair : KeyPair
{
    private static readonly byte[] s_derivation = [11 << 2, .. Encoding.ASCII.GetBytes("Ed25519HDKD")];

    /// <summary>Seed and public key.</summary>
    private readonly byte[] _secret = new byte[SecretLength];

    private bool _isDisposed;

    public Ed25519KeyPair(ReadOnlySpan<byte> seed)
    {
        if (Sodium.Ed25519FromSeed(PublicKeyBytes, _secret, seed) != 0) throw new CryptographicException("The seed makes no key.");
    }

    public override KeyScheme Scheme => KeyScheme.Ed25519;

    public override void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Sodium.Ed25519Sign(signature[..SignatureLength], 0, message, (ulong)message.Length, _secret) != 0)
        {
            throw new CryptographicException("The message could not be signed.");
        }
    }

    public override void CopySecretTo(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _secret.CopyTo(destination);
    }

    public override bool TryCopySeedTo(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _secret.AsSpan(0, SeedLength).CopyTo(destination);
        return true;
    }

    internal override KeyPair? Derive(ReadOnlySpan<byte> chainCode, bool isHard)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!isHard) return null;
        Span<byte> preimage = stackalloc byte[s_derivation.Length + SeedLength + Junction.Length];
        s_derivation.CopyTo(preimage);
        _secret.AsSpan(0, SeedLength).CopyTo(preimage[s_derivation.Length..]);
        chainCode.CopyTo(preimage[(s_derivation.Length + SeedLength)..]);
        Span<byte> seed = stackalloc byte[SeedLength];
        SubstrateHash.Blake2b(preimage, seed);
        var pair = new Ed25519KeyPair(seed);
        CryptographicOperations.ZeroMemory(preimage);
        CryptographicOperations.ZeroMemory(seed);
        return pair;
    }

    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        CryptographicOperations.ZeroMemory(_secret);
    }
}

using System.Security.Cryptography;

namespace Dtao.Keys;

/// <summary>A secret key with its public key. Dispose of it when it has signed: its bytes are overwritten then.</summary>
/// <remarks>Nothing here shows the secret but <see cref="CopySecretTo"/> and <see cref="TryCopySeedTo"/>; no exception and no text carries it.</remarks>
public abstract class KeyPair : IDisposable
{
    public const int PublicKeyLength = 32;
    public const int SignatureLength = 64;
    public const int SeedLength = 32;

    /// <summary>Bytes of <see cref="CopySecretTo"/>, for either scheme.</summary>
    public const int SecretLength = 64;

    private readonly byte[] _publicKey = new byte[PublicKeyLength];

    private protected KeyPair()
    {
    }

    public abstract KeyScheme Scheme { get; }

    public ReadOnlySpan<byte> PublicKey => _publicKey;

    private protected Span<byte> PublicKeyBytes => _publicKey;

    /// <summary>The key that grows from 32 bytes of entropy, as Substrate grows it.</summary>
    public static KeyPair FromSeed(KeyScheme scheme, ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, SeedLength, nameof(seed));
        return scheme switch
        {
            KeyScheme.Ed25519 => new Ed25519KeyPair(seed),
            KeyScheme.Sr25519 => Sr25519KeyPair.OfSeed(seed),
            _ => throw new ArgumentOutOfRangeException(nameof(scheme), scheme, "Unknown scheme."),
        };
    }

    /// <summary>A key that nobody has, from the system's randomness.</summary>
    public static KeyPair Generate(KeyScheme scheme)
    {
        Span<byte> seed = stackalloc byte[SeedLength];
        RandomNumberGenerator.Fill(seed);
        var pair = FromSeed(scheme, seed);
        CryptographicOperations.ZeroMemory(seed);
        return pair;
    }

    /// <summary>Signs a message; writes <see cref="SignatureLength"/> bytes. With sr25519 every call writes others, all of them valid.</summary>
    public abstract void Sign(ReadOnlySpan<byte> message, Span<byte> signature);

    /// <summary>The secret in 64 bytes: of sr25519 its scalar and its nonce seed, of ed25519 its seed and the public key. For files only.</summary>
    public abstract void CopySecretTo(Span<byte> destination);

    /// <summary>The seed that the key grew from, in 32 bytes; false where it grew from none, as behind a soft part. For files only.</summary>
    public abstract bool TryCopySeedTo(Span<byte> destination);

    /// <summary>The key at the end of one part of a path.</summary>
    /// <param name="chainCode">The part, as <see cref="Junction"/> writes it.</param>
    internal abstract KeyPair? Derive(ReadOnlySpan<byte> chainCode, bool isHard);

    public override string ToString() => $"{Scheme} 0x{Convert.ToHexStringLower(_publicKey)}";

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}

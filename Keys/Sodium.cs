using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dtao.Keys;

/// <summary>The functions of libsodium that keys need, by their own names. The library comes with NSec.Cryptography.</summary>
/// <remarks>A result of 0 is success. Lengths are the caller's to get right: this class is not for use outside the project.</remarks>
internal static partial class Sodium
{
    private const string Library = "libsodium";

    /// <summary>Makes the library ready, once and before any call of it.</summary>
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "Every function of the library has to come after this call, whichever is first.")]
    internal static void Initialize()
    {
        if (Init() < 0) throw new InvalidOperationException("libsodium does not start.");
    }

    [LibraryImport(Library, EntryPoint = "sodium_init")]
    private static partial int Init();

    [LibraryImport(Library, EntryPoint = "crypto_scalarmult_ristretto255_base")]
    internal static partial int RistrettoBase(Span<byte> point, ReadOnlySpan<byte> scalar);

    /// <summary>Fails where the point is no canonical encoding, or where the product is the identity.</summary>
    [LibraryImport(Library, EntryPoint = "crypto_scalarmult_ristretto255")]
    internal static partial int RistrettoMultiply(Span<byte> product, ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> point);

    [LibraryImport(Library, EntryPoint = "crypto_core_ristretto255_add")]
    internal static partial int RistrettoAdd(Span<byte> sum, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right);

    [LibraryImport(Library, EntryPoint = "crypto_core_ristretto255_sub")]
    internal static partial int RistrettoSubtract(Span<byte> difference, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right);

    [LibraryImport(Library, EntryPoint = "crypto_core_ristretto255_is_valid_point")]
    internal static partial int RistrettoIsValid(ReadOnlySpan<byte> point);

    /// <summary>Reduces 64 bytes to a scalar of 32.</summary>
    [LibraryImport(Library, EntryPoint = "crypto_core_ristretto255_scalar_reduce")]
    internal static partial void ScalarReduce(Span<byte> scalar, ReadOnlySpan<byte> wide);

    [LibraryImport(Library, EntryPoint = "crypto_core_ristretto255_scalar_add")]
    internal static partial void ScalarAdd(Span<byte> sum, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right);

    [LibraryImport(Library, EntryPoint = "crypto_core_ristretto255_scalar_mul")]
    internal static partial void ScalarMultiply(Span<byte> product, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right);

    [LibraryImport(Library, EntryPoint = "crypto_sign_ed25519_seed_keypair")]
    internal static partial int Ed25519FromSeed(Span<byte> publicKey, Span<byte> secretKey, ReadOnlySpan<byte> seed);

    [LibraryImport(Library, EntryPoint = "crypto_sign_ed25519_detached")]
    internal static partial int Ed25519Sign(Span<byte> signature, nint lengthOut, ReadOnlySpan<byte> message, ulong messageLength, ReadOnlySpan<byte> secretKey);

    [LibraryImport(Library, EntryPoint = "crypto_sign_ed25519_verify_detached")]
    internal static partial int Ed25519Verify(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, ulong messageLength, ReadOnlySpan<byte> publicKey);

    [LibraryImport(Library, EntryPoint = "crypto_generichash_blake2b")]
    internal static partial int Blake2b(Span<byte> digest, nuint digestLength, ReadOnlySpan<byte> message, ulong messageLength, nint key, nuint keyLength);

    [LibraryImport(Library, EntryPoint = "crypto_pwhash_scryptsalsa208sha256_ll")]
    internal static partial int Scrypt(
        ReadOnlySpan<byte> password, nuint passwordLength, ReadOnlySpan<byte> salt, nuint saltLength, ulong n, uint r, uint p, Span<byte> key, nuint keyLength);

    /// <param name="algorithm">1 for Argon2i 1.3.</param>
    [LibraryImport(Library, EntryPoint = "crypto_pwhash")]
    internal static partial int PasswordHash(
        Span<byte> key, ulong keyLength, ReadOnlySpan<byte> password, ulong passwordLength, ReadOnlySpan<byte> salt, ulong operations, nuint memory, int algorithm);

    /// <summary>XSalsa20-Poly1305: 16 bytes longer than the message.</summary>
    [LibraryImport(Library, EntryPoint = "crypto_secretbox_easy")]
    internal static partial int SecretBoxSeal(Span<byte> box, ReadOnlySpan<byte> message, ulong messageLength, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key);

    [LibraryImport(Library, EntryPoint = "crypto_secretbox_open_easy")]
    internal static partial int SecretBoxOpen(Span<byte> message, ReadOnlySpan<byte> box, ulong boxLength, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key);
}

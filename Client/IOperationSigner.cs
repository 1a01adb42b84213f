using Dtao.Economics;
using Dtao.Keys;

namespace Dtao.Client;

/// <summary>Signs operations for one coldkey: a key in memory, or a program or device that keeps one.</summary>
public interface IOperationSigner
{
    /// <summary>The coldkey whose signatures these are.</summary>
    AccountId Account { get; }

    KeyScheme Scheme { get; }

    /// <summary>Signs bytes; writes <see cref="KeyPair.SignatureLength"/> of them. May be called by several threads at once.</summary>
    void Sign(ReadOnlySpan<byte> message, Span<byte> signature);
}

/// <summary>Signs with a key in memory. The key stays its maker's to dispose of, when nothing is signed any more.</summary>
public sealed class KeyPairSigner(KeyPair pair) : IOperationSigner
{
    public AccountId Account { get; } = new(pair.PublicKey);

    public KeyScheme Scheme => pair.Scheme;

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => pair.Sign(message, signature);
}

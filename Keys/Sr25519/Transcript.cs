using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Dtao.Keys.Sr25519;

/// <summary>A Merlin transcript: what prover and verifier have both said, from which challenges are drawn. A value: a copy goes its own way.</summary>
internal struct Transcript
{
    private Strobe128 _strobe;

    public static Transcript Create(ReadOnlySpan<byte> label)
    {
        var transcript = new Transcript { _strobe = Strobe128.Create("Merlin v1.0"u8) };
        transcript.Append("dom-sep"u8, label);
        return transcript;
    }

    public void Append(ReadOnlySpan<byte> label, ReadOnlySpan<byte> message)
    {
        Label(label, message.Length);
        _strobe.Associate(message);
    }

    public void Challenge(ReadOnlySpan<byte> label, Span<byte> destination)
    {
        Label(label, destination.Length);
        _strobe.Draw(destination);
    }

    /// <summary>A challenge reduced to a scalar of 32 bytes.</summary>
    public void ChallengeScalar(ReadOnlySpan<byte> label, Span<byte> scalar)
    {
        Span<byte> wide = stackalloc byte[64];
        Challenge(label, wide);
        Sodium.ScalarReduce(scalar, wide);
    }

    /// <summary>
    /// Draws secret bytes from all that was said, a secret of the signer, and fresh randomness. Without the randomness they would still differ by message;
    /// without the message they would still be fresh.
    /// </summary>
    public readonly void Witness(ReadOnlySpan<byte> label, ReadOnlySpan<byte> secret, Span<byte> destination)
    {
        Span<byte> fresh = stackalloc byte[32];
        RandomNumberGenerator.Fill(fresh);
        var fork = this;
        fork.Label(label, secret.Length);
        fork._strobe.Key(secret);
        fork._strobe.MetaAssociate("rng"u8, false);
        fork._strobe.Key(fresh);
        Span<byte> length = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)destination.Length);
        fork._strobe.MetaAssociate(length, false);
        fork._strobe.Draw(destination);
        fork._strobe.Clear();
        CryptographicOperations.ZeroMemory(fresh);
    }

    private void Label(ReadOnlySpan<byte> label, int length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)length);
        _strobe.MetaAssociate(label, false);
        _strobe.MetaAssociate(bytes, true);
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Dtao.Keys.Sr25519;

/// <summary>The part of the STROBE protocol framework, at 128 bits of security, that transcripts are made of. A value: a copy goes its own way.</summary>
/// <remarks>Source: the STROBE specification 1.0.2, sections 4 to 7; operations without transport, as Merlin restricts them.</remarks>
internal struct Strobe128
{
    private const int Bytes = KeccakF1600.Words * sizeof(ulong);

    /// <summary>The sponge's rate, less the two bytes of padding that STROBE takes.</summary>
    private const byte Rate = 166;

    private const byte FlagInbound = 1;
    private const byte FlagApplication = 2;
    private const byte FlagCipher = 4;
    private const byte FlagMeta = 16;
    private const byte FlagKeyTree = 32;

    private Words _words;
    private byte _position;
    private byte _begin;
    private byte _flags;

    [InlineArray(KeccakF1600.Words)]
    private struct Words
    {
        private ulong _first;
    }

    public static Strobe128 Create(ReadOnlySpan<byte> protocol)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Transcripts are written for little-endian processors.");
        Strobe128 strobe = default;
        var state = strobe.State();
        ReadOnlySpan<byte> head = [1, Rate + 2, 1, 0, 1, 96];
        head.CopyTo(state);
        "STROBEv1.0.2"u8.CopyTo(state[head.Length..]);
        strobe.Permute();
        strobe.MetaAssociate(protocol, false);
        return strobe;
    }

    /// <param name="more">Whether this goes on with the operation before it.</param>
    public void MetaAssociate(ReadOnlySpan<byte> data, bool more)
    {
        Begin(FlagMeta | FlagApplication, more);
        Absorb(data);
    }

    public void Associate(ReadOnlySpan<byte> data)
    {
        Begin(FlagApplication, false);
        Absorb(data);
    }

    /// <summary>Draws bytes that depend on all that came before.</summary>
    public void Draw(Span<byte> destination)
    {
        Begin(FlagInbound | FlagApplication | FlagCipher, false);
        for (var i = 0; i < destination.Length; i++)
        {
            var state = State();
            destination[i] = state[_position];
            state[_position] = 0;
            Advance();
        }
    }

    /// <summary>Mixes a secret in, so that what is drawn later cannot be traced back to it.</summary>
    public void Key(ReadOnlySpan<byte> secret)
    {
        Begin(FlagApplication | FlagCipher, false);
        foreach (var value in secret)
        {
            State()[_position] = value;
            Advance();
        }
    }

    /// <summary>Overwrites the state with zeros.</summary>
    public void Clear() => CryptographicOperations.ZeroMemory(State());

    private void Begin(byte flags, bool more)
    {
        if (more) return;
        var before = _begin;
        _begin = (byte)(_position + 1);
        _flags = flags;
        Absorb([before, _flags]);
        if ((flags & (FlagCipher | FlagKeyTree)) != 0 && _position != 0) RunF();
    }

    private void Absorb(ReadOnlySpan<byte> data)
    {
        foreach (var value in data)
        {
            State()[_position] ^= value;
            Advance();
        }
    }

    private void Advance()
    {
        if (++_position == Rate) RunF();
    }

    private void RunF()
    {
        var state = State();
        state[_position] ^= _begin;
        state[_position + 1] ^= 0x04;
        state[Rate + 1] ^= 0x80;
        Permute();
        _position = 0;
        _begin = 0;
    }

    private void Permute() => KeccakF1600.Permute(MemoryMarshal.Cast<byte, ulong>(State()));

    [UnscopedRef]
    private Span<byte> State() => MemoryMarshal.AsBytes((Span<ulong>)_words)[..Bytes];
}

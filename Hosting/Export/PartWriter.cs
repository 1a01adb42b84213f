using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Dtao.Hosting.Export;

/// <summary>Writes a file of parts, one of them in memory at a time.</summary>
internal sealed class PartWriter : IDisposable
{
    private const int Quality = 4;
    private const int Window = 20;

    private readonly Stream _file;
    private readonly byte[] _raw = new byte[PartFormat.PartBytesMax];
    private readonly byte[] _stored = new byte[PartFormat.StoredBytesMax];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _digest;
    private int _length;

    public PartWriter(Stream file)
    {
        _file = file;
        Span<byte> start = stackalloc byte[PartFormat.Magic.Length + PartFormat.VersionBytes];
        PartFormat.Magic.CopyTo(start);
        BinaryPrimitives.WriteUInt16LittleEndian(start[PartFormat.Magic.Length..], PartFormat.Version);
        _file.Write(start);
        _digest = SHA256.HashData(start);
    }

    /// <summary>The chain's value after the last part that was ended.</summary>
    public ReadOnlyMemory<byte> Digest => _digest;

    /// <summary>Adds bytes; a part that is full is written.</summary>
    public void Write(byte kind, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var count = Math.Min(bytes.Length, _raw.Length - _length);
            bytes[..count].CopyTo(_raw.AsSpan(_length));
            _length += count;
            bytes = bytes[count..];
            if (_length == _raw.Length) EndPart(kind);
        }
    }

    /// <summary>Writes what has gathered as a part of its own; nothing where nothing has.</summary>
    public void EndPart(byte kind)
    {
        if (_length == 0) return;
        if (!BrotliEncoder.TryCompress(_raw.AsSpan(0, _length), _stored, out var stored, Quality, Window)) throw new InvalidOperationException("A part does not fit where it is compressed.");
        Span<byte> header = stackalloc byte[PartFormat.HeaderBytes];
        header[0] = kind;
        BinaryPrimitives.WriteUInt32LittleEndian(header[1..], (uint)_length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[5..], (uint)stored);
        _hash.AppendData(_digest);
        _hash.AppendData(header);
        _hash.AppendData(_stored.AsSpan(0, stored));
        _digest = _hash.GetHashAndReset();
        _file.Write(header);
        _file.Write(_digest);
        _file.Write(_stored.AsSpan(0, stored));
        _length = 0;
    }

    public void Dispose() => _hash.Dispose();
}

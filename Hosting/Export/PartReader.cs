using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Dtao.Hosting.Export;

/// <summary>Reads a file of parts, one of them in memory at a time; none is given out before its digest was found to be right.</summary>
internal sealed class PartReader : IDisposable
{
    private readonly Stream _file;
    private readonly string _path;
    private readonly byte[] _raw = new byte[PartFormat.PartBytesMax];
    private readonly byte[] _stored = new byte[PartFormat.StoredBytesMax];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _digest;
    private int _length;
    private int _at;

    /// <exception cref="NetworkFileException">It is no such file, or one of another version.</exception>
    public PartReader(Stream file, string path)
    {
        (_file, _path) = (file, path);
        Span<byte> start = stackalloc byte[PartFormat.Magic.Length + PartFormat.VersionBytes];
        var length = _file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (length < start.Length || !start.StartsWith(PartFormat.Magic)) throw new NetworkFileException(NetworkFileErrorCode.NotANetworkFile, $"{path} holds no exported network.");
        var version = BinaryPrimitives.ReadUInt16LittleEndian(start[PartFormat.Magic.Length..]);
        if (version != PartFormat.Version)
        {
            throw new NetworkFileException(
                version > PartFormat.Version ? NetworkFileErrorCode.NewerVersion : NetworkFileErrorCode.OlderVersion, $"{path} has format {version}; this program reads format {PartFormat.Version}.");
        }

        _digest = SHA256.HashData(start);
    }

    /// <summary>The chain's value after the part that was read last.</summary>
    public ReadOnlyMemory<byte> Digest => _digest;

    /// <summary>What kind of part it was.</summary>
    public byte Kind { get; private set; }

    /// <summary>What is left of the part.</summary>
    public ReadOnlySpan<byte> Rest => _raw.AsSpan(_at, _length - _at);

    /// <exception cref="NetworkFileException">The part is damaged, or the file ends.</exception>
    public void NextPart()
    {
        if (_at < _length) throw Damaged("has bytes where nothing should stand");
        Span<byte> header = stackalloc byte[PartFormat.HeaderBytes];
        Span<byte> digest = stackalloc byte[PartFormat.DigestBytes];
        ReadAll(header);
        ReadAll(digest);
        var (raw, stored) = (BinaryPrimitives.ReadUInt32LittleEndian(header[1..]), BinaryPrimitives.ReadUInt32LittleEndian(header[5..]));
        if (raw > (uint)_raw.Length || stored > (uint)_stored.Length) throw Damaged("has a part that is too long");
        var bytes = _stored.AsSpan(0, (int)stored);
        ReadAll(bytes);
        _hash.AppendData(_digest);
        _hash.AppendData(header);
        _hash.AppendData(bytes);
        _digest = _hash.GetHashAndReset();
        if (!digest.SequenceEqual(_digest)) throw Damaged("has a part that is not the one that was written");
        if (!BrotliDecoder.TryDecompress(bytes, _raw, out var written) || written != raw) throw Damaged("has a part that cannot be decompressed");
        (Kind, _length, _at) = (header[0], written, 0);
    }

    /// <summary>Reads over the ends of parts of one kind.</summary>
    public void Read(byte kind, Span<byte> target)
    {
        while (target.Length > 0)
        {
            if (_at == _length)
            {
                NextPart();
                if (Kind != kind) throw Damaged("ends in the middle of its ledger");
            }

            var count = Math.Min(target.Length, _length - _at);
            _raw.AsSpan(_at, count).CopyTo(target);
            _at += count;
            target = target[count..];
        }
    }

    /// <summary>Takes all that is left of the part.</summary>
    public ReadOnlySpan<byte> TakeRest()
    {
        var rest = Rest;
        _at = _length;
        return rest;
    }

    /// <exception cref="NetworkFileException">Something follows.</exception>
    public void ExpectEnd()
    {
        if (_at < _length || _file.ReadByte() >= 0) throw Damaged("goes on behind its end");
    }

    public NetworkFileException Damaged(string what, Exception? inner = null) => new(NetworkFileErrorCode.Damaged, $"{_path} {what}.", inner);

    public void Dispose()
    {
        _hash.Dispose();
        _file.Dispose();
    }

    private void ReadAll(Span<byte> target)
    {
        if (_file.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) < target.Length) throw Damaged("ends too early");
    }
}

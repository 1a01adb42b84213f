using System.Security.Cryptography;
using System.Text;
using Dtao.Grains.Wire;

namespace Dtao.Hosting.Export;

/// <summary>Reads a network's file, part by part; what is damaged is refused before anything is made of it.</summary>
public sealed class NetworkFileReader : IDisposable
{
    private const int ActorKeyBytesMax = 4_096;
    private const int ReadAheadMax = 1024 * 1024;

    private readonly PartReader _parts;
    private readonly LedgerTally _tally = new();
    private readonly long _length;

    private NetworkFileReader(FileStream file)
    {
        _length = file.Length;
        _parts = new PartReader(file, file.Name);
        Manifest = ReadManifest();
    }

    public NetworkManifest Manifest { get; }

    /// <summary>What the whole file is; null until all items were read.</summary>
    public NetworkFileReport? Report { get; private set; }

    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="NetworkFileException">It is no such file, of another version, or damaged.</exception>
    public static NetworkFileReader Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, FileOptions.SequentialScan);
        try
        {
            return new NetworkFileReader(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads all of a file, and says what it is.</summary>
    /// <exception cref="NetworkFileException">It is no such file, of another version, or damaged.</exception>
    public static NetworkFileReport Check(string path, CancellationToken cancellationToken = default)
    {
        using var reader = Open(path);
        foreach (var _ in reader.ReadItems()) cancellationToken.ThrowIfCancellationRequested();
        return reader.Report!;
    }

    /// <summary>The ledger, once; at its end the file's totals are compared with what was read.</summary>
    /// <exception cref="NetworkFileException">The file is damaged from here on.</exception>
    public IEnumerable<LedgerItem> ReadItems()
    {
        string actorKey = string.Empty;
        long number = 0;
        while (true)
        {
            LedgerItem item;
            try
            {
                item = ReadItem(ref actorKey, ref number);
                if (item.Kind == LedgerItemKind.None) break;
                _tally.Take(item);
            }
            catch (Exception malformed) when (malformed is InvalidDataException or OverflowException)
            {
                throw _parts.Damaged("holds no ledger", malformed);
            }

            yield return item;
        }

        Report = new NetworkFileReport(Manifest, ReadTotals(), _length, _parts.Digest);
    }

    public void Dispose() => _parts.Dispose();

    private LedgerItem ReadItem(ref string actorKey, ref long number)
    {
        var kind = (LedgerItemKind)ReadByte();
        switch (kind)
        {
            case LedgerItemKind.None:
                return default;
            case LedgerItemKind.Actor:
                var length = ReadLength();
                if (length is < 2 or > ActorKeyBytesMax) throw new InvalidDataException("A journal's name has no such length.");
                (actorKey, number) = (Encoding.UTF8.GetString(ReadBytes(length - 1)), 0);
                return new LedgerItem(kind, actorKey, checked((long)ReadUInt64()), default);
            case LedgerItemKind.Snapshot:
                var version = checked((long)ReadUInt64());
                return new LedgerItem(kind, actorKey, version, ReadBytes(ReadLength()));
            case LedgerItemKind.End:
                return new LedgerItem(kind, actorKey, checked((long)ReadUInt64()), ReadBytes(SHA256.HashSizeInBytes));
            case LedgerItemKind.Event:
                return new LedgerItem(kind, actorKey, ++number, ReadBytes(ReadLength()));
            default:
                return new LedgerItem(kind, actorKey, 0, ReadBytes(ReadLength()));
        }
    }

    private NetworkManifest ReadManifest()
    {
        _parts.NextPart();
        if (_parts.Kind != PartFormat.Manifest) throw _parts.Damaged("does not begin with its manifest");
        try
        {
            var reader = new RecordReader(_parts.TakeRest());
            LedgerCodec.Expect(reader.Byte(), NetworkFileWriter.RecordVersion, "manifest");
            return new NetworkManifest(reader.Text()!, reader.Text()!, reader.UInt64(), reader.Int64());
        }
        catch (InvalidDataException malformed)
        {
            throw _parts.Damaged("has no manifest", malformed);
        }
    }

    private LedgerTotals ReadTotals()
    {
        _parts.NextPart();
        if (_parts.Kind != PartFormat.Totals) throw _parts.Damaged("does not end with its totals");
        try
        {
            var reader = new RecordReader(_parts.TakeRest());
            LedgerCodec.Expect(reader.Byte(), NetworkFileWriter.RecordVersion, "totals");
            var stored = new LedgerTotals(
                checked((long)reader.UInt64()), checked((long)reader.UInt64()), checked((long)reader.UInt64()), checked((long)reader.UInt64()), reader.Fixed(SHA256.HashSizeInBytes));
            if (!reader.IsAtEnd) throw new InvalidDataException("The totals go on.");
            var counted = _tally.Totals();
            if (!counted.IsSameLedger(stored) || counted.Snapshots != stored.Snapshots || counted.Bytes != stored.Bytes) throw new InvalidDataException("The totals are not those of the ledger before them.");
            _parts.ExpectEnd();
            return counted;
        }
        catch (Exception malformed) when (malformed is InvalidDataException or OverflowException)
        {
            throw _parts.Damaged("has other totals than its ledger", malformed);
        }
    }

    private byte ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        _parts.Read(PartFormat.Body, one);
        return one[0];
    }

    private ulong ReadUInt64()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = ReadByte();
            value |= unchecked((ulong)(next & 0x7F) << shift);
            if (next < 0x80) return value;
        }

        throw new InvalidDataException("A variable-length integer is longer than ten bytes.");
    }

    private int ReadLength()
    {
        var length = ReadUInt64();
        return length <= int.MaxValue / 2 ? (int)length : throw new InvalidDataException($"Nothing is {length} bytes long.");
    }

    /// <summary>Grows with what the file really has, whatever length it claims.</summary>
    private byte[] ReadBytes(int length)
    {
        var bytes = new byte[Math.Min(length, ReadAheadMax)];
        _parts.Read(PartFormat.Body, bytes);
        while (bytes.Length < length)
        {
            var read = bytes.Length;
            Array.Resize(ref bytes, (int)Math.Min(length, 2L * read));
            _parts.Read(PartFormat.Body, bytes.AsSpan(read));
        }

        return bytes;
    }
}

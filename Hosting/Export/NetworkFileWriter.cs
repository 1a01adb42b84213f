using Dtao.Grains.Wire;

namespace Dtao.Hosting.Export;

/// <summary>Writes a ledger's items to a file of parts.</summary>
internal sealed class NetworkFileWriter : IDisposable
{
    internal const byte RecordVersion = 1;

    private readonly PartWriter _parts;
    private readonly RecordWriter _record = new(256);

    public NetworkFileWriter(Stream file, NetworkManifest manifest)
    {
        _parts = new PartWriter(file);
        _record.Byte(RecordVersion);
        _record.Text(manifest.NetworkId);
        _record.Text(manifest.Name);
        _record.UInt64(manifest.Block);
        _record.Int64(manifest.WrittenAtMilliseconds);
        _parts.Write(PartFormat.Manifest, _record.WrittenSpan);
        _parts.EndPart(PartFormat.Manifest);
    }

    /// <param name="chain">Of an end: the digest chain's value, which the source may not have.</param>
    public void Write(in LedgerItem item, ReadOnlySpan<byte> chain)
    {
        _record.Clear();
        _record.Byte((byte)item.Kind);
        switch (item.Kind)
        {
            case LedgerItemKind.Actor:
                _record.Text(item.ActorKey);
                _record.UInt64((ulong)item.Number);
                break;
            case LedgerItemKind.Snapshot:
                _record.UInt64((ulong)item.Number);
                _record.UInt64((ulong)item.Bytes.Length);
                break;
            case LedgerItemKind.End:
                _record.UInt64((ulong)item.Number);
                _record.Fixed(chain);
                break;
            default:
                // An event's number follows from its place.
                _record.UInt64((ulong)item.Bytes.Length);
                break;
        }

        _parts.Write(PartFormat.Body, _record.WrittenSpan);
        if (item.Kind is not (LedgerItemKind.Actor or LedgerItemKind.End)) _parts.Write(PartFormat.Body, item.Bytes.Span);
    }

    /// <returns>The file's digest.</returns>
    public ReadOnlyMemory<byte> End(LedgerTotals totals)
    {
        _parts.Write(PartFormat.Body, [(byte)LedgerItemKind.None]);
        _parts.EndPart(PartFormat.Body);
        _record.Clear();
        _record.Byte(RecordVersion);
        _record.UInt64((ulong)totals.Actors);
        _record.UInt64((ulong)totals.Events);
        _record.UInt64((ulong)totals.Snapshots);
        _record.UInt64((ulong)totals.Bytes);
        _record.Fixed(totals.Digest.Span);
        _parts.Write(PartFormat.Totals, _record.WrittenSpan);
        _parts.EndPart(PartFormat.Totals);
        return _parts.Digest;
    }

    public void Dispose() => _parts.Dispose();
}

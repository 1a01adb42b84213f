using Dtao.Economics;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Registry;

/// <summary>The stored layout of a change of the network as a whole.</summary>
internal static class NetworkChangeCodec
{
    public static void Write(RecordWriter writer, NetworkChange change)
    {
        writer.UInt64((ulong)change.Removed.Length);
        foreach (var netuid in change.Removed) writer.UInt64(netuid.Value);
        writer.UInt64((ulong)change.Added.Length);
        foreach (var netuid in change.Added) writer.UInt64(netuid.Value);
        writer.OptionalUInt64(change.LastLock?.Rao);
        writer.UInt64(change.LastLockBlock);
        writer.Int64(change.RetiredDestroyed);
    }

    public static NetworkChange Read(ref RecordReader reader)
    {
        var removed = new NetUid[reader.Count()];
        for (var i = 0; i < removed.Length; i++) removed[i] = new NetUid(reader.UInt16());
        var added = new NetUid[reader.Count()];
        for (var i = 0; i < added.Length; i++) added[i] = new NetUid(reader.UInt16());
        return new NetworkChange(removed, added, reader.OptionalUInt64() is { } lastLock ? new Tao(lastLock) : null, reader.UInt64(), reader.Int64());
    }

    /// <summary>Symbols stand behind a change, in records that say so.</summary>
    public static void WriteSymbols(RecordWriter writer, NetworkChange change)
    {
        writer.UInt64((ulong)change.Symbols.Length);
        foreach (var (netuid, symbol) in change.Symbols)
        {
            writer.UInt64(netuid.Value);
            writer.Text(symbol);
        }
    }

    public static NetworkChange WithSymbols(ref RecordReader reader, NetworkChange change)
    {
        var symbols = new SymbolChange[reader.Count()];
        for (var i = 0; i < symbols.Length; i++) symbols[i] = new SymbolChange(new NetUid(reader.UInt16()), reader.Text() ?? string.Empty);
        return change with { Symbols = symbols };
    }
}

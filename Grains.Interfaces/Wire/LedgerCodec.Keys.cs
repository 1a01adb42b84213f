using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Wire;

/// <summary>The part of the codec that is about keys which take the place of others.</summary>
public static partial class LedgerCodec
{
    private const byte ColdkeySwapVersion = 1;

    public static void Write(RecordWriter writer, ColdkeySwap swap)
    {
        writer.Byte(ColdkeySwapVersion);
        writer.UInt64(swap.ReadyAt.Value);
        writer.Bytes(swap.Hash.AsSpan());
        writer.OptionalUInt64(swap.DisputedAt?.Value);
    }

    public static ColdkeySwap ReadColdkeySwap(ref RecordReader reader)
    {
        Expect(reader.Byte(), ColdkeySwapVersion, "coldkey swap");
        return new ColdkeySwap(
            new BlockNumber(reader.UInt64()), [.. reader.Bytes()], reader.OptionalUInt64() is { } block ? new BlockNumber(block) : null);
    }

    private static void WriteSwaps(RecordWriter writer, MetagraphDelta delta)
    {
        WriteMap(writer, delta.HotkeysSwappedAt, WriteAccount, static (writer, block) => writer.UInt64(block));
        WriteMap(writer, delta.KeysSwappedAt, WriteAccount, static (writer, block) => writer.UInt64(block));
        WriteMap(writer, delta.SwappedAway, WriteAccount, static (writer, block) => writer.UInt64(block));
        WriteMap(writer, delta.Unseated, WriteAccount, static (writer, block) => writer.UInt64(block));
    }

    private static MetagraphDelta WithSwaps(ref RecordReader reader, MetagraphDelta delta) => delta with
    {
        HotkeysSwappedAt = ReadMap(ref reader, ReadAccount, static (ref RecordReader reader) => reader.UInt64()),
        KeysSwappedAt = ReadMap(ref reader, ReadAccount, static (ref RecordReader reader) => reader.UInt64()),
        SwappedAway = ReadMap(ref reader, ReadAccount, static (ref RecordReader reader) => reader.UInt64()),
        Unseated = ReadMap(ref reader, ReadAccount, static (ref RecordReader reader) => reader.UInt64()),
    };
}

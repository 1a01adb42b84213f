using Dtao.Economics;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Shell;

/// <summary>How actors store receipts.</summary>
internal static class ReceiptCodec
{
    public static Receipt Unpack(ReadOnlySpan<byte> packed)
    {
        var reader = new RecordReader(packed);
        return Read(ref reader);
    }

    /// <remarks>The id comes first: <see cref="Stakers.SettledOperation"/> finds it there.</remarks>
    public static void Write(RecordWriter writer, Receipt receipt)
    {
        writer.Guid(receipt.Id.Value);
        writer.Byte((byte)receipt.Status);
        writer.UInt64((ushort)receipt.Code);
        writer.Bool(receipt.Outcome is not null);
        if (receipt.Outcome is not null) LedgerCodec.Write(writer, receipt.Outcome);
        writer.UInt64(receipt.Block.Value);
        writer.UInt64(receipt.Order);
        writer.OptionalUInt64(receipt.DecidedBy?.Value);
    }

    public static Receipt Read(ref RecordReader reader) => new(
        new OperationId(reader.Guid()), (ReceiptStatus)reader.Byte(), (RefusalCode)reader.UInt16(),
        reader.Bool() ? LedgerCodec.ReadOutcome(ref reader) : null, new BlockNumber(reader.UInt64()), reader.UInt64(),
        reader.OptionalUInt64() is { } netuid ? new NetUid(checked((ushort)netuid)) : null);
}

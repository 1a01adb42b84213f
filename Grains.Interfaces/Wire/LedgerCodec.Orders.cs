using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Wire;

/// <summary>The part of the codec that is about limit orders.</summary>
public static partial class LedgerCodec
{
    private const byte OrderVersion = 1;
    private const byte OrderRecordVersion = 1;

    /// <summary>What parameters from before there were orders stand for.</summary>
    private static readonly (ulong, bool) s_orders = (42, true);

    public static void Write(RecordWriter writer, LimitOrder order)
    {
        writer.Byte(OrderVersion);
        writer.Byte((byte)order.Type);
        writer.Byte((byte)((order.Relayers is null ? 0 : 1) | (order.MaxSlippage is null ? 0 : 2) | (order.AllowsPartialFills ? 4 : 0)));
        writer.Account(order.Owner);
        writer.Account(order.Hotkey);
        writer.UInt64(order.Netuid.Value);
        writer.UInt64(order.Amount);
        writer.UInt64(order.Limit.RaoPerAlpha);
        writer.UInt64(order.Expiry.Value);
        writer.UInt64(order.FeeRate.Parts);
        writer.Account(order.FeeRecipient);
        writer.UInt64(order.ChainId);
        if (order.MaxSlippage is { } slippage) writer.UInt64(slippage.Parts);
        if (order.Relayers is not { } relayers) return;
        writer.UInt64((ulong)relayers.Length);
        foreach (var relayer in relayers) writer.Account(relayer);
    }

    public static LimitOrder ReadOrder(ref RecordReader reader)
    {
        Expect(reader.Byte(), OrderVersion, "order");
        var (type, flags) = ((OrderType)reader.Byte(), reader.Byte());
        if (!Enum.IsDefined(type) || flags > 7) throw new InvalidDataException($"There is no order of type {type} and flags {flags}.");
        return new LimitOrder
        {
            Type = type,
            Owner = reader.Account(),
            Hotkey = reader.Account(),
            Netuid = new NetUid(reader.UInt16()),
            Amount = reader.UInt64(),
            Limit = new LimitPrice(reader.UInt64()),
            Expiry = new BlockNumber(reader.UInt64()),
            FeeRate = ReadPerbill(ref reader),
            FeeRecipient = reader.Account(),
            ChainId = reader.UInt64(),
            MaxSlippage = (flags & 2) != 0 ? ReadPerbill(ref reader) : null,
            Relayers = (flags & 1) != 0 ? ReadList(ref reader, ReadAccount) : null,
            AllowsPartialFills = (flags & 4) != 0,
        };
    }

    public static void Write(RecordWriter writer, OrderFill fill)
    {
        Write(writer, fill.Order);
        writer.OptionalUInt64(fill.Partial);
        writer.Bytes(fill.Signature.AsSpan());
    }

    public static OrderFill ReadFill(ref RecordReader reader) => new(ReadOrder(ref reader), reader.OptionalUInt64(), [.. reader.Bytes()]);

    private static void WritePart(RecordWriter writer, FillBatchDetail part)
    {
        writer.Account(part.Relayer);
        writer.Guid(part.Batch);
        writer.Bool(part.IsNetted);
        writer.UInt64((ulong)part.Owners);
        writer.UInt64((ulong)part.Orders);
        writer.UInt64((ulong)part.Fills.Length);
        foreach (var (place, fill) in part.Fills)
        {
            writer.UInt64((ulong)place);
            Write(writer, fill);
        }
    }

    private static FillBatchDetail ReadPart(ref RecordReader reader) => new(
        reader.Account(), reader.Guid(), reader.Bool(), reader.Count(ItemsMax), reader.Count(ItemsMax),
        ReadList(ref reader, static (ref RecordReader fills) => new PlacedFill(fills.Count(ItemsMax), ReadFill(ref fills))));

    private static void WriteFills(RecordWriter writer, OrdersDetail orders)
    {
        writer.Bool(orders.ShouldFail);
        writer.UInt64((ulong)orders.Orders.Length);
        foreach (var fill in orders.Orders) Write(writer, fill);
    }

    private static OrdersDetail ReadFills(ref RecordReader reader)
    {
        var shouldFail = reader.Bool();
        return new OrdersDetail(ReadList(ref reader, ReadFill), shouldFail);
    }

    private static void WriteResults(RecordWriter writer, IReadOnlyList<OrderResult> results)
    {
        writer.UInt64((ulong)results.Count);
        foreach (var result in results)
        {
            WriteOrderId(writer, result.Id);
            writer.UInt64((ushort)result.Error);
            writer.UInt64(result.AmountIn);
            writer.UInt64(result.AmountOut);
            writer.UInt64(result.Fee.Rao);
        }
    }

    private static OrderResult[] ReadResults(ref RecordReader reader)
    {
        var results = new OrderResult[reader.Count(ItemsMax)];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = new OrderResult(ReadOrderId(ref reader), (LedgerError)reader.UInt16(), reader.UInt64(), reader.UInt64(), new Tao(reader.UInt64()));
        }

        return results;
    }

    private static void WriteOrderId(RecordWriter writer, OrderId id) => writer.Fixed(id.ToArray());

    private static OrderId ReadOrderId(ref RecordReader reader) => new(reader.Fixed(OrderId.Length));

    private static void WriteRecord(RecordWriter writer, OrderRecord record)
    {
        writer.Byte(OrderRecordVersion);
        writer.Account(record.Owner);
        writer.Byte((byte)record.Status);
        writer.UInt64(record.Filled);
        writer.Bool(record.Terms is not null);
        if (record.Terms is { } terms) Write(writer, terms);
    }

    private static OrderRecord ReadRecord(ref RecordReader reader)
    {
        Expect(reader.Byte(), OrderRecordVersion, "order record");
        var owner = reader.Account();
        var status = (OrderStatus)reader.Byte();
        if (status is OrderStatus.None || !Enum.IsDefined(status)) throw new InvalidDataException($"There is no order status {status}.");
        return new OrderRecord(owner, status, reader.UInt64(), reader.Bool() ? ReadOrder(ref reader) : null);
    }

    private static void WriteOrders(RecordWriter writer, NetworkParameters parameters)
    {
        writer.UInt64(parameters.ChainId);
        writer.Bool(parameters.LimitOrders);
    }

    private static NetworkParameters WithOrders(ref RecordReader reader, NetworkParameters parameters) =>
        parameters with { ChainId = reader.UInt64(), LimitOrders = reader.Bool() };

    private static Perbill ReadPerbill(ref RecordReader reader) => new(checked((uint)reader.UInt64()));
}

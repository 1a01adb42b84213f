using System.Buffers.Binary;
using Dtao.Economics.Ledger;
using Konscious.Security.Cryptography;

namespace Dtao.Economics.Orders;

/// <summary>The hash that names an order.</summary>
/// <remarks>
/// Source: limit-orders/lib.rs :: derive_order_id. BLAKE2b with 32 bytes over the SCALE encoding of the first version of an order: its fields in the
/// order of the chain, numbers little-endian, what may be missing with a byte before it, lists with their length in compact form.
/// </remarks>
public static class OrderHash
{
    private const byte FirstVersion = 0;
    private const int BytesMax = 512;

    public static OrderId Of(LimitOrder order)
    {
        using var blake = new HMACBlake2B(8 * OrderId.Length);
        return new OrderId(blake.ComputeHash(Encode(order)));
    }

    /// <summary>What is hashed, and what an owner signs on the chain.</summary>
    public static byte[] Encode(LimitOrder order)
    {
        var bytes = new List<byte>(BytesMax) { FirstVersion };
        bytes.AddRange(order.Owner.ToArray());
        bytes.AddRange(order.Hotkey.ToArray());
        bytes.Add(unchecked((byte)order.Netuid.Value));
        bytes.Add((byte)(order.Netuid.Value >> 8));
        bytes.Add((byte)order.Type);
        Append(bytes, order.Amount);
        Append(bytes, order.Limit.RaoPerAlpha);
        Append(bytes, order.Expiry.Value);
        Append(bytes, order.FeeRate);
        bytes.AddRange(order.FeeRecipient.ToArray());
        bytes.Add(order.Relayers is null ? (byte)0 : (byte)1);
        if (order.Relayers is { } relayers)
        {
            // Ten at most: the compact form is one byte.
            bytes.Add((byte)(relayers.Length << 2));
            foreach (var relayer in relayers) bytes.AddRange(relayer.ToArray());
        }

        bytes.Add(order.MaxSlippage is null ? (byte)0 : (byte)1);
        if (order.MaxSlippage is { } slippage) Append(bytes, slippage);
        Append(bytes, order.ChainId);
        bytes.Add(order.AllowsPartialFills ? (byte)1 : (byte)0);
        return [.. bytes];
    }

    private static void Append(List<byte> bytes, ulong number)
    {
        Span<byte> span = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(span, number);
        bytes.AddRange(span);
    }

    private static void Append(List<byte> bytes, Perbill part)
    {
        Span<byte> span = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(span, part.Parts);
        bytes.AddRange(span);
    }
}

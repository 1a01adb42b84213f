using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Dtao.Economics.Ledger;

/// <summary>What an order does, and on which side of its limit price. Numbers are the chain's and are part of an order's hash.</summary>
public enum OrderType : byte
{
    /// <summary>Buys alpha while the price is at or under the limit.</summary>
    LimitBuy = 0,
    /// <summary>Sells alpha while the price is at or above the limit.</summary>
    TakeProfit = 1,
    /// <summary>Sells alpha while the price is at or under the limit.</summary>
    StopLoss = 2,
}

/// <summary>A fraction in parts of 10^9.</summary>
public readonly record struct Perbill(uint Parts)
{
    public const uint One = 1_000_000_000;

    /// <summary>This part of an amount, floored.</summary>
    public ulong MultiplyFloor(ulong amount) => (ulong)((UInt128)amount * Parts / One);

    public override string ToString() => Parts.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>The hash of an order, by which its state is kept: 32 bytes, written as 64 hexadecimal digits.</summary>
public readonly record struct OrderId(UInt128 High, UInt128 Low) : IComparable<OrderId>
{
    public const int Length = 32;

    public OrderId(ReadOnlySpan<byte> bytes)
        : this(BinaryPrimitives.ReadUInt128BigEndian(bytes[..16]), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..Length]))
    {
    }

    public static bool operator <(OrderId left, OrderId right) => left.CompareTo(right) < 0;
    public static bool operator >(OrderId left, OrderId right) => left.CompareTo(right) > 0;
    public static bool operator <=(OrderId left, OrderId right) => left.CompareTo(right) <= 0;
    public static bool operator >=(OrderId left, OrderId right) => left.CompareTo(right) >= 0;

    public int CompareTo(OrderId other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(16), Low);
        return bytes;
    }

    public override string ToString() => Convert.ToHexStringLower(ToArray());
}

/// <summary>An order: what its owner wants bought or sold when the price is right, by whoever relays it.</summary>
/// <remarks>
/// Source: rule book 01, section 14; limit-orders/lib.rs :: Order. Fields and their order are the chain's, but for the expiry: here it is a block,
/// on the chain milliseconds of the clock.
/// </remarks>
public sealed record LimitOrder
{
    /// <summary>How many relayers an order may name.</summary>
    public const int RelayersMax = 10;

    /// <summary>The coldkey that pays the TAO of a buy, or holds the alpha of a sale.</summary>
    public required AccountId Owner { get; init; }
    /// <summary>Where the alpha is staked to, or sold from.</summary>
    public required AccountId Hotkey { get; init; }
    public required NetUid Netuid { get; init; }
    public required OrderType Type { get; init; }
    /// <summary>Rao of TAO to spend, the order's fee included; or of alpha to sell.</summary>
    public required ulong Amount { get; init; }
    /// <summary>The price at which the order is triggered, in rao of TAO for one whole alpha.</summary>
    public required LimitPrice Limit { get; init; }
    /// <summary>The last block in which the order may be executed.</summary>
    public required BlockNumber Expiry { get; init; }
    /// <summary>The part of the TAO that a buy spends, or that a sale brings, which goes to <see cref="FeeRecipient"/>.</summary>
    public Perbill FeeRate { get; init; }
    public AccountId FeeRecipient { get; init; }
    /// <summary>Who may have the order executed; null: everybody.</summary>
    public ImmutableArray<AccountId>? Relayers { get; init; }
    /// <summary>How far beyond the limit the swap may move the price, as a part of the limit; null: as far as it goes.</summary>
    public Perbill? MaxSlippage { get; init; }
    /// <summary>The network that the order is for (<see cref="NetworkParameters.ChainId"/>).</summary>
    public required ulong ChainId { get; init; }
    public bool AllowsPartialFills { get; init; }

    public bool IsBuy => Type == OrderType.LimitBuy;

    /// <summary>Whether every field is within the bounds that its encoding has.</summary>
    public bool IsWellFormed => Enum.IsDefined(Type) && FeeRate.Parts <= Perbill.One && MaxSlippage is not { Parts: > Perbill.One }
        && Relayers is not { IsDefault: true } && Relayers is not { Length: > RelayersMax };
}

/// <summary>An order as a relayer hands it in.</summary>
/// <param name="Partial">Rao of the order's input to execute now; null: all of it.</param>
/// <param name="Signature">Has its place here; a network with signatures off ignores it.</param>
public sealed record OrderFill(LimitOrder Order, ulong? Partial, ImmutableArray<byte> Signature)
{
    public OrderFill(LimitOrder order, ulong? partial = null)
        : this(order, partial, [])
    {
    }

    public bool IsWellFormed => Order.IsWellFormed && !Signature.IsDefault && Signature.Length <= SignatureMax;

    /// <summary>Bytes of the longest signature that the chain knows, with its kind.</summary>
    public const int SignatureMax = 66;
}

/// <summary>An order and its place in the relayer's call.</summary>
public readonly record struct PlacedFill(int Place, OrderFill Fill);

/// <summary>Where an order stands. Numbers are stored and never reused.</summary>
public enum OrderStatus : byte
{
    None = 0,
    /// <summary>Placed by its owner, and not executed yet, or in part only.</summary>
    Open = 1,
    Fulfilled = 2,
    Cancelled = 3,
}

/// <summary>What the ledger keeps of an order.</summary>
/// <param name="Filled">Rao of its input that were executed in parts.</param>
/// <param name="Terms">The order itself while it is open; null when it is done with.</param>
public sealed record OrderRecord(AccountId Owner, OrderStatus Status, ulong Filled, LimitOrder? Terms)
{
    public bool IsOpen => Status == OrderStatus.Open;
}

/// <summary>What became of one order of a relayer's call.</summary>
/// <param name="Error">None when it was executed; otherwise why it was passed over.</param>
/// <param name="AmountIn">Rao of the input: TAO without the order's fee, or alpha.</param>
/// <param name="AmountOut">Rao of the output: alpha, or TAO without the order's fee.</param>
/// <param name="Fee">The order's fee, not the pool's.</param>
public readonly record struct OrderResult(OrderId Id, LedgerError Error, ulong AmountIn, ulong AmountOut, Tao Fee)
{
    public static OrderResult Refused(OrderId id, LedgerError error) => new(id, error, 0, 0, Tao.Zero);
}

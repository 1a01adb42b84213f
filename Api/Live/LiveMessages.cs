using System.Globalization;
using Dtao.Api.Json;
using Dtao.Economics;

namespace Dtao.Api.Live;

/// <summary>A closed block.</summary>
/// <param name="BlockNumber">Its number.</param>
/// <param name="Hash">Its hash, 0x and hexadecimal digits.</param>
/// <param name="Timestamp">When it was closed.</param>
/// <param name="Emission">TAO that its curve minted.</param>
/// <param name="TotalIssuance">All TAO in existence as the staking ledger counts it, after the block.</param>
/// <param name="Subnets">Subnets that it closed.</param>
internal sealed record LiveBlockView(BlockNumber BlockNumber, string Hash, Timestamp Timestamp, Tao Emission, Tao TotalIssuance, int Subnets);

/// <summary>TAO that went into a pool for alpha, or came out of it.</summary>
/// <param name="BlockNumber">The block that it belongs to.</param>
/// <param name="Netuid">The subnet.</param>
/// <param name="Action">BUY or SELL.</param>
/// <param name="Coldkey">Whose stake it is.</param>
/// <param name="Hotkey">Where the stake is.</param>
/// <param name="Tao">TAO in, or out.</param>
/// <param name="Alpha">Alpha out, or in.</param>
/// <param name="Price">The spot price afterwards.</param>
internal sealed record LiveTradeView(BlockNumber BlockNumber, NetUid Netuid, string Action, AccountId Coldkey, AccountId Hotkey, Tao Tao, Alpha Alpha, U64F64 Price);

/// <summary>A subnet's price after a block.</summary>
/// <param name="BlockNumber">The block.</param>
/// <param name="Netuid">The subnet.</param>
/// <param name="Price">The spot price.</param>
/// <param name="MovingPrice">The smoothed price.</param>
/// <param name="TaoReserve">TAO in the pool.</param>
/// <param name="AlphaReserve">Alpha in the pool.</param>
internal sealed record LivePriceView(BlockNumber BlockNumber, NetUid Netuid, U64F64 Price, string MovingPrice, Tao TaoReserve, Alpha AlphaReserve);

/// <summary>Everything of one block, complete, in the order in which it is told: trades, then prices, then the block itself.</summary>
internal sealed record LiveBlock(LiveBlockView Block, IReadOnlyList<LiveTradeView> Trades, IReadOnlyList<LivePriceView> Prices)
{
    public ulong Number => Block.BlockNumber.Value;

    public int Count => Trades.Count + Prices.Count + 1;
}

/// <summary>A place in the stream: a block, and how many of its messages were seen; all of them where it is whole.</summary>
/// <remarks>Written as the block's number, or with a point and the count behind it. Filters do not change it: messages that a filter leaves out are counted.</remarks>
internal readonly record struct LivePlace(ulong Block, int Seen, bool IsWhole)
{
    public static LivePlace After(ulong block) => new(block, 0, true);

    public static bool TryParse(string? text, out LivePlace place)
    {
        place = default;
        if (string.IsNullOrEmpty(text)) return false;
        var point = text.IndexOf('.');
        if (!ulong.TryParse(point < 0 ? text : text.AsSpan(0, point), NumberStyles.None, CultureInfo.InvariantCulture, out var block) || block > long.MaxValue) return false;
        var seen = 0;
        if (point >= 0 && !int.TryParse(text.AsSpan(point + 1), NumberStyles.None, CultureInfo.InvariantCulture, out seen)) return false;
        place = new(block, seen, point < 0);
        return true;
    }

    public override string ToString() => IsWhole ? string.Create(CultureInfo.InvariantCulture, $"{Block}") : string.Create(CultureInfo.InvariantCulture, $"{Block}.{Seen}");
}

/// <summary>What a subscriber wants to hear of.</summary>
internal sealed record LiveFilter(bool Blocks, bool Trades, bool Prices, NetUid? Netuid)
{
    public static LiveFilter Everything { get; } = new(true, true, true, null);

    /// <summary>Messages of a block that pass, each with the place after it.</summary>
    public IEnumerable<(LivePlace Place, string Event, object Data)> Of(LiveBlock block, int seen)
    {
        var count = 0;
        foreach (var trade in block.Trades)
        {
            count++;
            if (Trades && count > seen && IsMeant(trade.Netuid)) yield return (new(block.Number, count, false), "trade", trade);
        }

        foreach (var price in block.Prices)
        {
            count++;
            if (Prices && count > seen && IsMeant(price.Netuid)) yield return (new(block.Number, count, false), "price", price);
        }

        if (Blocks) yield return (LivePlace.After(block.Number), "block", block.Block);
    }

    private bool IsMeant(NetUid netuid) => Netuid is null || Netuid == netuid;
}

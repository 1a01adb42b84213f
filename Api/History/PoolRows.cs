using System.Text.Json.Serialization;
using Dtao.Api.Json;
using Dtao.Economics;

namespace Dtao.Api.History;

/// <summary>A subnet's pool now.</summary>
/// <param name="BlockNumber">The block after which it is so.</param>
/// <param name="Rank">By market cap, from 1; 0 for root.</param>
/// <param name="MarketCap">All alpha at the spot price.</param>
/// <param name="Liquidity">The pool's TAO, and its alpha at the spot price.</param>
/// <param name="TotalTao">TAO in the pool.</param>
/// <param name="TotalAlpha">Alpha in the pool and outside.</param>
/// <param name="AlphaStaked">Alpha outside the pool.</param>
/// <param name="Price">TAO for one alpha.</param>
/// <param name="MovingPrice">The price smoothed, by which emission is shared.</param>
/// <param name="Name">How it presents itself, or its name in the registry.</param>
/// <param name="MarketCapChange1Day">Per cent; null where the subnet is younger.</param>
/// <param name="PriceChange1Hour">Per cent; null where the subnet is younger.</param>
/// <param name="PriceChange1Day">Per cent; null where the subnet is younger.</param>
/// <param name="PriceChange1Week">Per cent; null where the subnet is younger.</param>
/// <param name="PriceChange1Month">Per cent; null where the subnet is younger.</param>
/// <param name="TaoVolume24Hr">TAO that was traded.</param>
/// <param name="TaoVolume24HrChange1Day">Per cent, against the 24 hours before; null where nothing was traded then.</param>
/// <param name="TaoBuyVolume24Hr">TAO that bought alpha.</param>
/// <param name="TaoSellVolume24Hr">TAO that alpha was sold for.</param>
/// <param name="AlphaVolume24Hr">Alpha that was traded.</param>
/// <param name="AlphaVolume24HrChange1Day">Per cent, against the 24 hours before; null where nothing was traded then.</param>
/// <param name="AlphaBuyVolume24Hr">Alpha that was bought.</param>
/// <param name="AlphaSellVolume24Hr">Alpha that was sold.</param>
/// <param name="LastPrice">The spot price, as above.</param>
/// <param name="HighestPrice24Hr">Null where no price was seen.</param>
/// <param name="LowestPrice24Hr">Null where no price was seen.</param>
/// <param name="Buys24Hr">Purchases.</param>
/// <param name="Sells24Hr">Sales.</param>
/// <param name="Buyers24Hr">Coldkeys that bought.</param>
/// <param name="Sellers24Hr">Coldkeys that sold.</param>
/// <param name="SevenDayPrices">Prices of the last week, the oldest first.</param>
/// <param name="RootProp">Root's part of the dividends, from 0 to 1.</param>
/// <param name="StartupMode">Whether it has not been started, or its alpha cannot be traded.</param>
internal sealed record PoolRow(
    NetUid Netuid, BlockNumber BlockNumber, Timestamp Timestamp, string Name, string Symbol, int Rank, Tao MarketCap,
    [property: JsonPropertyName("market_cap_change_1_day")] string? MarketCapChange1Day, Tao Liquidity, Tao TotalTao, Alpha TotalAlpha, Alpha AlphaInPool, Alpha AlphaStaked,
    U64F64 Price, string MovingPrice,
    [property: JsonPropertyName("price_change_1_hour")] string? PriceChange1Hour, [property: JsonPropertyName("price_change_1_day")] string? PriceChange1Day,
    [property: JsonPropertyName("price_change_1_week")] string? PriceChange1Week, [property: JsonPropertyName("price_change_1_month")] string? PriceChange1Month,
    [property: JsonPropertyName("tao_volume_24_hr")] Tao TaoVolume24Hr, [property: JsonPropertyName("tao_volume_24_hr_change_1_day")] string? TaoVolume24HrChange1Day,
    [property: JsonPropertyName("tao_buy_volume_24_hr")] Tao TaoBuyVolume24Hr, [property: JsonPropertyName("tao_sell_volume_24_hr")] Tao TaoSellVolume24Hr,
    [property: JsonPropertyName("alpha_volume_24_hr")] Alpha AlphaVolume24Hr, [property: JsonPropertyName("alpha_volume_24_hr_change_1_day")] string? AlphaVolume24HrChange1Day,
    [property: JsonPropertyName("alpha_buy_volume_24_hr")] Alpha AlphaBuyVolume24Hr, [property: JsonPropertyName("alpha_sell_volume_24_hr")] Alpha AlphaSellVolume24Hr,
    U64F64 LastPrice, [property: JsonPropertyName("highest_price_24_hr")] U64F64? HighestPrice24Hr, [property: JsonPropertyName("lowest_price_24_hr")] U64F64? LowestPrice24Hr,
    [property: JsonPropertyName("buys_24_hr")] long Buys24Hr, [property: JsonPropertyName("sells_24_hr")] long Sells24Hr,
    [property: JsonPropertyName("buyers_24_hr")] long Buyers24Hr, [property: JsonPropertyName("sellers_24_hr")] long Sellers24Hr,
    IReadOnlyList<PastPrice> SevenDayPrices, string RootProp, bool StartupMode);

/// <summary>A price at the end of a piece of four hours.</summary>
/// <param name="Timestamp">When the piece began.</param>
internal sealed record PastPrice(Timestamp Timestamp, U64F64 Price);

/// <summary>A subnet's pool after an earlier block.</summary>
/// <param name="Name">How it presents itself now, or its name in the registry.</param>
/// <param name="MarketCap">All alpha at the spot price.</param>
/// <param name="Liquidity">The pool's TAO, and its alpha at the spot price.</param>
/// <param name="TotalTao">TAO in the pool.</param>
/// <param name="TotalAlpha">Alpha in the pool and outside.</param>
/// <param name="AlphaInPool">Alpha in the pool.</param>
/// <param name="AlphaStaked">Alpha outside the pool.</param>
/// <param name="Price">TAO for one alpha.</param>
/// <param name="MovingPrice">The price smoothed.</param>
/// <param name="RootProp">Root's part of the dividends, from 0 to 1.</param>
/// <param name="StartupMode">Whether it had not been started, or its alpha could not be traded.</param>
internal sealed record PoolHistoryRow(
    NetUid Netuid, BlockNumber BlockNumber, Timestamp? Timestamp, string Name, string Symbol, Tao MarketCap, Tao Liquidity, Tao TotalTao, Alpha TotalAlpha, Alpha AlphaInPool,
    Alpha AlphaStaked, U64F64 Price, string MovingPrice, string RootProp, bool StartupMode);

/// <summary>What a block emitted to a subnet.</summary>
/// <param name="TaoInPool">TAO put into the pool.</param>
/// <param name="AlphaInPool">Alpha put into the pool.</param>
/// <param name="AlphaRewards">Alpha for owner, validators, and miners.</param>
/// <param name="ExcessTao">TAO that bought alpha instead.</param>
/// <param name="RootSellTao">TAO that the sale of root's dividends brought.</param>
/// <param name="IsEpoch">Whether the block paid what was pending.</param>
internal sealed record EmissionRow(
    NetUid Netuid, BlockNumber BlockNumber, Timestamp? Timestamp, string Name, string Symbol, Tao TaoInPool, Alpha AlphaInPool, Alpha AlphaRewards, Tao ExcessTao,
    Tao RootSellTao, U64F64 Price, bool IsEpoch);

/// <summary>TAO that flowed into a subnet's pool.</summary>
/// <param name="TaoFlow">Bought less sold, in signed rao of TAO.</param>
/// <param name="FlowUser">Signed rao that stakers put in less what they took out since the division by flow last took it in.</param>
/// <param name="FlowProtocol">Signed rao that emission put in less what root's sales took out since then.</param>
internal sealed record FlowRow(
    NetUid Netuid, BlockNumber BlockNumber, Timestamp Timestamp, string Name, string TaoFlow, Tao TaoBought, Tao TaoSold, string FlowUser, string FlowProtocol);

/// <summary>The sum of all prices.</summary>
internal sealed record TotalPriceRow(BlockNumber BlockNumber, Timestamp Timestamp, string Price);

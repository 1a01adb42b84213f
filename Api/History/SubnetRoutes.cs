using Dtao.Api.Json;
using Dtao.Api.ReadSide;
using Dtao.Api.Requests;
using Dtao.Economics;

namespace Dtao.Api.History;

/// <summary>Subnets as they were.</summary>
internal static class SubnetRoutes
{
    public static void Map(ApiRoutes routes) =>
        routes.List(
            "/api/subnet/history/v1", "get_subnet_history", "A subnet after earlier blocks: its market, what the block gave it, and what a seat cost.",
            [HistoryParameters.NetuidNeeded, HistoryParameters.Frequency, .. HistoryParameters.Range, HistoryParameters.ByBlock], History)
            .Explain("Fields are those of the latest, as far as they change with each block. Settings have a history of their own; seats, and epochs' schedules, have none.");

    private static async Task<Paged<SubnetHistoryRow>> History(ApiRequest request, ReadView view)
    {
        var netuid = request.Get(HistoryParameters.NetuidNeeded);
        var page = await PoolPages.OfAsync(request, view, netuid).ConfigureAwait(false);
        var title = (await SubnetTitles.LoadAsync(view, request.Aborted).ConfigureAwait(false))[netuid];
        var times = await BlockTimes.LoadAsync(view, page.Data.Select(pool => pool.Block), request.Aborted).ConfigureAwait(false);
        return Listing.Turn(page, pool => new SubnetHistoryRow(
            new BlockNumber(pool.Block), times[pool.Block], netuid, title.Name, title.Symbol, new U64F64(pool.Price), PriceText.Of(pool.MovingPrice, I96F32.FractionBits),
            new Tao(pool.MarketCap), pool.TaoReserve, pool.AlphaReserve, pool.AlphaOutstanding, pool.TotalAlpha, pool.TaoIn.AddSaturating(pool.ExcessTao), pool.TaoIn,
            pool.AlphaIn, pool.AlphaOut, pool.ExcessTao, pool.RootSellTao, PriceText.Of(pool.RootProportion, U96F32.FractionBits), pool.Burn, Signed.Of(pool.FlowUser),
            Signed.Of(pool.FlowProtocol), Signed.Of(pool.Volume), pool.IsEpoch, !pool.IsStarted));
    }
}

/// <summary>A subnet after an earlier block.</summary>
/// <param name="Price">Spot price, TAO for one alpha.</param>
/// <param name="MovingPrice">The smoothed price.</param>
/// <param name="MarketCap">Alpha in existence at the spot price, in rao of TAO.</param>
/// <param name="TotalTao">TAO in the pool.</param>
/// <param name="AlphaInPool">Alpha in the pool.</param>
/// <param name="AlphaStaked">Alpha outside of it.</param>
/// <param name="TotalAlpha">Both.</param>
/// <param name="Emission">TAO that the block gave it: into the pool, and to buy its alpha.</param>
/// <param name="TaoInEmission">TAO that the block put into the pool.</param>
/// <param name="AlphaInEmission">Alpha that the block put into the pool.</param>
/// <param name="AlphaOutEmission">Alpha that the block put aside for people.</param>
/// <param name="ExcessTao">TAO with which the block bought its alpha.</param>
/// <param name="RootSellTao">TAO that the sale of root's dividends brought.</param>
/// <param name="RootProp">Root's weight against its alpha, from 0 to 1.</param>
/// <param name="NeuronRegistrationCost">What a seat cost.</param>
/// <param name="FlowUser">Signed rao of TAO that stakers put in less what they took out since the division by flow last took it in.</param>
/// <param name="FlowProtocol">Signed rao of TAO that emission put in less what root's sales took out since then.</param>
/// <param name="Volume">TAO that was traded since the subnet began, in rao.</param>
/// <param name="IsEpoch">Whether the block paid what was pending.</param>
/// <param name="StartupMode">Whether it had not been started, or its alpha could not be traded.</param>
internal sealed record SubnetHistoryRow(
    BlockNumber BlockNumber, Timestamp? Timestamp, NetUid Netuid, string Name, string Symbol, U64F64 Price, string MovingPrice, Tao MarketCap, Tao TotalTao, Alpha AlphaInPool,
    Alpha AlphaStaked, Alpha TotalAlpha, Tao Emission, Tao TaoInEmission, Alpha AlphaInEmission, Alpha AlphaOutEmission, Tao ExcessTao, Tao RootSellTao, string RootProp,
    Tao NeuronRegistrationCost, string FlowUser, string FlowProtocol, string Volume, bool IsEpoch, bool StartupMode);

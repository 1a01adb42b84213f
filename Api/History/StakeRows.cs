using System.Numerics;
using Dtao.Api.Json;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Api.History;

/// <summary>A stake now.</summary>
/// <param name="HotkeyName">Names of hotkeys are not kept here; null.</param>
/// <param name="SubnetTotalHolders">Positions on the subnet, counted up to 100,000.</param>
/// <param name="Balance">Alpha; on root TAO.</param>
/// <param name="BalanceAsTao">That at the spot price.</param>
internal sealed record StakeRow(
    BlockNumber BlockNumber, Timestamp? Timestamp, string? HotkeyName, AccountId Hotkey, AccountId Coldkey, NetUid Netuid, string SubnetName, string Symbol,
    long SubnetTotalHolders, Alpha Balance, Tao BalanceAsTao)
{
    public static StakeRow Of(StakeAt stake, ulong block, Timestamp? now, SubnetTitle title, long holders) => new(
        new BlockNumber(block), now, null, stake.Key.Hotkey, stake.Key.Coldkey, stake.Key.Netuid, title.Name, title.Symbol, holders, stake.Balance, stake.Value);
}

/// <summary>A stake after an earlier block.</summary>
internal sealed record StakeHistoryRow(BlockNumber BlockNumber, Timestamp? Timestamp, AccountId Hotkey, AccountId Coldkey, NetUid Netuid, Alpha Balance, Tao BalanceAsTao);

/// <summary>All stake on a hotkey of a subnet.</summary>
/// <param name="Alpha">Of all its stakers; on root TAO.</param>
/// <param name="AlphaAsTao">That at the spot price.</param>
/// <param name="Positions">Coldkeys with stake on it.</param>
internal sealed record HotkeyStakeRow(BlockNumber BlockNumber, Timestamp? Timestamp, AccountId Hotkey, NetUid Netuid, Alpha Alpha, Tao AlphaAsTao, long Positions);

/// <summary>A stake with its past.</summary>
/// <param name="GenesisAlpha">What it was at genesis.</param>
/// <param name="TotalEarnedAlpha">Signed rao: what is there, less what came, plus what went.</param>
/// <param name="AveragePurchasePriceTao">TAO for one alpha; null when nothing was bought.</param>
/// <param name="RealisedProfitTao">Signed rao: what sales brought, less what as much alpha had cost on average.</param>
/// <param name="UnrealisedProfitTao">Signed rao: what is there at the spot price, less what as much of it as was bought had cost on average.</param>
internal sealed record PortfolioRow(
    AccountId Hotkey, AccountId Coldkey, NetUid Netuid, string SubnetName, string Symbol, Alpha Balance, Tao BalanceAsTao, Alpha GenesisAlpha, Alpha TotalBoughtAlpha,
    Tao TotalBoughtAlphaAsTao, Alpha TotalSoldAlpha, Tao TotalSoldAlphaAsTao, Alpha TotalTransferredInAlpha, Tao TotalTransferredInAlphaAsTao, Alpha TotalTransferredOutAlpha,
    Tao TotalTransferredOutAlphaAsTao, long TotalBuys, long TotalSells, long TotalTransfersIn, long TotalTransfersOut, string TotalEarnedAlpha, string? AveragePurchasePriceTao,
    string? AverageSalePriceTao, string RealisedProfitTao, string UnrealisedProfitTao)
{
    public static PortfolioRow Of(StakeAt stake, SubnetTitle title, PositionTotals totals, Alpha genesis)
    {
        var earned = (BigInteger)stake.Balance.Rao - genesis.Rao - totals.BoughtAlpha.Rao - totals.InAlpha.Rao + totals.SoldAlpha.Rao + totals.OutAlpha.Rao;
        var soldOfBought = BigInteger.Min(totals.SoldAlpha.Rao, totals.BoughtAlpha.Rao);
        var heldOfBought = BigInteger.Min(stake.Balance.Rao, totals.BoughtAlpha.Rao - soldOfBought);
        return new(
            stake.Key.Hotkey, stake.Key.Coldkey, stake.Key.Netuid, title.Name, title.Symbol, stake.Balance, stake.Value, genesis, totals.BoughtAlpha, totals.BoughtTao,
            totals.SoldAlpha, totals.SoldTao, totals.InAlpha, totals.InTao, totals.OutAlpha, totals.OutTao, totals.Buys, totals.Sells, totals.Ins, totals.Outs, Signed.Of(earned),
            totals.Buys == 0 ? null : PriceText.OfRatio(totals.BoughtTao.Rao, totals.BoughtAlpha.Rao),
            totals.Sells == 0 ? null : PriceText.OfRatio(totals.SoldTao.Rao, totals.SoldAlpha.Rao),
            Signed.Of(totals.SoldTao.Rao - Cost(soldOfBought)), Signed.Of(stake.Value.Rao - Cost(heldOfBought)));

        BigInteger Cost(BigInteger alpha) => totals.BoughtAlpha.IsZero ? 0 : alpha * totals.BoughtTao.Rao / totals.BoughtAlpha.Rao;
    }
}

/// <summary>What a position bought, sold, sent, and received in all.</summary>
internal sealed record PositionTotals(
    Alpha BoughtAlpha, Tao BoughtTao, Alpha SoldAlpha, Tao SoldTao, long Buys, long Sells, Alpha InAlpha, Tao InTao, Alpha OutAlpha, Tao OutTao, long Ins, long Outs)
{
    private static readonly PositionTotals s_none = new(default, default, default, default, 0, 0, default, default, default, default, 0, 0);

    public static async Task<PositionTotals> OfAsync(ReadView view, PositionKey key, CancellationToken cancellationToken)
    {
        var rows = await view.QueryAsync(
            """
            SELECT bought_alpha, bought_tao, sold_alpha, sold_tao, buys, sells, in_alpha, in_tao, out_alpha, out_tao, ins, outs FROM position_totals
            WHERE coldkey = @coldkey AND netuid = @netuid AND hotkey = @hotkey
            """,
            row => new PositionTotals(
                new Alpha(Amount(row, 0)), new Tao(Amount(row, 1)), new Alpha(Amount(row, 2)), new Tao(Amount(row, 3)), row.GetInt64(4), row.GetInt64(5), new Alpha(Amount(row, 6)),
                new Tao(Amount(row, 7)), new Alpha(Amount(row, 8)), new Tao(Amount(row, 9)), row.GetInt64(10), row.GetInt64(11)),
            cancellationToken, ("@coldkey", Cells.Of(key.Coldkey)), ("@netuid", Cells.Of(key.Netuid)), ("@hotkey", Cells.Of(key.Hotkey))).ConfigureAwait(false);
        return rows.Count == 0 ? s_none : rows[0];
    }

    private static ulong Amount(System.Data.Common.DbDataReader row, int column) => Cells.UInt64(row.GetInt64(column));
}

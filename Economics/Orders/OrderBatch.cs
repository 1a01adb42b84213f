using Dtao.Economics.Ledger;
using Dtao.Economics.Locks;
using Dtao.Economics.Pools;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Orders;

/// <summary>Executes the orders of one subnet together: buys and sells are netted at the spot price, and only the difference trades with the pool.</summary>
/// <remarks>
/// Source: limit-orders/lib.rs :: do_execute_batched_orders and what it calls; staking/order_swap.rs :: transfer_staked_alpha. All or nothing. Everything
/// passes through an account and a hotkey of the module's own, where what floors leave stays, as on the chain. Rounding: every share is floored.
/// </remarks>
public static class OrderBatch
{
    /// <summary>Where the TAO and the alpha of a batch are while it is executed.</summary>
    public static readonly AccountId Account = Named("modlbt/limit"u8);

    public static readonly AccountId Hotkey = Named("modlbt/lmhky"u8);

    /// <summary>One order of a batch.</summary>
    /// <param name="Gross">Rao of input that are executed now.</param>
    /// <param name="Net">The same without the fee of a buy.</param>
    private readonly record struct Entry(OrderFill Fill, OrderId Id, ulong Gross, ulong Net)
    {
        public LimitOrder Order => Fill.Order;

        public PositionKey Position => new(Order.Netuid, Order.Hotkey, Order.Owner);
    }

    /// <summary>What a batch comes to before anything is moved.</summary>
    /// <param name="SellTao">The worth of all sells at the spot price.</param>
    private sealed record Sums(U64F64 Price, ulong BuyNet, ulong SellNet, ulong SellTao)
    {
        public bool IsBuy => BuyNet >= SellTao;
    }

    internal static CallOutcome Execute(CallRun run, NetUid netuid, OrdersDetail detail)
    {
        if (!run.Scope.Parameters.LimitOrders) return CallOutcome.Refused(LedgerError.LimitOrdersDisabled);
        if (netuid.IsRoot) return CallOutcome.Refused(LedgerError.RootNetUidNotAllowed);
        var error = Classify(run, netuid, detail, out var buys, out var sells);
        if (error != LedgerError.None) return CallOutcome.Refused(error);
        if (buys.Count + sells.Count == 0) return CallOutcome.Done;

        var results = new Dictionary<OrderId, OrderResult>();
        error = Trade(run, netuid, buys, sells, results);
        if (error != LedgerError.None) return CallOutcome.Refused(error);
        return CallOutcome.Done with { Orders = [.. detail.Orders.Select(fill => results[OrderHash.Of(fill.Order)])] };
    }

    /// <summary>What can be said of a batch without the ledger; the first order that is wrong is told.</summary>
    public static LedgerError CheckList(NetUid netuid, OrdersDetail detail)
    {
        if (netuid.IsRoot) return LedgerError.RootNetUidNotAllowed;
        var seen = new HashSet<OrderId>();
        foreach (var fill in detail.Orders)
        {
            if (!seen.Add(OrderHash.Of(fill.Order))) return LedgerError.DuplicateOrderInBatch;
            if (fill.Order.Netuid != netuid) return LedgerError.OrderNetUidMismatch;
        }

        return LedgerError.None;
    }

    private static LedgerError Classify(CallRun run, NetUid netuid, OrdersDetail detail, out List<Entry> buys, out List<Entry> sells)
    {
        (buys, sells) = ([], []);
        var (seen, spot) = (new HashSet<OrderId>(), OrderRules.SpotPrice(run.Scope, netuid));
        foreach (var fill in detail.Orders)
        {
            var (order, id) = (fill.Order, OrderHash.Of(fill.Order));
            if (!seen.Add(id)) return LedgerError.DuplicateOrderInBatch;
            if (order.Netuid != netuid) return LedgerError.OrderNetUidMismatch;
            var error = OrderRules.Check(run.Scope, fill, id, spot, run.Signer);
            if (error != LedgerError.None) return error;
            var gross = fill.Partial ?? order.Amount;
            if (order.IsBuy) buys.Add(new Entry(fill, id, gross, gross - OrderRules.FeeOf(order, gross).Rao));
            else sells.Add(new Entry(fill, id, gross, gross));
        }

        return LedgerError.None;
    }

    private static LedgerError Trade(CallRun run, NetUid netuid, List<Entry> buys, List<Entry> sells, Dictionary<OrderId, OrderResult> results)
    {
        var scope = run.Scope;
        var error = Collect(scope, netuid, buys, sells);
        if (error != LedgerError.None) return error;

        scope.TryGetBooks(netuid, out var books);
        var price = books is null ? U64F64.One : Market.Price(books);
        var sellNet = Saturate(Sum(sells));
        var sums = new Sums(price, Saturate(Sum(buys)), sellNet, ToTao(sellNet, price));
        error = TradeDifference(scope, netuid, buys, sells, sums, out var received);
        if (error == LedgerError.None) error = PayBuyers(scope, netuid, buys, sums, received, results);
        if (error == LedgerError.None) error = PaySellers(scope, sells, sums, received, results);
        return error == LedgerError.None ? PayFees(scope, [.. buys, .. sells], results) : error;
    }

    private static LedgerError Collect(LedgerScope scope, NetUid netuid, List<Entry> buys, List<Entry> sells)
    {
        foreach (var buy in buys)
        {
            var error = TaoLedger.TransferPlain(scope, buy.Order.Owner, Account, new Tao(buy.Gross), keepAlive: false);
            if (error != LedgerError.None) return error;
        }

        foreach (var sell in sells)
        {
            var error = CheckSeller(scope, netuid, sell);
            if (error == LedgerError.None) error = MoveAlpha(scope, sell.Position, new PositionKey(netuid, Hotkey, Account), new Alpha(sell.Gross));
            if (error != LedgerError.None) return error;
        }

        return LedgerError.None;
    }

    private static LedgerError CheckSeller(LedgerScope scope, NetUid netuid, Entry sell)
    {
        if (!scope.TryGetBooks(netuid, out var books)) return LedgerError.SubnetNotExists;
        if (!books.SubtokenEnabled) return LedgerError.SubtokenDisabled;
        if (scope.GetHotkey(sell.Order.Hotkey) is null) return LedgerError.HotKeyAccountNotExists;
        if (sell.Gross == 0 || ToTao(sell.Gross, Market.Price(books)) < NetworkParameters.MinStake.Rao) return LedgerError.AmountTooLow;
        return LockedStake.CheckAvailable(scope, netuid, sell.Order.Owner, new Alpha(sell.Gross));
    }

    private static LedgerError MoveAlpha(LedgerScope scope, PositionKey from, PositionKey to, Alpha amount)
    {
        if (ShareLedger.Position(scope, from) < amount) return LedgerError.NotEnoughStakeToWithdraw;
        ShareLedger.Decrease(scope, from, amount);
        ShareLedger.Increase(scope, to, amount);
        return LedgerError.None;
    }

    /// <summary>The one swap of a batch, within the tightest bound of the greater side.</summary>
    private static LedgerError TradeDifference(LedgerScope scope, NetUid netuid, List<Entry> buys, List<Entry> sells, Sums sums, out ulong received)
    {
        received = 0;
        if (!TryToAlpha(sums.BuyNet, sums.Price, out var buyAlpha)) return LedgerError.ArithmeticOverflow;
        var amount = sums.IsBuy ? sums.BuyNet - sums.SellTao : SaturatingMath.Subtract(sums.SellNet, buyAlpha);
        if (amount == 0) return LedgerError.None;
        if (!scope.TryGetBooks(netuid, out var books)) return LedgerError.SubnetNotExists;
        if (!books.SubtokenEnabled) return LedgerError.SubtokenDisabled;

        var (side, bound) = sums.IsBuy
            ? (SwapSide.Buy, buys.Min(buy => OrderRules.BoundOf(buy.Order).RaoPerAlpha))
            : (SwapSide.Sell, sells.Max(sell => OrderRules.BoundOf(sell.Order).RaoPerAlpha));
        var error = OrderExecution.CheckBound(books, side, amount, new LimitPrice(bound));
        if (error != LedgerError.None) return error;

        var (run, position) = (new CallRun(scope, Account), new PositionKey(netuid, Hotkey, Account));
        if (sums.IsBuy)
        {
            error = StakeOperations.StakeInto(run, position, new Tao(amount), new LimitPrice(bound), dropFees: false, out var bought);
            received = bought.Rao;
        }
        else
        {
            error = StakeOperations.UnstakeFrom(run, position, Account, new Alpha(amount), new LimitPrice(bound), dropFees: false, out var paid);
            received = paid.Rao;
        }

        return error != LedgerError.None || received > 0 ? error : LedgerError.SwapReturnedZero;
    }

    /// <summary>Alpha of the pool and of the sellers; or, where sells are the greater side, what the buyers' TAO is worth.</summary>
    private static LedgerError PayBuyers(
        LedgerScope scope, NetUid netuid, List<Entry> buys, Sums sums, ulong received, Dictionary<OrderId, OrderResult> results)
    {
        if (!TryToAlpha(sums.BuyNet, sums.Price, out var worth)) return LedgerError.ArithmeticOverflow;
        var total = sums.IsBuy ? (UInt128)received + sums.SellNet : worth;
        foreach (var buy in buys)
        {
            var share = ShareOf(total, buy.Net, sums.BuyNet);
            if (share == 0) return LedgerError.ZeroShareInBatch;
            if (!scope.TryGetBooks(netuid, out var books)) return LedgerError.SubnetNotExists;
            if (!books.SubtokenEnabled) return LedgerError.SubtokenDisabled;
            if (scope.GetHotkey(buy.Order.Hotkey) is null) return LedgerError.HotKeyAccountNotExists;
            var error = MoveAlpha(scope, new PositionKey(netuid, Hotkey, Account), buy.Position, new Alpha(share));
            if (error != LedgerError.None) return error;
            Book(scope, buy, share, new Tao(buy.Gross - buy.Net), results);
        }

        return LedgerError.None;
    }

    /// <summary>TAO of the pool and of the buyers; or, where buys are the greater side, what the sellers' alpha is worth. The fee stays behind.</summary>
    private static LedgerError PaySellers(LedgerScope scope, List<Entry> sells, Sums sums, ulong received, Dictionary<OrderId, OrderResult> results)
    {
        var total = sums.IsBuy ? sums.SellTao : (UInt128)received + sums.BuyNet;
        foreach (var sell in sells)
        {
            var share = ShareOf(total, ToTao(sell.Net, sums.Price), sums.SellTao);
            var fee = OrderRules.FeeOf(sell.Order, share);
            var rest = new Tao(share) - fee;
            if (rest.IsZero) return LedgerError.ZeroShareInBatch;
            var error = TaoLedger.TransferPlain(scope, Account, sell.Order.Owner, rest, keepAlive: false);
            if (error != LedgerError.None) return error;
            Book(scope, sell, rest.Rao, fee, results);
        }

        return LedgerError.None;
    }

    /// <summary>One payment to each receiver of fees: those of sells in their order, then those of buys that are not among them.</summary>
    private static LedgerError PayFees(LedgerScope scope, IReadOnlyList<Entry> entries, Dictionary<OrderId, OrderResult> results)
    {
        var fees = new List<(AccountId To, Tao Amount)>();
        foreach (var entry in entries.OrderBy(entry => entry.Order.IsBuy))
        {
            var fee = results[entry.Id].Fee;
            if (fee.IsZero) continue;
            var place = fees.FindIndex(known => known.To == entry.Order.FeeRecipient);
            if (place < 0) fees.Add((entry.Order.FeeRecipient, fee));
            else fees[place] = (fees[place].To, fees[place].Amount.AddSaturating(fee));
        }

        foreach (var (to, amount) in fees)
        {
            var error = TaoLedger.TransferPlain(scope, Account, to, amount, keepAlive: false);
            if (error != LedgerError.None) return error;
        }

        return LedgerError.None;
    }

    private static void Book(LedgerScope scope, Entry entry, ulong amountOut, Tao fee, Dictionary<OrderId, OrderResult> results)
    {
        var netuid = entry.Order.Netuid;
        OrderBook.Set(scope, netuid, entry.Id, OrderRules.After(OrderBook.Find(scope, netuid, entry.Id)!, entry.Order, entry.Fill.Partial));
        results.Add(entry.Id, new OrderResult(entry.Id, LedgerError.None, entry.Gross, amountOut, fee));
    }

    private static ulong ShareOf(UInt128 total, ulong part, ulong whole) => whole == 0 ? 0 : (ulong)(total * part / whole);

    private static UInt128 Sum(List<Entry> entries)
    {
        UInt128 sum = 0;
        foreach (var entry in entries) sum += entry.Net;
        return sum;
    }

    private static ulong Saturate(UInt128 amount) => amount > ulong.MaxValue ? ulong.MaxValue : (ulong)amount;

    private static ulong ToTao(ulong alpha, U64F64 price) => price.MultiplySaturating(U64F64.FromInteger(alpha)).ToUInt64Saturating();

    /// <summary>Floored; nothing at a price of nothing; false when the quotient does not fit.</summary>
    private static bool TryToAlpha(ulong tao, U64F64 price, out ulong alpha)
    {
        alpha = 0;
        if (price.IsZero) return true;
        var quotient = ((UInt128)tao << U64F64.FractionBits) / price.Bits;
        if (quotient > ulong.MaxValue) return false;
        alpha = (ulong)quotient;
        return true;
    }

    private static AccountId Named(ReadOnlySpan<byte> name)
    {
        Span<byte> bytes = stackalloc byte[AccountId.Length];
        name.CopyTo(bytes);
        return new AccountId(bytes);
    }
}

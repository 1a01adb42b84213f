using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Xunit;
using static Dtao.Grains.Tests.ModelBytes;

namespace Dtao.Grains.Tests.Orders;

/// <summary>Calls that have orders of others executed, and executions of one's own: what they hold, and beside what they run.</summary>
public sealed class RelayDeciderTests
{
    private const ulong Free = 10_000_000;

    private static readonly AccountId s_relayer = Account(1);
    private static readonly BlockNumber s_now = new(7);
    private static readonly NetworkParameters s_parameters = NetworkParameters.Default;

    private static readonly LimitOrder s_order = new()
    {
        Owner = s_relayer,
        Hotkey = Account(2),
        Netuid = new NetUid(1),
        Type = OrderType.LimitBuy,
        Amount = 3_000_000,
        Limit = new LimitPrice(ulong.MaxValue),
        Expiry = new BlockNumber(50),
        ChainId = s_parameters.ChainId,
    };

    [Fact]
    public void Relay_BesideAnythingAndAnythingBesideIt_HoldsNothing()
    {
        var state = NewState();
        var relay = Take(state, Relay(s_order));
        var buy = Take(state, Of(new Call { Kind = CallKind.AddStake, Netuid = new NetUid(1), Amount = 2 * Free }));
        var second = AccountDecider.Next(state, Relay(s_order), s_parameters, s_now);

        Assert.Equal((OperationRoute.Relay, Tao.Zero, false), (relay.Route, relay.Hold, relay.IsExclusive));
        Assert.Equal((true, buy), (buy.IsExclusive, state.Alone));
        Assert.IsType<AccountDecision.Wait>(second);
        Assert.Equal((1, true, 1UL), (state.Relays, state.IsBusy, state.SettledBelow));
    }

    [Fact]
    public void Fill_OfABuy_HoldsWhatItSpendsOrRunsAlone()
    {
        var (state, other) = (NewState(), NewState());

        var whole = Take(state, Fill(s_order, null));
        var part = Take(other, Fill(s_order, 1_000_000));
        var rest = AccountDecider.Next(other, Fill(s_order with { Amount = Free }, null), s_parameters, s_now);

        Assert.Equal((new Tao(3_000_000), false), (whole.Hold, whole.IsExclusive));
        Assert.Equal((new Tao(1_000_000), false), (part.Hold, part.IsExclusive));
        Assert.IsType<AccountDecision.Wait>(rest);
        Assert.Equal(Tao.Zero, Take(NewState(), Fill(s_order with { Type = OrderType.TakeProfit }, null)).Hold);
    }

    /// <summary>Pools that ask whether the account exists must not count on it while an order may empty it.</summary>
    [Fact]
    public void Existence_AnOrderMayEmptyTheAccount_IsNotSettled()
    {
        var state = NewState();
        var before = AccountDecider.ExistenceOf(state, s_parameters, mayVanish: false, s_now).IsSettled;

        Take(state, Fill(s_order with { Amount = Free }, null));

        Assert.True(before);
        Assert.False(AccountDecider.ExistenceOf(state, s_parameters, mayVanish: false, s_now).IsSettled);
    }

    [Fact]
    public void FillOf_SameRelayAndPlace_IsTheSameOperation()
    {
        var relay = Take(NewState(), Relay(s_order, s_order with { Owner = Account(9) }));

        var first = AccountDecider.FillOf(s_relayer, relay, 0);
        var second = AccountDecider.FillOf(s_relayer, relay, 1);

        Assert.Equal(first.Id, AccountDecider.FillOf(s_relayer, relay, 0).Id);
        Assert.NotEqual(first.Id, second.Id);
        Assert.NotEqual(first.Id, AccountDecider.FillOf(Account(4), relay, 0).Id);
        Assert.Equal((s_relayer, Account(9), relay.LastValidBlock), (first.Signer, second.Signer, first.LastValidBlock));
        Assert.Equal(s_relayer, ((FillDetail)second.Call.Detail!).Relayer);
    }

    [Fact]
    public void ResultOf_AnyReceipt_TellsWhatBecameOfTheOrder()
    {
        var (id, order) = (OperationId.Create(), OrderHash.Of(s_order));
        var done = new OrderResult(order, LedgerError.None, 1, 2, new Tao(3));

        Assert.Equal(done, AccountDecider.ResultOf(order, Receipt.Of(id, CallOutcome.Done with { Orders = [done] }, s_now, 1, null)));
        Assert.Equal(OrderResult.Refused(order, LedgerError.OrderExpired), AccountDecider.ResultOf(order, Receipt.Of(id, CallOutcome.Refused(LedgerError.OrderExpired), s_now, 1, null)));
        Assert.Equal(OrderResult.Refused(order, LedgerError.OrderNotReached), AccountDecider.ResultOf(order, Receipt.NotAccepted(id, RefusalCode.Expired, s_now)));
    }

    [Fact]
    public void SettleRelay_AfterItsOrders_EndsItAndLeavesTheTaoAlone()
    {
        var state = NewState();
        var relay = Take(state, Relay(s_order));
        OrderResult[] results = [OrderResult.Refused(OrderHash.Of(s_order), LedgerError.OrderExpired)];

        var settled = AccountDecider.SettleRelay(state, relay.Sequence, results, s_now.Next);
        AccountModel.Instance.Apply(state, settled);

        Assert.Equal((0, false, new Tao(Free), s_now.Next), (state.Relays, state.IsBusy, state.Free, state.Seen));
        Assert.Equal(results, settled.Receipt.Outcome!.Orders);
    }

    [Fact]
    public void State_WithRelaysInFlight_IsReadWithTheirNumber()
    {
        var state = NewState();
        Take(state, Relay(s_order));
        Take(state, Fill(s_order, null));

        var read = AccountModel.Instance.ReadSnapshot(AccountModel.Instance.StateBytes(state));

        Assert.Equal((1, 2, new Tao(3_000_000)), (read.Relays, read.InFlight.Count, read.Held));
    }

    [Fact]
    public void CallDecided_WithPayments_IsReadAsItWas()
    {
        var decided = new CallDecided(
            s_relayer, 1, 1, s_now, OrderShapes.FillOf(new OrderFill(s_order), Account(5)), new PoolOutcome(CallOutcome.Done, -7, s_now, 1), PoolChanges.None, null, null)
        {
            Payments = [new OutgoingTao(Account(6), new Tao(5)), new OutgoingTao(SystemSenders.Dust, new Tao(2))],
        };
        var bytes = PoolModel.Instance.EventBytes(decided);
        var state = new PoolState();
        PoolModel.Instance.Apply(state, decided);

        Assert.Equal(14, bytes[1]);
        Assert.Equal(bytes, PoolModel.Instance.EventBytes(PoolModel.Instance.ReadOne(bytes)));
        Assert.Equal(decided.Payments, state.Outbox.Values);
    }

    private static AccountState NewState() => new() { Id = s_relayer, Free = new Tao(Free) };

    private static InFlightOperation Take(AccountState state, Operation operation)
    {
        var start = Assert.IsType<AccountDecision.Start>(AccountDecider.Next(state, operation, s_parameters, s_now));
        AccountModel.Instance.Apply(state, start.Event);
        return start.Event.Operation;
    }

    private static Operation Relay(params LimitOrder[] orders) =>
        Of(new Call { Kind = CallKind.ExecuteOrders, Detail = new OrdersDetail([.. orders.Select(order => new OrderFill(order))], false) });

    private static Operation Fill(LimitOrder order, ulong? partial) => Of(OrderShapes.FillOf(new OrderFill(order, partial), Account(5)));

    private static Operation Of(Call call) => new() { Id = OperationId.Create(), Signer = s_relayer, Call = call, LastValidBlock = new BlockNumber(60) };
}

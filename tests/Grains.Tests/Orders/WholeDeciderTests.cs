using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Xunit;
using static Dtao.Grains.Tests.ModelBytes;

namespace Dtao.Grains.Tests.Orders;

/// <summary>What accounts make of calls whose orders are executed all or none: the relayer's, and the owners'.</summary>
public sealed class WholeDeciderTests
{
    private const ulong Free = 10_000_000;

    private static readonly AccountId s_owner = Account(1);
    private static readonly AccountId s_relayer = Account(3);
    private static readonly BlockNumber s_now = new(7);
    private static readonly BlockNumber s_last = new(60);
    private static readonly NetworkParameters s_parameters = NetworkParameters.Default;

    private static readonly LimitOrder s_order = new()
    {
        Owner = s_owner,
        Hotkey = Account(2),
        Netuid = new NetUid(1),
        Type = OrderType.LimitBuy,
        Amount = 3_000_000,
        Limit = new LimitPrice(ulong.MaxValue),
        Expiry = new BlockNumber(50),
        ChainId = s_parameters.ChainId,
    };

    /// <summary>All buys of one owner are held together; what takes his last rao, or makes his account, runs alone.</summary>
    [Theory]
    [InlineData(Free, new ulong[] { 3_000_000, 4_000_000 }, 7_000_000, false)]
    [InlineData(Free, new ulong[] { 3_000_000, 7_000_000 }, 9_999_500, true)]
    [InlineData(Free, new ulong[] { }, 0, false)]
    [InlineData(0, new ulong[] { }, 0, true)]
    public void Part_OfAnOwner_HoldsWhatAllHisBuysSpend(ulong free, ulong[] buys, ulong hold, bool isExclusive)
    {
        var state = new AccountState { Id = s_owner, Free = new Tao(free) };
        LimitOrder[] orders = [s_order with { Type = OrderType.TakeProfit }, .. buys.Select(amount => s_order with { Amount = amount })];

        var start = Assert.IsType<AccountDecision.Start>(AccountDecider.Next(state, Part(orders), s_parameters, s_now));

        Assert.Equal((new Tao(hold), isExclusive, OperationRoute.Pool), (start.Event.Operation.Hold, start.Event.Operation.IsExclusive, start.Event.Operation.Route));
    }

    /// <summary>A part that would have to wait in line is refused for good, so that the others of its try are let go.</summary>
    [Fact]
    public void Part_ThatCannotBeginAtOnce_IsRefusedForGood()
    {
        var state = new AccountState { Id = s_owner, Free = new Tao(Free) };
        Take(state, Of(s_owner, new Call { Kind = CallKind.AddStake, Netuid = new NetUid(1), Amount = 2 * Free }));
        var busy = new AccountState { Id = s_owner, Free = new Tao(Free) };
        Take(busy, Of(s_owner, new Call { Kind = CallKind.AddStake, Netuid = new NetUid(1), Amount = 1_000 }));

        Operation[] parts = [Part(s_order), Part(s_order with { Amount = Free })];
        var decided = new[] { state, busy }.Select((account, i) => Assert.IsType<AccountDecision.Decide>(AccountDecider.Next(account, parts[i], s_parameters, s_now)).Event).ToArray();
        AccountModel.Instance.Apply(state, decided[0]);

        Assert.All(decided, refusal => Assert.Equal((LedgerError.OrderNotReached, false), (refusal.Receipt.Outcome!.Error, refusal.Receipt.MayPassOnRetry)));
        Assert.Equal(nameof(LedgerError.OrderNotReached), AccountDecider.Recall(state, parts[0], out _)?.ErrorName);
        Assert.Equal((new Tao(Free), 1), (state.Free, state.InFlight.Count));
    }

    [Fact]
    public void TryOf_SameCallAndNumber_IsTheSameOperations()
    {
        var relay = RelayIn(NewRelayer(), s_order, s_order with { Owner = Account(9), Amount = 5_000_000 }, s_order with { Amount = 4_000_000 });

        var (first, again, next) = (AccountDecider.TryOf(s_relayer, relay, 0), AccountDecider.TryOf(s_relayer, relay, 0), AccountDecider.TryOf(s_relayer, relay, 1));

        Assert.Equal((first.Batch, new NetUid(1), 2), (again.Batch, first.Netuid, first.Parts.Count));
        Assert.Equal(first.Parts.Select(part => part.Id), again.Parts.Select(part => part.Id));
        Assert.Equal(5, new[] { first.Batch, next.Batch }.Concat(first.Parts.Concat(next.Parts).Select(part => part.Id.Value)).Append(relay.Id.Value).Distinct().Count() - 2);
        Assert.Equal(new[] { s_owner, Account(9) }, first.Parts.Select(part => part.Signer));
        Assert.Equal(new[] { 0, 2 }, ((FillBatchDetail)first.Parts[0].Call.Detail!).Fills.Select(placed => placed.Place));
        Assert.All(first.Parts, part => Assert.Equal(s_last, part.LastValidBlock));
    }

    /// <summary>What each answer of the two owners makes of the whole: another try, a refusal, or what the pool decided.</summary>
    [Theory]
    [InlineData("done", "done", 7, "")]
    [InlineData("refused", "refused", 7, "OrderExpired")]
    [InlineData("expired", "stepped back", 7, null)]
    [InlineData("expired", "expired", 7, null)]
    [InlineData("expired", "expired", 61, "OrderNotReached")]
    [InlineData("malformed", "expired", 7, "InvalidSignature")]
    [InlineData("done", "expired", 61, "")]
    public void SettleWhole_AnyAnswers_IsDecidedOrTriedAgain(string one, string other, ulong now, string? error)
    {
        var state = NewRelayer();
        var relay = RelayIn(state, s_order, s_order with { Owner = Account(9) });
        var tried = AccountDecider.TryOf(s_relayer, relay, 0);
        var answers = new[] { one, other }.Select((said, i) => Answer(tried.Parts[i], said, new BlockNumber(now))).ToArray();

        var settled = AccountDecider.SettleWhole(state, relay.Sequence, tried, answers, s_now);

        Assert.Equal(error, settled?.Receipt.ErrorName);
        if (error != "") return;
        var expected = answers.Select(answer => answer.Outcome is null ? LedgerError.OrderNotReached : LedgerError.None);
        Assert.Equal(expected, settled!.Receipt.Outcome!.Orders.Select(result => result.Error));
    }

    [Theory]
    [InlineData("done", false)]
    [InlineData("refused", false)]
    [InlineData("expired", true)]
    [InlineData("stepped back", true)]
    [InlineData("busy", true)]
    [InlineData("unknown", false)]
    public void IsOut_AnyAnswer_TellsWhetherThePartHasNoEffectYet(string said, bool isOut)
    {
        var part = AccountDecider.TryOf(s_relayer, RelayIn(NewRelayer(), s_order), 0).Parts[0];

        Assert.Equal(isOut, AccountDecider.IsOut(Answer(part, said, s_now)));
    }

    [Fact]
    public void Settle_APartThatWasExecuted_NotesTheHotkeysOfItsBuys()
    {
        var state = new AccountState { Id = s_owner, Free = new Tao(Free) };
        var part = Take(state, Part(s_order with { Type = OrderType.TakeProfit, Hotkey = Account(8) }, s_order, s_order with { Amount = 1, Hotkey = Account(7) }));
        var receipt = Receipt.Of(part.Id, CallOutcome.Done, s_now, 1, null);

        AccountModel.Instance.Apply(state, new OperationSettled(part.Sequence, receipt, -5, s_now, Tao.Zero, 0));

        Assert.Equal(new[] { Account(2), Account(7) }, state.StakingHotkeys);
    }

    private static Receipt Answer(Operation part, string said, BlockNumber block) => said switch
    {
        "done" => Receipt.Of(
            part.Id,
            CallOutcome.Done with { Orders = [.. ((FillBatchDetail)part.Call.Detail!).Fills.Select(placed => new OrderResult(OrderHash.Of(placed.Fill.Order), LedgerError.None, 1, 2, Tao.Zero))] },
            block, 1, part.Call.Netuid),
        "refused" => Receipt.Of(part.Id, CallOutcome.Refused(LedgerError.OrderExpired), block, 1, part.Call.Netuid),
        "stepped back" => Receipt.Of(part.Id, CallOutcome.Refused(LedgerError.OrderNotReached), block, 1, null),
        "busy" => Receipt.NotAccepted(part.Id, RefusalCode.TooManyInFlight, block),
        "unknown" => Receipt.NotAccepted(part.Id, RefusalCode.OutcomeUnknown, block),
        "malformed" => Receipt.NotAccepted(part.Id, RefusalCode.MalformedOperation, block),
        _ => Receipt.NotAccepted(part.Id, RefusalCode.Expired, block),
    };

    private static AccountState NewRelayer() => new() { Id = s_relayer, Free = new Tao(Free) };

    private static InFlightOperation RelayIn(AccountState state, params LimitOrder[] orders) => Take(state, Of(s_relayer, Whole(orders)));

    private static InFlightOperation Take(AccountState state, Operation operation)
    {
        var start = Assert.IsType<AccountDecision.Start>(AccountDecider.Next(state, operation, s_parameters, s_now));
        AccountModel.Instance.Apply(state, start.Event);
        return start.Event.Operation;
    }

    private static Operation Part(params LimitOrder[] orders) =>
        Of(s_owner, OrderParts.Of(Whole(orders), new NetUid(1), s_relayer, Guid.NewGuid()).Single(part => part.Owner == s_owner).Call);

    private static Call Whole(params LimitOrder[] orders) =>
        new() { Kind = CallKind.ExecuteBatchedOrders, Netuid = new NetUid(1), Detail = new OrdersDetail([.. orders.Select(order => new OrderFill(order))], false) };

    private static Operation Of(AccountId signer, Call call) => new() { Id = OperationId.Create(), Signer = signer, Call = call, LastValidBlock = s_last };
}

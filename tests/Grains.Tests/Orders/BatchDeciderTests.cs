using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Xunit;
using static Dtao.Grains.Tests.ModelBytes;

namespace Dtao.Grains.Tests.Orders;

/// <summary>What a pool makes of the parts of a call whose orders are executed all or none, once they are all there.</summary>
public sealed class BatchDeciderTests
{
    private const ulong OneTao = 1_000_000_000;
    private const ulong Much = 1_000 * OneTao;

    private static readonly NetUid s_netuid = new(2);
    private static readonly (AccountId Ann, AccountId Bob, AccountId Relayer, AccountId FeeTaker, AccountId Hotkey) s_keys =
        (Account(1), Account(2), Account(3), Account(4), Account(5));
    private static readonly Dictionary<AccountId, HotkeyRecord> s_hotkeys = new() { [s_keys.Hotkey] = new HotkeyRecord(Account(6)) };
    private static readonly HashSet<AccountId> s_nobody = [];

    /// <summary>One row for each way in which a whole is refused, or is not.</summary>
    public static TheoryData<string, LedgerError> Wholes => new()
    {
        { "two buys", LedgerError.None },
        { "a buy and a sale", LedgerError.None },
        { "not placed", LedgerError.InvalidSignature },
        { "without funds", LedgerError.FundsUnavailable },
        { "all that there is, in a batch", LedgerError.None },
        { "all must succeed, and do", LedgerError.None },
        { "all must succeed, and the last has no funds", LedgerError.NotEnoughBalanceToStake },
        { "a hotkey without an owner", LedgerError.HotKeyAccountNotExists },
        { "a fee that is nothing and makes no account", LedgerError.BelowMinimum },
        { "a fee that is nothing to an account that exists", LedgerError.None },
        { "a sale of what is not there", LedgerError.NotEnoughStakeToWithdraw },
    };

    [Theory]
    [MemberData(nameof(Wholes))]
    public void DecideBatch_OfEverySort_IsWhatTheRuleSaysForAllOwners(string situation, LedgerError expected)
    {
        var (ann, bob) = (Buy(s_keys.Ann, 10 * OneTao), Buy(s_keys.Bob, 5 * OneTao));
        var (decided, state) = situation switch
        {
            "two buys" => Decide([ann, bob]),
            "a buy and a sale" => Decide([ann, Sell(s_keys.Bob, OneTao)]),
            "not placed" => Decide([ann, bob], placed: [ann]),
            "without funds" => Decide([ann, bob with { Amount = Much + 1 }]),
            "all that there is, in a batch" => Decide([ann with { Amount = Much }, bob]),
            "all must succeed, and do" => Decide([ann, bob, ann with { Amount = OneTao }], isNetted: false),
            "all must succeed, and the last has no funds" => Decide([ann, bob, ann with { Amount = Much }], isNetted: false),
            "a hotkey without an owner" => Decide([ann, bob with { Hotkey = Account(9) }]),
            "a fee that is nothing and makes no account" => Decide([WithFee(ann, 10), bob]),
            "a fee that is nothing to an account that exists" => Decide([WithFee(ann, 10), bob], existing: [s_keys.FeeTaker]),
            _ => Decide([ann, Sell(s_keys.Bob, 101 * OneTao)]),
        };

        Assert.Equal(expected, decided.Outcome.Error);
        Assert.All(decided.Shares, share => Assert.Equal(expected, share.OutcomeOf(decided).Outcome!.Error));
        if (expected == LedgerError.None) return;
        Assert.All(decided.Shares, share => Assert.Equal(0, share.FreeChange));
        Assert.Equal((true, 0, 0), (decided.Changes.Books is null, decided.Payments.Count, state.Outbox.Count));
    }

    [Fact]
    public void DecideBatch_OwnersOnBothSides_TellsEachHisOwnAndConservesTheTao()
    {
        LimitOrder[] orders = [WithFee(Buy(s_keys.Ann, 10 * OneTao), 10_000_000), Sell(s_keys.Bob, 3 * OneTao), Buy(s_keys.Bob, 2 * OneTao)];

        var (decided, state) = Decide(orders);

        Assert.Equal([LedgerError.None, LedgerError.None, LedgerError.None], decided.Outcome.Orders.Select(result => result.Error));
        Assert.Equal(new[] { (s_keys.Ann, 1), (s_keys.Bob, 2) }, decided.Shares.Select(share => (share.Sender, share.Places.Count)));
        Assert.Equal(
            decided.Outcome.Orders.Skip(1), state.Outcomes.Find(s_keys.Bob, 8)!.Outcome!.Orders);
        Assert.Equal(-(long)(10 * OneTao), decided.Shares[0].FreeChange);
        Assert.Equal((long)decided.Outcome.Orders[1].AmountOut - (long)(2 * OneTao), decided.Shares[1].FreeChange);
        var paid = decided.Payments.Aggregate(0UL, (sum, payment) => sum + payment.Amount.Rao) + (decided.Direct?.Amount.Rao ?? 0);
        var owed = decided.Changes.Owed.Aggregate(0UL, (sum, entry) => sum + entry.Amount.Rao);
        var account = (long)state.Books!.AccountTao.Rao - (long)Much;
        Assert.Equal(0, decided.Shares.Sum(share => share.FreeChange) + (long)paid + (long)owed + account + (long)decided.Changes.Destroyed.Rao);
        Assert.Contains(decided.Payments, payment => payment == new OutgoingTao(s_keys.FeeTaker, new Tao(OneTao / 10)));
        Assert.Equal((1UL, 1UL), (state.Order, state.Swaps));
    }

    /// <summary>A batch that spends all it collects cannot spend the deposit of the account that it passes through, unless that exists.</summary>
    [Theory]
    [InlineData(false, 500)]
    [InlineData(true, 0)]
    public void DecideBatch_OnlyBuys_LeavesTheDepositOnTheModulesAccountWhereThatDoesNotExist(bool exists, ulong left)
    {
        var (decided, _) = Decide([Buy(s_keys.Ann, 10 * OneTao), Buy(s_keys.Bob, 5 * OneTao)], existing: exists ? [OrderBatch.Account] : []);

        Assert.Equal(left, decided.Payments.Where(payment => payment.To == OrderBatch.Account).Aggregate(0UL, (sum, payment) => sum + payment.Amount.Rao));
    }

    [Fact]
    public void DecideBatch_PartsThatMakeNoWhole_AreRefused()
    {
        var (ann, bob) = (Buy(s_keys.Ann, OneTao), Buy(s_keys.Bob, OneTao));
        var state = NewState([ann, bob]);
        var first = PartsOf([ann, bob], true)[0];
        var other = PartsOf([ann, bob], false)[1];

        var decided = PoolDecider.DecideBatch(state, [first, other], true, s_nobody, s_hotkeys);

        Assert.Equal(LedgerError.MalformedCall, decided.Outcome.Error);
    }

    [Fact]
    public void PaidBy_OwnersAndOthers_NamesThoseWhoseBalanceIsNotAtHand()
    {
        var parts = PartsOf([WithFee(Buy(s_keys.Ann, OneTao), 5), WithFee(Buy(s_keys.Bob, OneTao), 5, s_keys.Ann), WithFee(Buy(s_keys.Bob, 2 * OneTao), 0, Account(8))], true);

        Assert.Equal(new[] { s_keys.FeeTaker, OrderBatch.Account }.Order(), PoolDecider.PaidBy(parts));
    }

    [Fact]
    public async Task BatchBook_PartsOfTwoTries_AreKeptApartAndLetGo()
    {
        var book = new BatchBook();
        LimitOrder[] orders = [Buy(s_keys.Ann, OneTao), Buy(s_keys.Bob, OneTao)];
        var (first, second) = (PartsOf(orders, true), PartsOf(orders, true));

        var one = book.Park(first[0])!;
        var two = book.Park(second[1])!;
        book.Park(first[0] with { Free = Tao.Zero });
        Assert.Equal((2, false, false, new Tao(0)), (book.Parts, one.IsWhole, two.IsWhole, one.Parts[s_keys.Ann].Free));

        Assert.Same(one, book.Park(first[1]));
        Assert.True(one.IsWhole);
        book.End(one, isBusy: true);
        Assert.Equal((1, true, false), (book.Parts, await one.Ended, two.IsEnded));

        book.EndExpired(new BlockNumber(60));
        Assert.False(two.IsEnded);
        book.EndExpired(new BlockNumber(61));
        Assert.Equal((0, true, false), (book.Parts, two.IsEnded, await two.Ended));
    }

    [Fact]
    public void BatchBook_ManyPartsAndManyWithdrawn_IsBounded()
    {
        var book = new BatchBook();
        LimitOrder[] orders = [Buy(s_keys.Ann, OneTao), Buy(s_keys.Bob, OneTao)];
        var parts = Enumerable.Range(0, BatchBook.PartsMax + 1).Select(_ => PartsOf(orders, true)[0]).ToArray();
        var withdrawn = Enumerable.Range(0, BatchBook.WithdrawnMax + 1).Select(_ => Guid.NewGuid()).ToArray();

        var taken = parts.Count(part => book.Park(part) is not null);
        foreach (var batch in withdrawn) book.NoteWithdrawn(batch);

        Assert.Equal((BatchBook.PartsMax, BatchBook.PartsMax), (taken, book.Parts));
        Assert.NotNull(book.Park(parts[0]));
        Assert.Equal((false, true), (book.IsWithdrawn(withdrawn[0]), book.IsWithdrawn(withdrawn[^1])));
    }

    [Fact]
    public void OrdersDecided_ReadBack_DoesWhatItDid()
    {
        LimitOrder[] orders = [WithFee(Buy(s_keys.Ann, 10 * OneTao), 10_000_000), Sell(s_keys.Bob, 3 * OneTao)];
        var (decided, state) = Decide(orders);
        var again = NewState(orders);

        PoolModel.Instance.Apply(again, PoolModel.Instance.Reread(decided));

        Assert.Equal(PoolModel.Instance.StateBytes(state), PoolModel.Instance.StateBytes(again));
    }

    private static (OrdersDecided Decided, PoolState State) Decide(
        LimitOrder[] orders, bool isNetted = true, LimitOrder[]? placed = null, AccountId[]? existing = null)
    {
        var state = NewState(placed ?? orders);
        var decided = PoolDecider.DecideBatch(state, PartsOf(orders, isNetted), true, new HashSet<AccountId>(existing ?? []), s_hotkeys);
        PoolModel.Instance.Apply(state, decided);
        return (decided, state);
    }

    private static PoolCommand[] PartsOf(LimitOrder[] orders, bool isNetted)
    {
        var call = new Call
        {
            Kind = isNetted ? CallKind.ExecuteBatchedOrders : CallKind.ExecuteOrders,
            Netuid = s_netuid,
            Detail = new OrdersDetail([.. orders.Select(order => new OrderFill(order))], !isNetted),
        };
        return [.. OrderParts.Of(call, s_netuid, s_keys.Relayer, Guid.NewGuid()).Select(part => new PoolCommand(
            new MessageHead(part.Owner, 8, 8, new BlockNumber(60), new BlockNumber(1), LogStamp.Durable), part.Call, new Tao(Much)))];
    }

    private static PoolState NewState(LimitOrder[] placed)
    {
        var one = SafeFloat.FromUInt64(100 * OneTao);
        var state = new PoolState
        {
            Books = new SubnetBooks
            {
                Netuid = s_netuid,
                Mechanism = 1,
                Owner = Account(6),
                OwnerHotkey = s_keys.Hotkey,
                TaoReserve = new Tao(Much),
                AlphaReserve = new Alpha(2 * Much),
                AlphaOutstanding = new Alpha(100 * OneTao),
                AccountTao = new Tao(Much),
                SubtokenEnabled = true,
                FirstEmissionBlock = new BlockNumber(1),
            },
            LastBlock = new BlockNumber(1),
        };
        state.HotkeyPools[s_keys.Hotkey] = new HotkeyPool(new Alpha(100 * OneTao), one);
        state.Shares[(s_keys.Hotkey, s_keys.Bob)] = one;
        foreach (var order in placed.DistinctBy(OrderHash.Of))
        {
            var record = new OrderRecord(order.Owner, OrderStatus.Open, 0, order);
            state.Metagraph = state.Metagraph with { Orders = state.Metagraph.Orders.SetItem(OrderHash.Of(order), record) };
        }

        return state;
    }

    private static LimitOrder Buy(AccountId owner, ulong amount) => new()
    {
        Owner = owner,
        Hotkey = s_keys.Hotkey,
        Netuid = s_netuid,
        Type = OrderType.LimitBuy,
        Amount = amount,
        Limit = new LimitPrice(ulong.MaxValue),
        Expiry = new BlockNumber(50),
        ChainId = NetworkParameters.Default.ChainId,
    };

    private static LimitOrder Sell(AccountId owner, ulong amount) => Buy(owner, amount) with { Type = OrderType.TakeProfit, Limit = new LimitPrice(1) };

    private static LimitOrder WithFee(LimitOrder order, uint parts, AccountId? to = null) =>
        order with { FeeRate = new Perbill(parts), FeeRecipient = to ?? s_keys.FeeTaker };
}

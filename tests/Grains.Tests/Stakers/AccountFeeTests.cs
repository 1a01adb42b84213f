using Dtao.Economics;
using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Xunit;
using static Dtao.Grains.Tests.ModelBytes;

namespace Dtao.Grains.Tests.Stakers;

/// <summary>Transaction fees at an account: what it sets aside, what it charges itself, and where that goes.</summary>
public sealed class AccountFeeTests
{
    private const ulong Free = 10_000_000, Deposit = 500, Amount = 1_000;

    private static readonly AccountId Signer = Account(1), Receiver = Account(2), Author = Account(9);
    private static readonly BlockNumber Now = new(7);
    private static readonly NetworkParameters WithAuthor = NetworkParameters.Default with { TransactionFees = true, Author = Author };
    private static readonly NetworkParameters WithoutAuthor = WithAuthor with { Author = null };

    private static readonly ulong TransferFee = TransactionFees.FeeOf(Pay(Amount).Call).Rao;
    private static readonly ulong BuyFee = TransactionFees.FeeOf(Buy(Amount).Call).Rao;
    private static readonly ulong AssociateFee = TransactionFees.FeeOf(Associate().Call).Rao;

    [Fact]
    public void Hold_OfABuy_HasTheFeeBesideTheAmount()
    {
        var started = Start(NewState(), Buy(Amount), WithAuthor);

        Assert.Equal((new Tao(Amount + BuyFee), new HeldFee(new Tao(BuyFee), Author), false), (started.Hold, started.Fee, started.IsExclusive));
        Assert.Equal(new Tao(Amount), Start(NewState(), Buy(Amount), NetworkParameters.Default).Hold);
    }

    /// <summary>A fee that does not fit is charged alone, when nobody else's hold can be what is missing.</summary>
    [Theory]
    [InlineData(Free - Deposit, 0UL, false)]
    [InlineData(Free - Deposit, 1UL, true)]
    public void SideBySide_AmountFitsAndTheFeeDoesNot_Waits(ulong fits, ulong more, bool waits)
    {
        var state = NewState();
        var first = Buy(fits - (2 * BuyFee) - Amount + more);
        Take(state, first, WithAuthor);

        var second = AccountDecider.Next(state, Buy(Amount), WithAuthor, Now);

        Assert.Equal(waits, second is AccountDecision.Wait);
    }

    [Fact]
    public void SideBySide_CallThatSpendsNothing_HoldsItsFee()
    {
        var state = NewState();

        Take(state, Unstake(), WithAuthor);

        Assert.Equal(TransactionFees.FeeOf(Unstake().Call), state.Held);
        Assert.False(state.HasExclusive);
        Assert.True(Start(NewState(free: 600), Unstake(), WithAuthor).IsExclusive);
    }

    [Fact]
    public void Transfer_Done_PaysTheAuthorUnderASequenceOfItsOwn()
    {
        var state = NewState();
        Take(state, Pay(Amount), WithAuthor);
        Assert.Equal((new Tao(Amount), new Tao(Amount + TransferFee)), (state.InFlight[1].Sent, state.Held));

        var settled = AccountDecider.SettleTransfer(state, 1, Credited(LedgerError.None), Now, new Tao(Deposit));
        Apply(state, settled);

        Assert.Equal((Free - Amount - TransferFee, 0UL), (state.Free.Rao, state.Held.Rao));
        Assert.Equal(TransactionFee.InTao(new Tao(TransferFee)), settled.Receipt.Outcome!.Fee);
        Assert.Equal([(2UL, new OutgoingFee(Author, new Tao(TransferFee)))], state.FeeOutbox.Select(entry => (entry.Key, entry.Value)));
        Assert.Equal((2UL, 3UL, true), (state.SettledBelow, state.NextSequence, state.HasUnfinished));
        Apply(state, AccountDecider.EndFee(state, 2, Credited(LedgerError.None))!);
        Assert.Equal((3UL, false, 0), (state.SettledBelow, state.HasUnfinished, state.DustOutbox.Count));
    }

    [Fact]
    public void Transfer_RefusedByItsReceiver_KeepsTheFeeOnly()
    {
        var state = NewState();
        Take(state, Pay(Amount), WithAuthor);

        Apply(state, AccountDecider.SettleTransfer(state, 1, Credited(LedgerError.BelowMinimum), Now, new Tao(Deposit)));

        Assert.Equal((Free - TransferFee, new Tao(TransferFee)), (state.Free.Rao, state.FeeOutbox[2].Amount));
    }

    [Fact]
    public void Transfer_NoAuthorAndDust_BothAreReportedAsDestroyed()
    {
        var state = NewState();
        var pay = Pay(Free - TransferFee - 100, keepAlive: false);
        Take(state, pay, WithoutAuthor);
        Assert.Equal((new Tao(100), true), (state.InFlight[1].Dust, state.HasExclusive));

        Apply(state, AccountDecider.SettleTransfer(state, 1, Credited(LedgerError.None), Now, new Tao(Deposit)));

        Assert.Equal((0UL, new Tao(100 + TransferFee), 0), (state.Free.Rao, state.DustOutbox[2], state.FeeOutbox.Count));
    }

    /// <summary>The fee is taken first: what is sent of everything is what it leaves.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TransferAll_WithAFee_SendsTheRest(bool keepAlive)
    {
        var started = Start(NewState(), Of(new Call { Kind = CallKind.TransferAll, ToColdkey = Receiver, KeepAlive = keepAlive }), WithAuthor);

        Assert.Equal(Free - started.FeeAmount.Rao - (keepAlive ? Deposit : 0), started.Sent.Rao);
    }

    [Theory]
    [InlineData(Deposit, 0UL, LedgerError.None)]
    [InlineData(Deposit, 1UL, LedgerError.Payment)]
    public void Transfer_NothingToSendButAFee_NeedsTheDepositBesides(ulong deposit, ulong less, LedgerError expected)
    {
        var state = NewState(free: deposit + TransferFee - less);

        var decided = Decide(state, Pay(0), WithAuthor);
        Apply(state, decided);

        Assert.Equal(expected, decided.Receipt.Outcome!.Error);
        Assert.Equal(expected == LedgerError.None ? deposit : deposit + TransferFee - less, state.Free.Rao);
        Assert.Equal(expected == LedgerError.None ? 1 : 0, state.FeeOutbox.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Transfer_RefusedHere_KeepsTheFee(bool hasAuthor)
    {
        var state = NewState();

        var decided = Decide(state, Pay(Free), hasAuthor ? WithAuthor : WithoutAuthor);
        Apply(state, decided);

        Assert.Equal((LedgerError.FundsUnavailable, TransferFee), (decided.Receipt.Outcome!.Error, decided.Receipt.Outcome.Fee.Tao.Rao));
        Assert.Equal((Free - TransferFee, hasAuthor ? 1 : 0, hasAuthor ? 0 : 1), (state.Free.Rao, state.FeeOutbox.Count, state.DustOutbox.Count));
    }

    [Fact]
    public void Fee_AuthorCouldNotExistByIt_IsDestroyed()
    {
        var state = NewState();
        Apply(state, Decide(state, Pay(Free), WithAuthor));

        var ended = AccountDecider.EndFee(state, 1, Credited(LedgerError.BelowMinimum))!;
        Apply(state, ended);

        Assert.Equal((0, new Tao(TransferFee), 2UL), (state.FeeOutbox.Count, state.DustOutbox[2], state.SettledBelow));
        Assert.Null(AccountDecider.EndFee(state, 1, Credited(LedgerError.None) with { Status = DeliveryStatus.Busy }));
    }

    /// <summary>The author pays himself: nothing leaves, unless too little would stay for him to exist.</summary>
    [Theory]
    [InlineData(true, Deposit, Free - Amount)]
    [InlineData(false, 10_000_000UL, 0UL)]
    public void Fee_OfTheAuthorHimself_StaysWhereHeExists(bool keepAlive, ulong deposit, ulong left)
    {
        var parameters = WithAuthor with { Author = Signer, ExistentialDeposit = new Tao(keepAlive ? deposit : 0) };
        var state = NewState();
        Take(state, Pay(keepAlive ? Amount : Free - TransferFee, keepAlive), parameters);

        Apply(state, AccountDecider.SettleTransfer(state, 1, Credited(LedgerError.None), Now, new Tao(deposit)));

        Assert.Equal((left, keepAlive ? 0 : 1, 0), (state.Free.Rao, state.DustOutbox.Count, state.FeeOutbox.Count));
    }

    [Fact]
    public void Associate_FreeTaoForTheFee_IsSettledWithIt()
    {
        var state = NewState();
        Take(state, Associate(), WithAuthor);
        Assert.Equal(new Tao(AssociateFee), state.Held);

        var settled = AccountDecider.Settle(state, 1, new PoolReply(DeliveryStatus.Decided, CallOutcome.Done, 0, Now, 1, LogStamp.Durable), Now);
        Apply(state, settled);

        Assert.Equal((Free - AssociateFee, AssociateFee), (state.Free.Rao, settled.Receipt.Outcome!.Fee.Tao.Rao));
        Assert.Equal(LedgerError.Payment, Decide(NewState(free: AssociateFee), Associate(), WithAuthor).Receipt.Outcome!.Error);
    }

    [Fact]
    public void Expired_Operation_CostsNothing()
    {
        var state = NewState();
        Take(state, Associate(), WithAuthor);

        Apply(state, AccountDecider.Settle(state, 1, PoolReply.Undecided(DeliveryStatus.Never, Now), Now));

        Assert.Equal((Free, 0UL, false), (state.Free.Rao, state.Held.Rao, state.HasUnfinished));
    }

    [Fact]
    public void Yield_TransferWithAFee_BeginsAnewWithItsFee()
    {
        var state = NewState();
        Take(state, Of(new Call { Kind = CallKind.TransferAll, ToColdkey = Receiver }), WithAuthor);
        var fee = state.InFlight[1].FeeAmount;
        Apply(state, new OperationYielded(1, Now));
        Assert.Equal((Tao.Zero, Tao.Zero), (state.Held, state.InFlight[1].FeeAmount));

        var resumed = Assert.IsType<OperationResumed>(AccountDecider.Resume(state, 1, WithAuthor, Now));

        Assert.Equal((fee, new Tao(Free)), (resumed.Operation.FeeAmount, resumed.Operation.Hold));
    }

    [Fact]
    public void State_WithFeesUnderWay_IsReadAsItWasWritten()
    {
        var state = NewState();
        Apply(state, Decide(state, Pay(Free), WithAuthor));
        Apply(state, Decide(state, Pay(Free), WithoutAuthor));
        Take(state, Buy(Amount), WithAuthor);
        var bytes = AccountModel.Instance.StateBytes(state);

        var read = AccountModel.Instance.ReadSnapshot(bytes);

        Assert.Equal(bytes, AccountModel.Instance.StateBytes(read));
        Assert.Equal(state.FeeOutbox, read.FeeOutbox);
        Assert.Equal(state.InFlight.Values, read.InFlight.Values);
        Assert.Equal(state.SettledBelow, read.SettledBelow);
    }

    /// <summary>Every event goes through its stored form.</summary>
    private static void Apply(AccountState state, AccountEvent happened)
    {
        var read = AccountModel.Instance.ReadOne(AccountModel.Instance.EventBytes(happened));
        Assert.Equal(AccountModel.Instance.EventBytes(happened), AccountModel.Instance.EventBytes(read));
        AccountModel.Instance.Apply(state, read);
    }

    private static AccountState NewState(ulong free = Free) => new() { Id = Signer, Free = new Tao(free) };

    private static InFlightOperation Start(AccountState state, Operation operation, NetworkParameters parameters) =>
        Assert.IsType<AccountDecision.Start>(AccountDecider.Next(state, operation, parameters, Now)).Event.Operation;

    private static OperationDecidedHere Decide(AccountState state, Operation operation, NetworkParameters parameters) =>
        Assert.IsType<AccountDecision.Decide>(AccountDecider.Next(state, operation, parameters, Now)).Event;

    private static void Take(AccountState state, Operation operation, NetworkParameters parameters) =>
        Apply(state, new OperationStarted(Start(state, operation, parameters), Now));

    private static CreditReply Credited(LedgerError error) => new(DeliveryStatus.Decided, error, LogStamp.Durable, Now);

    private static Operation Buy(ulong amount) => Of(new Call { Kind = CallKind.AddStake, Hotkey = Account(3), Netuid = new NetUid(1), Amount = amount });

    private static Operation Unstake() => Of(new Call { Kind = CallKind.RemoveStake, Hotkey = Account(3), Netuid = new NetUid(1), Amount = 1 });

    private static Operation Associate() => Of(new Call { Kind = CallKind.TryAssociateHotkey, Hotkey = Account(3) });

    private static Operation Pay(ulong amount, bool keepAlive = true) =>
        Of(new Call { Kind = CallKind.Transfer, ToColdkey = Receiver, Amount = amount, KeepAlive = keepAlive });

    private static Operation Of(Call call) => new() { Id = OperationId.Create(), Signer = Signer, Call = call, LastValidBlock = new BlockNumber(64) };
}

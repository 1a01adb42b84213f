using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Xunit;
using static Dtao.Grains.Tests.ModelBytes;

namespace Dtao.Grains.Tests.Stakers;

/// <summary>The account's half of an operation: what it takes on, what it holds, and how a hold ends.</summary>
public sealed class AccountDeciderTests
{
    private const ulong Free = 10_000_000, Deposit = 500, Amount = 1_000;

    private static readonly AccountId Signer = Account(1);
    private static readonly BlockNumber Now = new(7);
    private static readonly NetworkParameters Parameters = NetworkParameters.Default;

    public static TheoryData<string> SystemIds => new(new[] { SystemSenders.Registry, SystemSenders.Lane, SystemSenders.Dust }.Select(id => id.ToString()));

    [Theory]
    [MemberData(nameof(SystemIds))]
    [InlineData("subnet account")]
    public void Envelope_SignerIsNoAccountOfTheChain_IsMalformed(string id)
    {
        var signer = id == "subnet account" ? AccountId.OfSubnet(new NetUid(1)) : AccountId.ParseHex(id);

        var code = AccountDecider.CheckEnvelope(signer, Buy(1_000) with { Signer = signer }, Now);

        Assert.Equal(RefusalCode.MalformedOperation, code);
    }

    [Theory]
    [MemberData(nameof(SystemIds))]
    public void Envelope_ReceiverIsASystemSender_IsMalformed(string id) =>
        Assert.Equal(RefusalCode.MalformedOperation, AccountDecider.CheckEnvelope(Signer, Pay(AccountId.ParseHex(id), 1_000), Now));

    [Fact]
    public void Envelope_ReceiverIsASubnetsAccount_Passes() =>
        Assert.Equal(RefusalCode.None, AccountDecider.CheckEnvelope(Signer, Pay(AccountId.OfSubnet(new NetUid(1)), 1_000), Now));

    [Theory]
    [InlineData(1_000_000, 1_000_000, false)]
    [InlineData(Free - Deposit, Free - Deposit, false)]
    [InlineData(Free - Deposit + 1, Free - Deposit, true)]
    [InlineData(ulong.MaxValue, Free - Deposit, true)]
    public void Hold_OfABuy_IsTheAmountOrWhatKeepAliveLeaves(ulong amount, ulong hold, bool isExclusive)
    {
        var started = Start(NewState(), Buy(amount));

        Assert.Equal((new Tao(hold), isExclusive), (started.Hold, started.IsExclusive));
    }

    [Fact]
    public void SideBySide_SumDoesNotFit_Waits()
    {
        var state = NewState();
        Take(state, Buy(6_000_000));

        Assert.IsType<AccountDecision.Wait>(AccountDecider.Next(state, Buy(4_000_000), Parameters, Now));
        Assert.False(Start(state, Buy(3_999_500)).IsExclusive);
    }

    /// <summary>An operation that runs alone lets nothing beside it, and one that does not fit waits until it is alone.</summary>
    [Fact]
    public void Exclusive_InFlight_LetsNothingBesideIt()
    {
        var state = NewState();
        Take(state, Buy(ulong.MaxValue));

        Assert.IsType<AccountDecision.Wait>(AccountDecider.Next(state, Buy(1), Parameters, Now));
    }

    /// <summary>Few are looked through and many are looked up: over that bound and back again, whatever was asked before, and in whatever order they end.</summary>
    [Fact]
    public void InFlight_ManyAndFewAndMany_AreFoundByTheirIdsAsLongAsTheyAre()
    {
        var state = NewState();
        var begun = new List<(OperationId Id, ulong Sequence)>();
        var gone = new List<(OperationId Id, ulong Sequence)>();
        foreach (var (more, ends) in new[] { (12, 9), (9, 4), (3, 8), (20, 23) })
        {
            for (var i = 0; i < more; i++)
            {
                var operation = Start(state, Buy(1_000));
                AccountModel.Instance.Apply(state, new OperationStarted(operation, Now));
                begun.Add((operation.Id, operation.Sequence));
            }

            AssertFound();
            (OperationId Id, ulong Sequence)[] ending = [.. begun.Where((_, place) => place % 2 == 0).Concat(begun.Where((_, place) => place % 2 == 1)).Take(ends)];
            foreach (var (_, sequence) in ending) state.End(sequence);
            begun.RemoveAll(ending.Contains);
            gone.AddRange(ending);
            AssertFound();
        }

        Assert.Empty(state.InFlight);

        void AssertFound()
        {
            Assert.Equal(begun.Count, state.InFlight.Count);
            Assert.All(begun, one => Assert.Equal(one.Sequence, state.SequenceOf(one.Id)));
            Assert.All(gone, one => Assert.Equal(0UL, state.SequenceOf(one.Id)));
        }
    }

    [Fact]
    public void Recall_SameIdOtherContent_IsAConflictWhetherInFlightOrSettled()
    {
        var state = NewState();
        var operation = Buy(1_000);
        var other = operation with { Call = operation.Call with { Amount = 2_000 } };
        Take(state, operation);

        Assert.Equal(RefusalCode.OperationConflict, AccountDecider.Recall(state, other, out _)!.Code);
        Assert.Null(AccountDecider.Recall(state, operation, out var sequence));
        Settle(state, sequence, Reply(DeliveryStatus.Decided, CallOutcome.Done, -1_000));
        Assert.Equal(RefusalCode.OperationConflict, AccountDecider.Recall(state, other, out _)!.Code);
        Assert.True(AccountDecider.Recall(state, operation, out _)!.IsApplied);
    }

    [Theory]
    [InlineData(DeliveryStatus.Decided, true, -700L, Free - 700)]
    [InlineData(DeliveryStatus.Decided, false, 0L, Free)]
    [InlineData(DeliveryStatus.Never, false, 0L, Free)]
    public void Settle_WhateverTheOutcome_EndsTheHoldAndBooksTheChange(DeliveryStatus status, bool isOk, long change, ulong free)
    {
        var state = NewState();
        Take(state, Buy(1_000_000));
        Assert.Equal((new Tao(Free), new Tao(1_000_000), 1UL), (state.Free, state.Held, state.SettledBelow));

        Settle(state, 1, Reply(status, isOk ? CallOutcome.Done : CallOutcome.Refused(LedgerError.AmountTooLow), change));

        Assert.Equal((new Tao(free), Tao.Zero, 2UL), (state.Free, state.Held, state.SettledBelow));
    }

    /// <summary>The floor is the lowest sequence that is not settled, whatever was settled above it.</summary>
    [Fact]
    public void SettledBelow_LaterOperationSettledFirst_WaitsForTheEarlier()
    {
        var state = NewState();
        Take(state, Buy(1_000));
        Take(state, Buy(1_000));

        Settle(state, 2, Reply(DeliveryStatus.Decided, CallOutcome.Done, -1_000));
        Assert.Equal(1UL, state.SettledBelow);
        Settle(state, 1, Reply(DeliveryStatus.Decided, CallOutcome.Done, -1_000));

        Assert.Equal(3UL, state.SettledBelow);
    }

    [Theory]
    [InlineData(Deposit - 1, false, LedgerError.BelowMinimum)]
    [InlineData(Deposit - 1, true, LedgerError.None)]
    [InlineData(Deposit, false, LedgerError.None)]
    public void Credit_ReceiverWouldStayBelowTheDeposit_IsRefusedUnlessItMustSucceed(ulong amount, bool mustSucceed, LedgerError expected)
    {
        var state = new AccountState { Id = Signer };
        var head = new MessageHead(Account(2), 1, 1, new BlockNumber(9), Now, LogStamp.Durable);

        Assert.Equal(expected, AccountDecider.Credit(state, new TaoCredit(head, new Tao(amount), mustSucceed), Parameters, Now)!.Error);
    }

    /// <summary>Of two emptying transfers that cross the higher account's yields; everybody else waits, and TAO that cannot go back is taken.</summary>
    [Theory]
    [InlineData(2, true, false, CreditOutcome.Yielded)]
    [InlineData(0, true, false, null)]
    [InlineData(2, false, false, null)]
    [InlineData(2, false, true, LedgerError.None)]
    public void Credit_BesideAnEmptyingTransfer_WaitsOrYieldsByTheOrderOfAccounts(byte sender, bool runsAlone, bool mustSucceed, LedgerError? expected)
    {
        var state = NewState();
        Take(state, Of(new Call { Kind = CallKind.TransferAll, ToColdkey = Account(2) }));

        var credited = AccountDecider.Credit(state, CreditOf(sender, runsAlone, mustSucceed), Parameters, Now);

        Assert.Equal(expected, credited?.Error);
    }

    /// <summary>What is no transfer may wait for the fee account's transfer, which must therefore never wait for it.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Credit_BesideAnExclusiveOperationThatIsNoTransfer_Yields(byte sender)
    {
        var state = NewState();
        Take(state, Buy(ulong.MaxValue));

        var credited = AccountDecider.Credit(state, CreditOf(sender, runsAlone: true, mustSucceed: false), Parameters, Now);

        Assert.Equal(DeliveryStatus.Yield, AccountDecider.StatusOf(credited!.Error));
    }

    /// <summary>A transfer that has yielded holds nothing, takes credits in, lets nothing start, and begins anew on what the account holds then.</summary>
    [Fact]
    public void Yield_EmptyingTransfer_BeginsAnewWithWhatCameInMeanwhile()
    {
        var state = NewState();
        var operation = Of(new Call { Kind = CallKind.TransferAll, ToColdkey = Account(2) });
        Take(state, operation);
        var busy = new CreditReply(DeliveryStatus.Yield, CreditOutcome.Yielded, LogStamp.Durable, Now.Next, 5);

        AccountModel.Instance.Apply(state, AccountDecider.Yield(1, busy, Now));
        Assert.Equal((Tao.Zero, null, Now.Next, 1UL), (state.Held, state.Alone, state.Seen, state.SettledBelow));
        Assert.IsType<AccountDecision.Wait>(AccountDecider.Next(state, Buy(1), Parameters, Now));
        AccountModel.Instance.Apply(state, AccountDecider.Credit(state, CreditOf(2, runsAlone: true, mustSucceed: false), Parameters, Now)!);
        var resumed = Assert.IsType<OperationResumed>(AccountDecider.Resume(state, 1, Parameters, Now));
        AccountModel.Instance.Apply(state, resumed);

        Assert.Equal((2UL, operation.Id, new Tao(Free + Amount), true), (resumed.Operation.Sequence, resumed.Operation.Id, resumed.Operation.Hold, state.Alone is not null));
        Assert.Equal((resumed.Operation.Hold, 2UL, 2UL), (state.Held, state.SettledBelow, state.SequenceOf(operation.Id)));
    }

    [Fact]
    public void Yield_ExpiredMeanwhile_EndsWithoutAnEffect()
    {
        var state = NewState();
        Take(state, Of(new Call { Kind = CallKind.TransferAll, ToColdkey = Account(2) }));
        AccountModel.Instance.Apply(state, new OperationYielded(1, Now));

        var settled = Assert.IsType<OperationSettled>(AccountDecider.Resume(state, 1, Parameters, new BlockNumber(65)));
        AccountModel.Instance.Apply(state, settled);

        Assert.Equal((RefusalCode.Expired, new Tao(Free), 0), (settled.Receipt.Code, state.Free, state.InFlight.Count));
    }

    /// <summary>Whoever was paid, and whoever paid, acts in no block before the other's.</summary>
    [Fact]
    public void Credit_OfASenderInALaterBlock_BringsTheReceiverAndTheSenderForward()
    {
        var (receiver, sender) = (new AccountState { Id = Account(2), Free = new Tao(Free) }, NewState());
        Take(sender, Pay(Account(2), Amount));

        AccountModel.Instance.Apply(receiver, AccountDecider.Credit(receiver, CreditOf(1, runsAlone: false, mustSucceed: false), Parameters, new BlockNumber(9))!);
        var settled = AccountDecider.SettleTransfer(sender, 1, new CreditReply(DeliveryStatus.Decided, LedgerError.None, LogStamp.Durable, new BlockNumber(11)), Now);
        AccountModel.Instance.Apply(sender, settled);

        Assert.Equal((new BlockNumber(9), new BlockNumber(11), new BlockNumber(11)), (receiver.Seen, sender.Seen, settled.Receipt.Block));
    }

    [Fact]
    public void Existence_WhileAnEmptyingTransferIsInFlightOrAboutToBe_IsNotSettled()
    {
        var state = NewState();
        Assert.Equal(new Existence(true, true, Now), AccountDecider.ExistenceOf(state, Parameters, mayVanish: false, Now));
        Assert.False(AccountDecider.ExistenceOf(state, Parameters, mayVanish: true, Now).IsSettled);

        Take(state, Of(new Call { Kind = CallKind.TransferAll, ToColdkey = Account(2) }));
        Assert.False(AccountDecider.ExistenceOf(state, Parameters, mayVanish: false, Now).IsSettled);
        AccountModel.Instance.Apply(state, new OperationYielded(1, Now));

        Assert.True(AccountDecider.ExistenceOf(state, Parameters, mayVanish: false, Now).IsSettled);
    }

    /// <summary>Credits were once stored without a block.</summary>
    [Fact]
    public void ReadEvent_CreditFromBeforeItCarriedABlock_IsOfGenesis()
    {
        var stored = Convert.FromHexString("0104" + Account(4).ToString() + "2625ac022752");

        var credited = AccountModel.Instance.ReadOne(stored);

        Assert.Equal(new TaoCredited(Account(4), 38, 37, new BlockNumber(300), new Tao(39), LedgerError.BelowMinimum, BlockNumber.Genesis), credited);
    }

    private static TaoCredit CreditOf(byte sender, bool runsAlone, bool mustSucceed) =>
        new(new MessageHead(Account(sender), 1, 1, new BlockNumber(64), Now, LogStamp.Durable), new Tao(Amount), mustSucceed, runsAlone);

    private static AccountState NewState() => new() { Id = Signer, Free = new Tao(Free) };

    private static InFlightOperation Start(AccountState state, Operation operation) =>
        Assert.IsType<AccountDecision.Start>(AccountDecider.Next(state, operation, Parameters, Now)).Event.Operation;

    private static void Take(AccountState state, Operation operation) =>
        AccountModel.Instance.Apply(state, new OperationStarted(Start(state, operation), Now));

    private static void Settle(AccountState state, ulong sequence, PoolReply reply) =>
        AccountModel.Instance.Apply(state, AccountDecider.Settle(state, sequence, reply, Now));

    private static PoolReply Reply(DeliveryStatus status, CallOutcome outcome, long change) =>
        new(status, status == DeliveryStatus.Decided ? outcome : null, change, Now, 1, LogStamp.Durable);

    private static Operation Buy(ulong amount) => Of(new Call { Kind = CallKind.AddStake, Hotkey = Account(3), Netuid = new NetUid(1), Amount = amount });

    private static Operation Pay(AccountId to, ulong amount) =>
        Of(new Call { Kind = CallKind.Transfer, ToColdkey = to, Amount = amount, KeepAlive = true });

    private static Operation Of(Call call) => new() { Id = OperationId.Create(), Signer = Signer, Call = call, LastValidBlock = new BlockNumber(64) };
}

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
    private const ulong Free = 10_000_000, Deposit = 500;

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

        Assert.Equal(expected, AccountDecider.Credit(state, new TaoCredit(head, new Tao(amount), mustSucceed), Parameters).Error);
    }

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

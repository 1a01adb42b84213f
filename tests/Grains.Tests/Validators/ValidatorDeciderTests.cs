using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;
using Xunit;

namespace Dtao.Grains.Tests.Validators;

public sealed class ValidatorDeciderTests
{
    private static readonly AccountId Hotkey = ModelBytes.Account(7);
    private static readonly AccountId Owner = ModelBytes.Account(1);
    private static readonly AccountId Stranger = ModelBytes.Account(2);
    private static readonly BlockNumber Head = new(1_000);

    public static TheoryData<CallKind, bool, int, int, ulong, LedgerError> Rows => new()
    {
        { CallKind.IncreaseTake, true, 100, 200, 0, LedgerError.None },
        { CallKind.IncreaseTake, true, -1, 200, 0, LedgerError.None },
        { CallKind.IncreaseTake, true, 100, 100, 0, LedgerError.DelegateTakeTooLow },
        { CallKind.IncreaseTake, true, 100, 11_797, 0, LedgerError.DelegateTakeTooHigh },
        { CallKind.IncreaseTake, true, 100, 200, 900, LedgerError.DelegateTxRateLimitExceeded },
        { CallKind.IncreaseTake, true, 100, 200, 899, LedgerError.None },
        { CallKind.IncreaseTake, false, 100, 200, 0, LedgerError.NonAssociatedColdKey },
        { CallKind.DecreaseTake, true, 100, 50, 0, LedgerError.None },
        { CallKind.DecreaseTake, true, 100, 100, 0, LedgerError.DelegateTakeTooLow },
        { CallKind.DecreaseTake, true, 100, 9, 0, LedgerError.DelegateTakeTooLow },
        { CallKind.DecreaseTake, true, 100, 50, 999, LedgerError.None },
        { CallKind.DecreaseTake, false, 100, 50, 0, LedgerError.NonAssociatedColdKey },
        { CallKind.TryAssociateHotkey, false, 100, 0, 0, LedgerError.None },
        { CallKind.AddStake, true, 100, 0, 0, LedgerError.MalformedCall },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Decide_OwnedHotkey_AnswersAsTheChain(CallKind kind, bool isOwner, int storedTake, int take, ulong lastChange, LedgerError expected)
    {
        var state = Owned(storedTake, lastChange);
        var before = state.Record;
        var parameters = NetworkParameters.Default with { TakeRateLimit = 100, MinTake = new Take(10) };

        var decided = Decide(state, Command(isOwner ? Owner : Stranger, 1, kind, take), parameters).Event;
        ValidatorModel.Instance.Apply(state, decided);

        Assert.Equal(expected, decided.Outcome.Outcome!.Error);
        Assert.Equal(1ul, decided.Outcome.Order);
        if (expected == LedgerError.None && kind != CallKind.TryAssociateHotkey)
        {
            Assert.Equal(before! with { StoredTake = new Take((ushort)take), LastTakeChange = Head }, state.Record);
        }
        else
        {
            Assert.Equal(before, state.Record);
        }
    }

    [Theory]
    [InlineData(CallKind.IncreaseTake, LedgerError.HotKeyAccountNotExists)]
    [InlineData(CallKind.DecreaseTake, LedgerError.HotKeyAccountNotExists)]
    [InlineData(CallKind.TryAssociateHotkey, LedgerError.None)]
    public void Decide_UnownedHotkey_OnlyAssociationPasses(CallKind kind, LedgerError expected)
    {
        var state = new ValidatorState { Hotkey = Hotkey };

        var decided = Decide(state, Command(Stranger, 1, kind, 100)).Event;
        ValidatorModel.Instance.Apply(state, decided);

        Assert.Equal(expected, decided.Outcome.Outcome!.Error);
        Assert.Equal(expected == LedgerError.None ? new HotkeyRecord(Stranger) : null, state.Record);
    }

    [Fact]
    public void Decide_SubnetAccountAsHotkey_IsRefused()
    {
        var system = AccountId.OfSubnet(new NetUid(3));
        var state = new ValidatorState { Hotkey = system };

        var decided = Decide(state, Command(Stranger, 1, CallKind.TryAssociateHotkey, 0, system)).Event;

        Assert.Equal(LedgerError.CannotUseSystemAccount, decided.Outcome.Outcome!.Error);
        Assert.Null(decided.After);
    }

    [Fact]
    public void Decide_OtherHotkeysCall_IsMalformed()
    {
        var decided = Decide(Owned(100, 0), Command(Owner, 1, CallKind.IncreaseTake, 200, ModelBytes.Account(9))).Event;

        Assert.Equal(LedgerError.MalformedCall, decided.Outcome.Outcome!.Error);
    }

    [Fact]
    public void Decide_RefusalRepeatedAfterItWouldPass_AnswersTheFirstRefusal()
    {
        var state = new ValidatorState { Hotkey = Hotkey };
        var command = Command(Owner, 1, CallKind.IncreaseTake, 200);
        var first = Decide(state, command).Event;
        ValidatorModel.Instance.Apply(state, first);
        ValidatorModel.Instance.Apply(state, Decide(state, Command(Owner, 2, CallKind.TryAssociateHotkey, 0)).Event);

        var repeat = Assert.IsType<ValidatorDecision.Repeat>(ValidatorDecider.Decide(state, command, NetworkParameters.Default, Head));

        Assert.Equal(LedgerError.HotKeyAccountNotExists, first.Outcome.Outcome!.Error);
        Assert.Equal(
            (first.Outcome.Outcome.Error, first.Outcome.Block, first.Outcome.Order),
            (repeat.Outcome.Outcome!.Error, repeat.Outcome.Block, repeat.Outcome.Order));
        Assert.Equal(2ul, state.Order);
    }

    [Fact]
    public void Decide_ExpiredCommand_IsRecordedAsNeverAndStaysSo()
    {
        var state = Owned(100, 0);
        var command = Command(Owner, 1, CallKind.IncreaseTake, 200, lastValid: Head.Value - 1);

        var decided = Decide(state, command).Event;
        ValidatorModel.Instance.Apply(state, decided);
        var later = ValidatorDecider.Decide(state, Command(Owner, 1, CallKind.IncreaseTake, 200), NetworkParameters.Default, Head);

        Assert.Null(decided.Outcome.Outcome);
        Assert.Equal(0ul, state.Order);
        Assert.Equal(new Take(100), state.Record!.StoredTake);
        Assert.Null(Assert.IsType<ValidatorDecision.Repeat>(later).Outcome.Outcome);
    }

    [Fact]
    public void Decide_SequenceBelowWhatTheSenderSettled_IsStale()
    {
        var state = Owned(100, 0);
        ValidatorModel.Instance.Apply(state, Decide(state, Command(Owner, 1, CallKind.IncreaseTake, 200)).Event);
        ValidatorModel.Instance.Apply(state, Decide(state, Command(Owner, 2, CallKind.DecreaseTake, 100, settledBelow: 2)).Event);

        var slept = ValidatorDecider.Decide(state, Command(Owner, 1, CallKind.IncreaseTake, 200), NetworkParameters.Default, Head);

        Assert.IsType<ValidatorDecision.Stale>(slept);
    }

    [Fact]
    public void Decide_SenderHasSeenANewerBlock_BelongsToThatBlockAndNeverRunsBack()
    {
        var state = Owned(100, 0);
        ValidatorModel.Instance.Apply(state, Decide(state, Command(Owner, 1, CallKind.IncreaseTake, 200, seen: 2_000)).Event);

        var second = Decide(state, Command(Owner, 2, CallKind.DecreaseTake, 150)).Event;

        Assert.Equal(new BlockNumber(2_000), state.Record!.LastTakeChange);
        Assert.Equal(new BlockNumber(2_000), second.Outcome.Block);
    }

    [Fact]
    public void EnsureDelegate_Repeated_ChangesNothing()
    {
        var state = Owned(-1, 0);

        var first = ValidatorDecider.EnsureDelegate(state, Head, Head);
        ValidatorModel.Instance.Apply(state, first!);

        Assert.Equal(new DelegateEnsured(Take.Default, Head), first);
        Assert.Equal(new HotkeyRecord(Owner) { StoredTake = Take.Default }, state.Record);
        Assert.Null(ValidatorDecider.EnsureDelegate(state, Head, Head));
    }

    [Fact]
    public void EnsureDelegate_NobodyOwnsTheHotkey_Throws() =>
        Assert.Throws<InvalidOperationException>(() => ValidatorDecider.EnsureDelegate(new ValidatorState { Hotkey = Hotkey }, Head, Head));

    [Fact]
    public void Facts_OwnedAndUnowned_TellTheRecord()
    {
        Assert.Null(ValidatorDecider.Facts(new ValidatorState { Hotkey = Hotkey }));
        Assert.Equal(new HotkeyFacts(Hotkey, Owner, 100, new BlockNumber(5)), ValidatorDecider.Facts(Owned(100, 5)));
    }

    [Fact]
    public void Model_EveryEvent_ReadsBackEqual()
    {
        var changed = new HotkeyRecord(Owner) { StoredTake = new Take(65_535), LastTakeChange = new BlockNumber(ulong.MaxValue) };
        ValidatorEvent[] events =
        [
            new HotkeyOperationDecided(Owner, 3, 2, new BlockNumber(9), new HotkeyOutcome(CallOutcome.Refused(LedgerError.DelegateTakeTooLow), Head, 4), null),
            new HotkeyOperationDecided(Owner, 3, 2, new BlockNumber(9), new HotkeyOutcome(null, Head, 0), changed),
            new DelegateEnsured(Take.Default, Head),
            new StartTold(Head),
        ];

        foreach (var happened in events)
        {
            var back = ValidatorModel.Instance.Reread(happened);
            Assert.Equal(ValidatorModel.Instance.EventBytes(happened), ValidatorModel.Instance.EventBytes(back));
            Assert.IsType(happened.GetType(), back);
        }

        var decided = Assert.IsType<HotkeyOperationDecided>(ValidatorModel.Instance.Reread(events[1]));
        Assert.Equal(changed, decided.After);
        Assert.Null(decided.Outcome.Outcome);
    }

    [Fact]
    public void Model_State_ReadsBackAndStillKnowsItsOutcomes()
    {
        var state = Owned(100, 5);
        var command = Command(Owner, 1, CallKind.IncreaseTake, 200);
        ValidatorModel.Instance.Apply(state, Decide(state, command).Event);

        var back = ValidatorModel.Instance.RereadState(state);

        Assert.Equal(ValidatorModel.Instance.StateBytes(state), ValidatorModel.Instance.StateBytes(back));
        Assert.Equal(state.Record, back.Record);
        Assert.IsType<ValidatorDecision.Repeat>(ValidatorDecider.Decide(back, command, NetworkParameters.Default, Head));
    }

    private static ValidatorState Owned(int storedTake, ulong lastChange) => new()
    {
        Hotkey = Hotkey,
        Record = new HotkeyRecord(Owner)
        {
            StoredTake = storedTake < 0 ? null : new Take((ushort)storedTake),
            LastTakeChange = new BlockNumber(lastChange),
        },
    };

    private static ValidatorDecision.Decide Decide(ValidatorState state, PoolCommand command, NetworkParameters? parameters = null) =>
        Assert.IsType<ValidatorDecision.Decide>(ValidatorDecider.Decide(state, command, parameters ?? NetworkParameters.Default, Head));

    private static PoolCommand Command(
        AccountId signer, ulong sequence, CallKind kind, int take, AccountId? hotkey = null, ulong lastValid = 5_000, ulong settledBelow = 1, ulong seen = 0) => new(
        new MessageHead(signer, sequence, settledBelow, new BlockNumber(lastValid), new BlockNumber(seen), LogStamp.Durable),
        new Call { Kind = kind, Hotkey = hotkey ?? Hotkey, Take = new Take((ushort)take) },
        Tao.Zero);
}

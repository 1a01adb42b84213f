using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Lanes;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;
using Xunit;
using static Dtao.Grains.Tests.Lanes.LaneWorld;

namespace Dtao.Grains.Tests.Lanes;

public sealed class LaneDeciderTests
{
    private const ulong Whole = 1_000_000_000;
    private static readonly NetworkParameters WithAuthor = NetworkParameters.Default with { Author = Author };

    public static TheoryData<string, CallKind, ushort, ushort, ulong, LedgerError> Moves => new()
    {
        { "between two pools", CallKind.MoveStake, 1, 2, 5 * Whole, LedgerError.None },
        { "all that there is and more", CallKind.SwapStake, 1, 3, ulong.MaxValue, LedgerError.None },
        { "from root", CallKind.SwapStake, 0, 2, 5 * Whole, LedgerError.None },
        { "to root", CallKind.MoveStake, 3, 0, 5 * Whole, LedgerError.None },
        { "from a stable subnet", CallKind.SwapStake, 4, 1, 5 * Whole, LedgerError.None },
        { "to another coldkey", CallKind.TransferStake, 2, 1, 5 * Whole, LedgerError.None },
        { "too little", CallKind.SwapStake, 1, 2, 1_000, LedgerError.AmountTooLow },
        { "nothing", CallKind.SwapStake, 1, 2, 0, LedgerError.AmountTooLow },
        { "to no subnet", CallKind.SwapStake, 1, 99, 5 * Whole, LedgerError.SubnetNotExists },
        { "from no subnet", CallKind.SwapStake, 99, 1, 5 * Whole, LedgerError.SubnetNotExists },
        { "to where nothing can be bought", CallKind.SwapStake, 1, 5, 5 * Whole, LedgerError.ReservesTooLow },
    };

    [Theory]
    [MemberData(nameof(Moves))]
    public void Decide_MoveBetweenSubnets_EqualsTheSequentialModel(
        string situation, CallKind kind, ushort from, ushort to, ulong amount, LedgerError expected)
    {
        Assert.NotEmpty(situation);
        var world = new LaneWorld(WithAuthor, (Author, Whole));
        var call = Move(kind, from, to, amount);

        var decided = world.Run((Alice, call));

        Assert.Equal(expected, decided.Decisions[0].Outcome!.Error);
        Assert.Equal(expected == LedgerError.None ? [new(Math.Min(from, to)), new(Math.Max(from, to))] : [], decided.Parts.Select(part => part.Netuid));
        world.AssertEqualsModel(decided);
    }

    [Theory]
    [InlineData(true, LedgerError.None)]
    [InlineData(false, LedgerError.SlippageTooHigh)]
    public void Decide_LimitReached_MovesAPartOrNothing(bool allowPartial, LedgerError expected)
    {
        var world = new LaneWorld();
        var call = Move(CallKind.SwapStakeLimit, 1, 2, 28 * Whole) with { Limit = 83_000_000, AllowPartial = allowPartial };

        var decided = world.Run((Alice, call));

        var outcome = decided.Decisions[0].Outcome!;
        Assert.Equal(expected, outcome.Error);
        if (allowPartial) Assert.InRange(outcome.Moves[0].Alpha.Rao, 1UL, (28 * Whole) - 1);
        world.AssertEqualsModel(decided);
    }

    [Theory]
    [InlineData(CallKind.UnstakeAll)]
    [InlineData(CallKind.UnstakeAllAlpha)]
    public void Decide_UnstakeAll_SellsInEveryPoolWithAPosition(CallKind kind)
    {
        var world = new LaneWorld(WithAuthor, (Author, Whole));

        var decided = world.Run((Alice, new Call { Kind = kind, Hotkey = BobHotkey }));

        Assert.Equal(5, decided.Parts.Count);
        Assert.Equal(kind == CallKind.UnstakeAll, decided.Decisions[0].FreeChange > 0);
        Assert.Equal([1, 2, 3], decided.Parts.Where(part => part.Owed.Length > 0).Select(part => (int)part.Netuid.Value));
        Assert.All(decided.Parts, part => Assert.Equal([0], part.Operations));
        Assert.Equal(kind == CallKind.UnstakeAllAlpha, world.Pool(0).Shares.ContainsKey((BobHotkey, Alice)));
        for (ushort netuid = 1; netuid < 5; netuid++) Assert.False(world.Pool(netuid).Shares.ContainsKey((BobHotkey, Alice)));
        world.AssertEqualsModel(decided);
    }

    [Fact]
    public void Decide_UnstakeAllWithoutPositions_IsDoneAndTouchesNothing()
    {
        var world = new LaneWorld();

        var decided = world.Run((Nobody, new Call { Kind = CallKind.UnstakeAll, Hotkey = AliceHotkey }));

        Assert.True(decided.Decisions[0].Outcome!.IsOk);
        Assert.Empty(decided.Parts);
        world.AssertEqualsModel(decided);
    }

    [Fact]
    public void Decide_OneOperationFailsHalfWay_LeavesNoTraceAndItsNeighboursStand()
    {
        var world = new LaneWorld(WithAuthor, (Author, Whole));
        var halfWay = Move(CallKind.SwapStake, 1, Thin.Value, 5 * Whole);

        var decided = world.Run((Alice, Move(CallKind.SwapStake, 1, 2, Whole)), (Nobody, halfWay), (Bob, halfWay), (Author, Move(CallKind.SwapStake, 2, 1, Whole)));

        Assert.Equal(
            [LedgerError.None, LedgerError.AmountTooLow, LedgerError.ReservesTooLow, LedgerError.AmountTooLow],
            decided.Decisions.Select(decision => decision.Outcome!.Error));
        Assert.Equal([1UL, 2UL, 3UL, 4UL], decided.Decisions.Select(decision => decision.Order));
        Assert.All(decided.Parts, part => Assert.Equal([0], part.Operations));
        Assert.Equal([1, 2], decided.Parts.Select(part => (int)part.Netuid.Value));
        world.AssertEqualsModel(decided);
    }

    [Fact]
    public void Decide_SeveralOperationsOfOneBatch_EachSeesThoseBeforeIt()
    {
        var world = new LaneWorld();

        var decided = world.Run(
            (Alice, Move(CallKind.TransferStake, 1, 2, 3 * Whole)), (Bob, new Call { Kind = CallKind.UnstakeAll, Hotkey = AliceHotkey }));

        Assert.All(decided.Decisions, decision => Assert.True(decision.Outcome!.IsOk));
        Assert.Equal([0, 1], decided.Parts.Single(part => part.Netuid.Value == 2).Operations);
        world.AssertEqualsModel(decided);
    }

    [Fact]
    public void Decide_BeneficiaryExists_FeeIsOwedByThePoolThatChargedIt()
    {
        var world = new LaneWorld(WithAuthor, (Author, 500));

        var decided = world.Run((Alice, Move(CallKind.SwapStake, 2, 1, 5 * Whole)), (Bob, Move(CallKind.SwapStake, 0, 3, 5 * Whole)));

        Assert.Empty(decided.Credits);
        Assert.Equal([2, 3], decided.Parts.Where(part => part.Owed.Length > 0).Select(part => (int)part.Netuid.Value));
        Assert.Equal(new Tao(500), world.Free(Author));
        world.AssertEqualsModel(decided);
    }

    [Theory]
    [InlineData(0UL, 5 * Whole, LedgerError.None)]
    [InlineData(100UL, 5 * Whole, LedgerError.None)]
    [InlineData(0UL, 1_200_000UL, LedgerError.BelowMinimum)]
    public void Decide_BeneficiaryDoesNotExist_FirstFeeIsACreditOrTooSmall(ulong held, ulong amount, LedgerError expected)
    {
        var parameters = WithAuthor with { ExistentialDeposit = new Tao(5_000) };
        var world = new LaneWorld(parameters, (Author, held));

        var decided = world.Run((Alice, Move(CallKind.SwapStake, 2, 1, amount)));

        Assert.Equal(expected, decided.Decisions[0].Outcome!.Error);
        Assert.Equal(expected == LedgerError.None ? [Author] : [], decided.Credits.Select(credit => credit.To));
        Assert.All(decided.Parts, part => Assert.Empty(part.Owed));
        world.AssertEqualsModel(decided);
    }

    [Fact]
    public void Decide_FirstFeeInTheBatch_LetsTheNextBeSmall()
    {
        var parameters = WithAuthor with { ExistentialDeposit = new Tao(5_000) };
        var world = new LaneWorld(parameters);

        var decided = world.Run((Alice, Move(CallKind.SwapStake, 2, 1, 5 * Whole)), (Bob, Move(CallKind.SwapStake, 2, 1, 1_200_000)));

        Assert.All(decided.Decisions, decision => Assert.True(decision.Outcome!.IsOk));
        Assert.Single(decided.Credits);
        world.AssertEqualsModel(decided);
    }

    [Fact]
    public void Decide_BeneficiarySigns_ItsFeesAreInItsOwnChange()
    {
        var world = new LaneWorld(NetworkParameters.Default with { Author = Alice });

        var decided = world.Run((Alice, Move(CallKind.SwapStake, 2, 1, 5 * Whole)), (Bob, Move(CallKind.SwapStake, 2, 1, 5 * Whole)));

        Assert.True(decided.Decisions[0].FreeChange > 0);
        Assert.Equal([Alice], decided.Credits.Select(credit => credit.To));
        world.AssertEqualsModel(decided);
    }

    [Fact]
    public void Decide_BeneficiaryReceivesStake_BooksAddUp()
    {
        var world = new LaneWorld(WithAuthor, (Author, Whole));

        var decided = world.Run((Alice, Move(CallKind.TransferStake, 2, 1, 5 * Whole) with { ToColdkey = Author }));

        Assert.True(decided.Decisions[0].Outcome!.IsOk);
        Assert.False(world.Owed(Author).IsZero);
        world.AssertEqualsModel(decided);
    }

    [Fact]
    public void Decide_NoAuthor_FeeOfABuyGoesToTheBurnAccount()
    {
        var world = new LaneWorld();

        var decided = world.Run((Alice, Move(CallKind.SwapStake, 0, 2, 5 * Whole)));

        Assert.Equal([AccountId.Burn], decided.Credits.Select(credit => credit.To));
        world.AssertEqualsModel(decided);

        var second = world.Run((Alice, Move(CallKind.SwapStake, 0, 2, 5 * Whole)));

        Assert.Empty(second.Credits);
        Assert.False(world.Owed(AccountId.Burn).IsZero);
        world.AssertEqualsModel(second);
    }

    [Theory]
    [InlineData(0UL, 500UL)]
    [InlineData(200UL, 300UL)]
    [InlineData(500UL, 0UL)]
    public void Decide_StakeTransferred_ReceiverKeepsTheExistentialDepositFree(ulong held, ulong credited)
    {
        var world = new LaneWorld(null, (Nobody, held));

        var decided = world.Run((Alice, Move(CallKind.TransferStake, 1, 2, 5 * Whole) with { ToColdkey = Nobody }));

        Assert.Equal(credited == 0 ? [] : [new Tao(credited)], decided.Credits.Select(credit => credit.Amount));
        Assert.Equal(new Tao(500), world.Free(Nobody));
        world.AssertEqualsModel(decided);
    }

    [Fact]
    public void Decide_SignerDoesNotExist_ItsDustIsDestroyedAtTheOrigin()
    {
        var world = new LaneWorld(null, (Nobody, 200));
        world.AssertEqualsModel(world.Run((Alice, Move(CallKind.TransferStake, 1, 2, 5 * Whole) with { ToColdkey = Nobody })));
        world.SetFree(Nobody, new Tao(300));
        var poor = world.Command(Nobody, Move(CallKind.TransferStake, 2, 1, ulong.MaxValue) with { ToColdkey = Bob });

        var decided = world.Run([poor]);

        Assert.True(decided.Decisions[0].Outcome!.IsOk);
        Assert.Equal(-300, decided.Decisions[0].FreeChange);
        Assert.Equal(new Tao(300), decided.Parts.Single(part => part.Netuid.Value == 2).Destroyed);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void Decide_StakeMovedToAnothersHotkey_MakesItADelegate(bool isOthers, int delegates)
    {
        var world = new LaneWorld();
        var to = isOthers ? BobHotkey : AliceHotkey;

        var decided = world.Run((Alice, Move(CallKind.MoveStake, 1, 2, 5 * Whole) with { Hotkey = BobHotkey, ToHotkey = to }));

        Assert.Equal(delegates, decided.Delegates.Count);
        Assert.Equal(isOthers, world.IsDelegate(to));
        world.AssertEqualsModel(decided);

        Assert.Empty(world.Run((Alice, Move(CallKind.MoveStake, 1, 2, Whole) with { Hotkey = BobHotkey, ToHotkey = to })).Delegates);
    }

    [Fact]
    public void Decide_HotkeyOfNobody_IsRefused()
    {
        var world = new LaneWorld();

        var decided = world.Run((Alice, new Call { Kind = CallKind.UnstakeAll, Hotkey = UnownedHotkey }), (Bob, Move(CallKind.MoveStake, 1, 2, Whole) with { ToHotkey = UnownedHotkey }));

        Assert.All(decided.Decisions, decision => Assert.Equal(LedgerError.HotKeyAccountNotExists, decision.Outcome!.Error));
        world.AssertEqualsModel(decided);
    }

    [Fact]
    public void Decide_CallOfAnotherActor_IsRefusedAsMalformed()
    {
        var world = new LaneWorld();

        var decided = world.Run(
            (Alice, new Call { Kind = CallKind.AddStake, Hotkey = AliceHotkey, Netuid = new NetUid(1), Amount = Whole }),
            (Bob, new Call { Kind = CallKind.SwapStake, Hotkey = AliceHotkey, Netuid = new NetUid(1), Amount = Whole }));

        Assert.All(decided.Decisions, decision => Assert.Equal(LedgerError.MalformedCall, decision.Outcome!.Error));
        Assert.Empty(decided.Parts);
    }

    [Fact]
    public void Decide_LastValidBlockHasPassed_IsRecordedAsNever()
    {
        var world = new LaneWorld();
        var command = world.Command(Alice, Move(CallKind.SwapStake, 1, 2, Whole), lastValidBlock: 4);
        var needs = LaneNeeds.Of([command], NetworkParameters.Default);
        var facts = new LaneFacts(
            new BlockNumber(5), NetworkParameters.Default, new Dictionary<NetUid, LaneSlice>(),
            needs.Hotkeys.ToDictionary(hotkey => hotkey, _ => (HotkeyFacts?)null), needs.Accounts.ToDictionary(account => account, _ => Tao.Zero));

        var decided = LaneDecider.Decide(world.State, 1, facts, [command]);
        LaneModel.Instance.Apply(world.State, decided);

        Assert.Null(decided.Decisions[0].Outcome);
        Assert.Equal(0UL, world.State.Order);
        Assert.Equal(Verdict.Known, world.State.Outcomes.Judge(command.Head, new BlockNumber(5), out var outcome));
        Assert.Null(outcome!.Outcome);
    }

    [Fact]
    public void Apply_BatchDecided_IsKnownByItsSendersAndUndeliveredUntilFinished()
    {
        var world = new LaneWorld();
        var command = world.Command(Alice, Move(CallKind.SwapStake, 0, 2, 5 * Whole));

        var decided = world.Run([command]);

        Assert.Equal(Verdict.Known, world.State.Outcomes.Judge(command.Head, BlockNumber.Genesis, out var outcome));
        Assert.Equal(decided.Decisions[0].FreeChange, outcome!.FreeChange);
        Assert.Null(world.State.Undelivered);
        Assert.Equal(2UL, world.State.NextCredit);
        LaneModel.Instance.Apply(world.State, decided with { Batch = decided.Batch + 1 });
        Assert.NotNull(world.State.Undelivered);
        Assert.Throws<InvalidOperationException>(() => LaneModel.Instance.Apply(world.State, decided with { Batch = decided.Batch + 2 }));
    }

    internal static Call Move(CallKind kind, ushort from, ushort to, ulong amount) => new()
    {
        Kind = kind,
        Hotkey = AliceHotkey,
        Netuid = new NetUid(from),
        ToNetuid = new NetUid(to),
        ToHotkey = kind == CallKind.MoveStake ? BobHotkey : null,
        ToColdkey = kind == CallKind.TransferStake ? Bob : null,
        Amount = amount,
    };
}

using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Lanes;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;
using Xunit;
using static Dtao.Grains.Tests.Lanes.LaneWorld;

namespace Dtao.Grains.Tests.Lanes;

/// <summary>What the lane does where a rule breaks, and what it tells pools that were activated afresh.</summary>
public sealed class LaneFailureTests
{
    private const ulong Whole = 1_000_000_000;

    /// <summary>An operation that cannot be decided is refused alone and reported; the others come to what they would come to without it.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Decide_RuleBreaksOnOneOperation_RefusesItAloneAndReportsIt(int place)
    {
        var world = new LaneWorld(NetworkParameters.Default with { Author = Author }, (Author, Whole));
        var sound = world.Command(Alice, Swap(AliceHotkey));
        var broken = world.Command(Bob, Swap(BobHotkey));
        var reported = new List<(int Place, Exception Exception)>();

        var decided = world.RunWithout(
            BobHotkey, place == 0 ? [broken, sound] : [sound, broken], (failed, exception) => reported.Add((failed, exception)));

        Assert.Equal(place, Assert.Single(reported).Place);
        Assert.IsType<InvalidOperationException>(reported[0].Exception);
        Assert.Equal(LedgerError.NotDecided, decided.Decisions[place].Outcome!.Error);
        Assert.Equal(0, decided.Decisions[place].FreeChange);
        Assert.Equal(LedgerError.None, decided.Decisions[1 - place].Outcome!.Error);
        Assert.All(decided.Parts, part => Assert.Equal([1 - place], part.Operations));
        world.AssertEqualsModel(decided with { Decisions = [decided.Decisions[1 - place]] });
    }

    /// <summary>What the lane has credited a signer since it sent its operation counts.</summary>
    [Fact]
    public void GetFree_SignerWasAskedAfterItSent_IsWhatItHoldsNow()
    {
        var world = new LaneWorld();
        var command = world.Command(Alice, Swap(AliceHotkey));
        var needs = LaneNeeds.Of([command], NetworkParameters.Default);
        var facts = new LaneFacts(
            BlockNumber.Genesis, NetworkParameters.Default, new Dictionary<NetUid, LaneSlice>(),
            new Dictionary<AccountId, HotkeyFacts?>(), new Dictionary<AccountId, Tao> { [Alice] = command.Free + new Tao(7) });

        Assert.Contains(Alice, needs.Accounts);
        Assert.Equal(command.Free + new Tao(7), new LaneSource(facts, [command]).GetFree(Alice));
        Assert.Equal(command.Free, new LaneSource(facts with { Free = new Dictionary<AccountId, Tao>() }, [command]).GetFree(Alice));
    }

    /// <summary>A message of a batch that is over must not close a pool which was activated since.</summary>
    [Theory]
    [InlineData(true, true, false, 0UL, true, 8UL)]
    [InlineData(true, false, false, 0UL, false, 9UL)]
    [InlineData(false, false, true, 12UL, true, 11UL)]
    [InlineData(false, false, false, 12UL, false, 11UL)]
    [InlineData(false, false, false, 0UL, false, 11UL)]
    public void ClosingOf_PoolActivatedAfresh_SaysWhetherItStaysClosedAndWhatIsOver(
        bool isDecided, bool isUnreached, bool isAsked, ulong inHand, bool isClosed, ulong calledOff)
    {
        var state = new LaneState { Undelivered = isDecided ? new BatchDecided(9, BlockNumber.Genesis, [], [], [], []) : null };

        Assert.Equal(new LaneClosing(isClosed, calledOff), LaneDecider.ClosingOf(state, isUnreached, isAsked, inHand, lastBatch: 11));
    }

    private static Call Swap(AccountId hotkey) => new()
    {
        Kind = CallKind.SwapStake,
        Hotkey = hotkey,
        Netuid = new NetUid(1),
        ToNetuid = new NetUid(2),
        Amount = 5 * Whole,
    };
}

using System.Collections.Immutable;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Lanes;
using Dtao.Grains.Subnets;
using Xunit;
using static Dtao.Grains.Tests.Lanes.LaneWorld;

namespace Dtao.Grains.Tests.Lanes;

/// <summary>Which keys of a batch a pool is asked about.</summary>
public sealed class LaneConcernsTests
{
    private readonly LaneWorld _world = new();

    [Fact]
    public void At_MovesOfStake_AsksEachPoolAboutThoseThatNameIt()
    {
        var needs = Needs(
            (Alice, LaneDeciderTests.Move(CallKind.SwapStake, 1, 2, 5)),
            (Bob, LaneDeciderTests.Move(CallKind.TransferStake, 2, 3, 5) with { Hotkey = BobHotkey, ToColdkey = Nobody }));

        AssertAsked(needs, 1, [AliceHotkey], [Alice]);
        AssertAsked(needs, 2, [AliceHotkey, BobHotkey], [Alice, Bob, Nobody]);
        AssertAsked(needs, 3, [BobHotkey], [Bob, Nobody]);
        AssertAsked(needs, 4, [], []);
    }

    [Fact]
    public void At_UnstakeAllBesideThem_AsksEveryPoolAboutIt()
    {
        var needs = Needs(
            (Alice, LaneDeciderTests.Move(CallKind.SwapStake, 1, 2, 5)),
            (Bob, new Call { Kind = CallKind.UnstakeAllAlpha, Hotkey = BobHotkey }));

        AssertAsked(needs, 0, [BobHotkey], [Bob]);
        AssertAsked(needs, 1, [AliceHotkey, BobHotkey], [Alice, Bob]);
        AssertAsked(needs, 3, [BobHotkey], [Bob]);
    }

    /// <summary>On which hotkeys a claimer has root stake is told by root; a transfer in the same batch may give it some on another.</summary>
    [Fact]
    public void At_Claim_AsksTheSubnetsThatItNamesAboutTheClaimersHotkeys()
    {
        var needs = Needs(
            (Alice, new Call { Kind = CallKind.ClaimRoot, Detail = new ClaimDetail([new NetUid(2)]) }),
            (Nobody, new Call { Kind = CallKind.ClaimRoot, Detail = new ClaimDetail([new NetUid(3)]) }),
            (Bob, LaneDeciderTests.Move(CallKind.TransferStake, 0, 0, 5) with { Hotkey = BobHotkey, ToColdkey = Alice }));
        var root = new LaneSlice(null, BlockNumber.Genesis, [], [], LogStamp.Durable)
        {
            Claims = new ClaimSlice([], [], [], []) { Hotkeys = [(Alice, [AliceHotkey]), (Nobody, [UnownedHotkey])] },
        };
        var slices = new Dictionary<NetUid, LaneSlice> { [NetUid.Root] = root };
        var known = new LaneInterest(1, [AliceHotkey, BobHotkey, UnownedHotkey], needs.Coldkeys);

        AssertAsked(needs, 0, [BobHotkey], [Alice, Bob, Nobody]);
        AssertKeys(needs.InterestAt(new NetUid(2), known, slices), [AliceHotkey, BobHotkey], [Alice]);
        AssertKeys(needs.InterestAt(new NetUid(3), known, slices), [BobHotkey, UnownedHotkey], [Nobody]);
        AssertKeys(needs.InterestAt(new NetUid(1), known, slices), [], []);
    }

    [Theory]
    [InlineData(CallKind.RegisterNetwork)]
    [InlineData(CallKind.DissolveNetwork)]
    public void At_CallThatReadsMore_AsksEveryPoolAboutEverything(CallKind kind)
    {
        var needs = Needs((Alice, LaneDeciderTests.Move(CallKind.SwapStake, 1, 2, 5)), (Bob, new Call { Kind = kind, Hotkey = BobHotkey, Netuid = new NetUid(3) }));

        Assert.Null(needs.Concerns);
        AssertAsked(needs, 4, needs.Hotkeys, needs.Coldkeys);
    }

    private LaneNeeds Needs(params (AccountId Signer, Call Call)[] calls) =>
        LaneNeeds.Of([.. calls.Select(one => _world.Command(one.Signer, one.Call))], NetworkParameters.Default);

    private static void AssertAsked(LaneNeeds needs, ushort netuid, AccountId[] hotkeys, AccountId[] coldkeys) =>
        AssertKeys(needs.InterestAt(new NetUid(netuid), new LaneInterest(1, needs.Hotkeys, needs.Coldkeys), ImmutableDictionary<NetUid, LaneSlice>.Empty), hotkeys, coldkeys);

    private static void AssertKeys(LaneInterest asked, AccountId[] hotkeys, AccountId[] coldkeys)
    {
        Assert.Equal(hotkeys.Order(), asked.Hotkeys.Order());
        Assert.Equal(coldkeys.Order(), asked.Coldkeys.Order());
    }
}

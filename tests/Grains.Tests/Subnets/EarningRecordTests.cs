using Dtao.Economics;
using Dtao.Economics.Earnings;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Xunit;
using static Dtao.Grains.Tests.ModelBytes;

namespace Dtao.Grains.Tests.Subnets;

/// <summary>What a pool keeps of earnings: how it is stored, and what ends it.</summary>
public sealed class EarningRecordTests
{
    private const string StoredEvent =
        "0128ac0220000000000000000000000000000000000000000000000000000000000000000001010701000000000000008080c89d9deb96f8062100000000000000"
        + "000000000000000000000000000000000000008094ebdc03a0c21e80d0dbc3f402e80280a08aae8f85d7c74201000000e8020000000000003c80a70c0001010101"
        + "010101010101010101010101010101010101010101010101010101010105808080e2d896de8eaf0115270000000002010101010101010101010101010101010101"
        + "0101010101010101010101010101808080808080808040000300020202020202020202020202020202020202020202020202020202020202020200000504";
    private const string StoredState =
        "4101010701000000000000008080c89d9deb96f8062100000000000000000000000000000000000000000000000000008094ebdc03a0c21e80d0dbc3f402e80280"
        + "a08aae8f85d7c74201000000e8020000000000003c80a70c00000100f403fcc581f7a39f8fbe0d945c000000aac901000200a0389601c0970d945cc0970d00945c"
        + "0080a094a58d1d80a094a58d1d00c09306808d4f800100e80201010101010101010101010101010101010101010101010101010101010101010105808080e2d896"
        + "de8eaf01152700d402200000000000000000000000000000000000000000000000000000000000000000018a07b7b1976b4706556fa3f60edd5e2c0a868eec2673"
        + "05bd1d9d55b0e50ab21600000000000100000002010101010101010101010101010101010101010101010101010101010101010103ac0200010000148080808080"
        + "808080400103001480808080808080809001010600020202020202020202020202020202020202020202020202020202020202020203ac02000100001400010504"
        + "1400010a08";

    private static readonly StakeGain[] s_gains =
    [
        new(Account(1), new U64F64(UInt128.One << 62), new U64F64(3)),
        new(Account(2), U64F64.Zero, new U64F64(new UInt128(4, 5))),
    ];

    private static readonly BlockApplied s_applied = new(new(300), new byte[32], new Tao(1), new SubnetBooks { Netuid = new(7) })
    {
        Changes = PoolChanges.None with { HotkeyPools = [(Account(1), new HotkeyPool(new Alpha(5), SafeFloat.FromUInt64(4)))] },
        Gains = s_gains,
    };

    [Fact]
    public void Event_WithGains_IsStoredAndReadToTheByte()
    {
        var bytes = PoolModel.Instance.EventBytes(s_applied);

        Assert.Equal(StoredEvent, Convert.ToHexStringLower(bytes));
        var read = Assert.IsType<BlockApplied>(PoolModel.Instance.ReadOne(bytes));
        Assert.Equal(s_gains, read.Gains);
        Assert.Equal(bytes, PoolModel.Instance.EventBytes(read));
    }

    [Fact]
    public void State_WithEarnings_IsStoredAndReadToTheByte()
    {
        var bytes = PoolModel.Instance.StateBytes(StateAfter(300, 320, 340));

        Assert.Equal(StoredState, Convert.ToHexStringLower(bytes));
        var read = PoolModel.Instance.ReadSnapshot(bytes);
        Assert.Equal(3, read.Earnings.Tracks[Account(1)].Marks.Length);
        Assert.Equal(bytes, PoolModel.Instance.StateBytes(read));
    }

    /// <summary>Neither the books nor the chain of decisions knows of it.</summary>
    [Fact]
    public void Apply_WithAndWithoutGains_HasTheSameDigest()
    {
        var (with, without) = (new PoolState(), new PoolState());

        PoolModel.Instance.Apply(with, s_applied);
        PoolModel.Instance.Apply(without, s_applied with { Gains = [] });

        Assert.Equal(without.Digest, with.Digest);
        Assert.Empty(without.Earnings.Tracks);
        Assert.Equal(2, with.Earnings.Tracks.Count);
    }

    [Fact]
    public void Apply_SubnetRetired_LeavesNoEarnings()
    {
        var state = StateAfter(300);
        var remains = new SubnetRemains(true, false, 1, 2, 3, Metagraph.Empty.AutoStake, 4);

        PoolModel.Instance.Apply(state, new LaneApplied(1, PoolChanges.None with { Retired = new SubnetRetirement(remains, Tao.Zero) }, []));

        Assert.Empty(state.Earnings.Tracks);
    }

    /// <summary>Pools hear of a swap by the trail of the lane; earnings go where the stake goes.</summary>
    [Theory]
    [InlineData("all subnets", 4)]
    [InlineData("this subnet", 4)]
    [InlineData("another subnet", 1)]
    [InlineData("stake stays", 1)]
    [InlineData("refused", 1)]
    public void Apply_HotkeySwapped_ItsEarningsGoWithItsStake(string swap, byte holder)
    {
        var state = StateAfter(300, 320);
        state.Books = new SubnetBooks { Netuid = new(7) };
        var marks = state.Earnings.Tracks[Account(1)].Marks;
        var call = new Call
        {
            Kind = CallKind.SwapHotkey,
            Hotkey = Account(1),
            ToHotkey = Account(4),
            ToNetuid = swap == "this subnet" ? new NetUid(7) : swap == "another subnet" ? NetUid.Root : null,
            Detail = swap == "stake stays" ? new SwitchDetail(true) : null,
        };
        var outcome = swap == "refused" ? CallOutcome.Refused(LedgerError.NonAssociatedColdKey) : CallOutcome.Done;

        PoolModel.Instance.Apply(state, new LaneApplied(1, PoolChanges.None, [new LaneTrail(Account(9), call, outcome)]));

        Assert.Equal(marks.Select(mark => mark.Alpha), state.Earnings.Tracks[Account(holder)].Marks.Select(mark => mark.Alpha));
        // Root stake is not swapped on one subnet, so what it earned there stays as well.
        Assert.Equal(swap != "all subnets", state.Earnings.TryGet(Account(1), out _));
        Assert.Equal(swap == "all subnets" || holder == 1, state.Earnings.Tracks[Account(holder)].Marks.SequenceEqual(marks));
    }

    [Fact]
    public void HotkeysOf_Pages_AreEveryHotkeyOnceWithItsWindows()
    {
        var state = StateAfter(300, 320, 340);
        state.HotkeyPools.Add(Account(9), new HotkeyPool(new Alpha(7), SafeFloat.FromUInt64(7)));
        state.Shares.Add((Account(9), Account(4)), SafeFloat.FromUInt64(3));
        state.Shares.Add((Account(9), Account(5)), SafeFloat.FromUInt64(4));
        var query = new HotkeyQuery(null, 2, [new(310), new(0)], new(339), CountsPositions: true);

        var first = SubnetViews.HotkeysOf(state, query);
        var second = SubnetViews.HotkeysOf(state, query with { After = first.Hotkeys[^1].Hotkey });

        Assert.Equal((2, true, 1, false), (first.Hotkeys.Length, first.HasMore, second.Hotkeys.Length, second.HasMore));
        Assert.Equal([Account(1), Account(2), Account(9)], first.Hotkeys.Concat(second.Hotkeys).Select(row => row.Hotkey));
        // Block 340 is past the window's end, so one epoch after the first is known.
        Assert.Equal((new BlockNumber(300), new BlockNumber(320), true), (first.Hotkeys[0].Earned[0]!.From, first.Hotkeys[0].Earned[0]!.To, first.Hotkeys[0].Earned[0]!.IsWhole));
        Assert.False(first.Hotkeys[0].Earned[1]!.IsWhole);
        Assert.Equal((7UL, 2, true), (second.Hotkeys[0].Stake.Rao, second.Hotkeys[0].Positions, second.Hotkeys[0].Earned.All(span => span is null)));
    }

    private static PoolState StateAfter(params ulong[] blocks)
    {
        var state = new PoolState();
        foreach (var block in blocks) PoolModel.Instance.Apply(state, s_applied with { Block = new(block) });
        return state;
    }
}

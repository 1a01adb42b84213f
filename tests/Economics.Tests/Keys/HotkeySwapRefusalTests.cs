using Dtao.Economics.Ledger;
using Dtao.Economics.Tests.Model;
using Dtao.Economics.Tests.Registration;
using Xunit;
using static Dtao.Economics.Tests.Keys.KeyBench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Keys;

/// <summary>The ladders of swap_hotkey: every check with what breaks it, in order.</summary>
public class HotkeySwapRefusalTests
{
    private static readonly NetUid s_missing = new(99);

    private static readonly Rung[] s_shared =
    [
        new(LedgerError.NonAssociatedColdKey, bench => bench.Signer = Bob),
        new(LedgerError.NonAssociatedColdKey, bench => bench.Ledger.Hotkeys[Ghost] = new HotkeyRecord(Bob), "new"),
        new(LedgerError.NewHotKeyIsSameWithOld, bench => bench.Call = bench.Call with { ToHotkey = Hot }, "new"),
        new(LedgerError.HotKeySetTxRateLimitExceeded, bench => bench.Change(Root, root => root with { KeysSwappedAt = Marks(Owner, bench.Block - 10) })),
    ];

    private static readonly Rung[] s_money =
    [
        new(LedgerError.NotEnoughBalanceToPaySwapHotKey, bench => bench.Ledger.Balance(Owner, CostOf(bench.Call) - 1), "money"),
        new(LedgerError.InsufficientBalance, bench => bench.Ledger.Balance(Owner, CostOf(bench.Call) + 499), "money"),
    ];

    private static readonly Dictionary<string, Rung[]> s_ladders = new(StringComparer.Ordinal)
    {
        ["one subnet"] =
        [
            .. s_shared,
            new(LedgerError.HotKeyAlreadyRegisteredInSubNet, bench => bench.Change(One, one => one with { Neurons = one.Neurons.Add(RegistrationLedger.Neuron(Ghost)) }), "new"),
            new(LedgerError.HotKeyAlreadyRegisteredInSubNet, bench => bench.Change(One, one => one with { Unseated = Marks(Ghost, 1) }), "new"),
            new(LedgerError.HotKeySwapOnSubnetIntervalNotPassed, bench => bench.Block = Interval, "clock"),
            new(LedgerError.HotKeySwapOnSubnetIntervalNotPassed, bench => bench.Change(One, one => one with { HotkeysSwappedAt = Marks(Owner, 1) }), "clock"),
            new(LedgerError.CannotUseSystemAccount, bench => bench.Call = bench.Call with { ToHotkey = AccountId.OfSubnet(s_missing) }, "new"),
            .. s_money,
            new(LedgerError.InvalidChild, bench => bench.Change(One, one => Linked(one, Hot, Ghost)), "new"),
        ],
        ["missing subnet"] = [new(LedgerError.SubnetNotExists, bench => bench.Call = bench.Call with { ToNetuid = s_missing })],
        ["root"] =
        [
            .. s_shared,
            new(LedgerError.NewHotKeyNotCleanForRootSwap, bench => bench.Ledger.Stake(Ghost, Ann, Root, 1), "new"),
            new(LedgerError.HotKeySwapOnSubnetIntervalNotPassed, bench => bench.Block = Interval, "clock"),
            .. s_money,
        ],
        ["all"] =
        [
            .. s_shared,
            new(LedgerError.HotKeyAlreadyRegisteredInSubNet, bench => bench.Change(Two, two => two with { Neurons = [RegistrationLedger.Neuron(Ghost)] }), "new"),
            new(LedgerError.NewHotKeyNotCleanForRootSwap, bench => bench.Ledger.Stake(Ghost, Ann, Root, 1), "new"),
            new(LedgerError.HotKeySwapOnSubnetIntervalNotPassed, bench => bench.Change(One, one => one with { HotkeysSwappedAt = Marks(Owner, 1) })),
            .. s_money,
            new(LedgerError.CannotUseSystemAccount, bench => bench.Call = bench.Call with { ToHotkey = AccountId.OfSubnet(s_missing) }, "new"),
            new(LedgerError.InvalidChild, bench => bench.Change(Two, two => Linked(two, Ghost, Hot)), "new"),
        ],
    };

    public static TheoryData<string> Ladders => [.. s_ladders.Keys];

    [Theory]
    [MemberData(nameof(Ladders))]
    public void Execute_NothingBroken_IsDone(string ladder) => Assert.Equal(LedgerError.None, Run(ladder));

    /// <summary>Each check alone is told under its name and leaves no trace.</summary>
    [Theory]
    [MemberData(nameof(Ladders))]
    public void Execute_OneCheckBroken_NamesItAndLeavesNoTrace(string ladder) =>
        Assert.All(s_ladders[ladder], rung => Assert.Equal(rung.Error, Run(ladder, rung)));

    /// <summary>Of two broken checks the earlier one is told; leaving out pairs of which one mends the other.</summary>
    [Theory]
    [MemberData(nameof(Ladders))]
    public void Execute_TwoChecksBroken_NamesTheEarlier(string ladder)
    {
        var rungs = s_ladders[ladder];
        for (var first = 0; first < rungs.Length; first++)
        {
            foreach (var later in rungs[(first + 1)..].Where(later => later.Group is null || later.Group != rungs[first].Group))
            {
                var told = Run(ladder, rungs[first], later);
                Assert.True(told == rungs[first].Error, $"{rungs[first].Error} with {later.Error} is told as {told}.");
            }
        }
    }

    /// <summary>The one-subnet swap takes a coldkey that never swapped for one that swapped in block 0; the swap on all subnets does not.</summary>
    [Fact]
    public void Execute_FirstBlocksOfANetwork_LetOnlyTheWholeSwapThrough()
    {
        var bench = new KeyBench { Block = 1 };

        Assert.Equal(LedgerError.HotKeySwapOnSubnetIntervalNotPassed, bench.Build().Execute(Owner, Swap(Hot, Ghost, One)).Error);
        Assert.Equal(LedgerError.None, bench.Build().Execute(Owner, Swap(Hot, Ghost)).Error);
    }

    /// <summary>A swap of one subnet and one of all hold each other up where the hotkey takes part, and only there.</summary>
    [Fact]
    public void Execute_AgainAfterTheRateLimit_WaitsOnTheSubnetsOfTheFirstOnly()
    {
        var network = new KeyBench().Build();
        Assert.True(network.Execute(Owner, Swap(Hot, Ghost, One)).IsOk);
        Assert.Equal(LedgerError.HotKeySetTxRateLimitExceeded, network.Execute(Owner, Swap(Hot, Fresh)).Error);
        network.At(network.Block.Value + 11);

        Assert.Equal(LedgerError.HotKeySwapOnSubnetIntervalNotPassed, network.Execute(Owner, Swap(Ghost, Fresh)).Error);
        Assert.Equal(LedgerError.None, network.Execute(Owner, Swap(Hot, Fresh)).Error);
    }

    private static ulong CostOf(Call call) => call.ToNetuid is null ? 100_000_000UL : 1_000_000;

    private static Metagraph Linked(Metagraph metagraph, AccountId parent, AccountId child) => metagraph with
    {
        Children = metagraph.Children.SetItem(parent, [new ChildLink(1, child)]),
        Parents = metagraph.Parents.SetItem(child, [new ChildLink(1, parent)]),
    };

    private static LedgerError Run(string ladder, params Rung[] broken)
    {
        var bench = new KeyBench();
        bench.Call = ladder switch
        {
            "all" => Swap(Hot, Ghost),
            "root" => Swap(Hot, Ghost, Root),
            _ => Swap(Hot, Ghost, One),
        };
        foreach (var rung in broken) rung.Break(bench);
        var network = bench.Build();
        var before = StateDigest.Of(network);
        var error = network.Execute(bench.Signer, bench.Call).Error;
        Assert.Equal(error != LedgerError.None, before == StateDigest.Of(network));
        return error;
    }

    private sealed record Rung(LedgerError Error, Action<KeyBench> Break, string? Group = null);
}

using Dtao.Economics.Ledger;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Neurons;

public class AutoStakeTests
{
    [Fact]
    public void SetAutoStakeHotkey_SeveralChecksFail_TheEarliestIsTold() =>
        new Ladder<(Bench Bench, NetUid[] Netuid, AccountId[] Hotkey)>(
            () => (new Bench(), [One], [Warm]),
            made => made.Bench.Call(Ann, TestCalls.Of(CallKind.SetAutoStakeHotkey, made.Netuid[0], 0, made.Hotkey[0])))
        .Rung(LedgerError.SubnetNotExists, made => made.Netuid[0] = new NetUid(9))
        .Rung(LedgerError.HotKeyNotRegisteredInSubNet, made => made.Hotkey[0] = Ghost)
        .Rung(LedgerError.SameAutoStakeHotkeyAlreadySet, made => made.Bench.Metagraph = made.Bench.Metagraph with
        {
            AutoStake = made.Bench.Metagraph.AutoStake.Add(Ann, Warm),
        })
        .AssertInOrder();

    [Fact]
    public void SetAutoStakeHotkey_Accepted_IsTheColdkeysOnThatSubnetOnly()
    {
        var bench = new Bench();
        Assert.Equal(LedgerError.None, bench.Call(Ann, TestCalls.Of(CallKind.SetAutoStakeHotkey, One, 0, Hot)));

        Assert.Equal(LedgerError.None, bench.Call(Ann, TestCalls.Of(CallKind.SetAutoStakeHotkey, One, 0, Warm)));

        Assert.Equal(Warm, Assert.Single(bench.Metagraph.AutoStake).Value);
        Assert.Empty(bench.Scope.GetMetagraph(Two).AutoStake);
    }
}

using Dtao.Economics.Ledger;
using Dtao.Economics.Tests.Neurons;
using Dtao.Economics.Tests.Staking;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Locks;

/// <summary>The bench with stakes to lock: Ann has 600 alpha on Warm and 400 on Hot (the owner's hotkey) of subnet 1, Bob 500 on Warm.</summary>
internal static class LockBench
{
    public const ulong Whole = 1_000_000_000;
    public const ulong OfAnn = 1_000 * Whole;

    /// <summary>A hotkey of Bob's.</summary>
    public static readonly AccountId BobsHot = Key(14);

    public static Bench Make(Action<TestLedger>? change = null) => new(change: ledger =>
    {
        ledger.Stake(Warm, Ann, One, 600 * Whole).Stake(Hot, Ann, One, 400 * Whole).Stake(Warm, Bob, One, 500 * Whole);
        ledger.Hotkeys[BobsHot] = new HotkeyRecord(Bob);
        change?.Invoke(ledger);
    });

    public static Call Lock(ulong amount, AccountId? hotkey = null, NetUid? netuid = null) =>
        TestCalls.Of(CallKind.LockStake, netuid ?? One, amount, hotkey ?? Warm);

    public static Call MoveTo(AccountId hotkey, NetUid? netuid = null) => TestCalls.Of(CallKind.MoveLock, netuid ?? One, 0, hotkey);

    public static Call Perpetual(bool isOn, NetUid? netuid = null) =>
        new() { Kind = CallKind.SetPerpetualLock, Netuid = netuid ?? One, Detail = new SwitchDetail(isOn) };

    public static Call Reject(bool isOn, NetUid? netuid = null) =>
        new() { Kind = CallKind.SetRejectLockedAlpha, Netuid = netuid ?? One, Detail = new SwitchDetail(isOn) };

    /// <summary>Stake that goes to another coldkey within subnet 1.</summary>
    public static Call Give(AccountId to, ulong amount, AccountId? hotkey = null) => TestCalls.Of(CallKind.TransferStake, One, amount, hotkey ?? Warm) with
    {
        ToColdkey = to,
        ToNetuid = One,
    };

    public static LockState? LockOf(this Bench bench, AccountId coldkey) =>
        bench.Metagraph.Locks.TryGetValue(coldkey, out var held) ? held.State : null;

    public static LockState? TotalOf(this Bench bench, LockKind kind, AccountId hotkey = default) =>
        bench.Metagraph.LockTotals.TryGetValue(new LockBucket(kind, hotkey), out var total) ? total : null;

    public static void Set(this Bench bench, AccountId coldkey, AccountId hotkey, ulong mass, ulong conviction, LockKind kind = LockKind.Decaying)
    {
        var state = new LockState(new Alpha(mass), U64F64.FromInteger(conviction), bench.Scope.Block);
        var bucket = new LockBucket(kind, kind is LockKind.Decaying or LockKind.Perpetual ? hotkey : default);
        var total = bench.Metagraph.LockTotals.TryGetValue(bucket, out var before) ? before.With(state) : state;
        bench.Metagraph = bench.Metagraph with
        {
            Locks = bench.Metagraph.Locks.SetItem(coldkey, new StakeLock(hotkey, state)),
            LockTotals = bench.Metagraph.LockTotals.SetItem(bucket, total),
        };
    }
}

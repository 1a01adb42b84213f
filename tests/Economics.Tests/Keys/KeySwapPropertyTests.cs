using CsCheck;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Tests.Registration;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Keys.KeyBench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Keys;

/// <summary>Swaps of keys between stakes and unstakes: what was somebody's is somebody's still.</summary>
public class KeySwapPropertyTests
{
    private static readonly AccountId[] s_hotkeys = [Hot, Warm, Ghost, Key(14), Key(15)];
    private static readonly AccountId[] s_coldkeys = [Owner, Ann, Bob, Fresh, Key(32), Key(33)];
    private static readonly NetUid?[] s_subnets = [null, Root, One, Two, StableSubnet];

    private static readonly Gen<(int Kind, int A, int B, int C, ulong Amount)> s_step =
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[0, 4], Gen.ULong[2_000_000, 50_000_000_000]);

    [Fact]
    public void Swaps_BetweenTrades_LoseAtMostAUnitOfAPositionAndTheCost()
    {
        int hotkeys = 0, coldkeys = 0;
        s_step.Array[1, 40].Sample(
            steps =>
            {
                var bench = new KeyBench();
                bench.Ledger.Parameters = bench.Ledger.Parameters with { TxRateLimit = 0, HotkeySwapInterval = 0 };
                bench.Ledger.Balance(Ann, 500_000_000_000).Balance(Bob, 500_000_000_000).Balance(Owner, 500_000_000_000);
                var network = bench.Build();
                foreach (var (kind, a, b, c, amount) in steps)
                {
                    var before = (Positions: PositionsOf(network), Pools: PoolsOf(network), network.TotalIssuance, Free: FreeOf(network));
                    var (signer, call) = Make(network, kind, a, b, c, amount);
                    if (!network.Execute(signer, call).IsOk || !Economics.Keys.KeySwapShapes.IsSwap(call.Kind)) continue;
                    _ = call.Kind == CallKind.SwapHotkey ? Interlocked.Increment(ref hotkeys) : Interlocked.Increment(ref coldkeys);

                    var cost = call.Kind != CallKind.SwapHotkey ? 0UL : call.ToNetuid is null ? 100_000_000UL : 1_000_000;
                    if (before.TotalIssuance.Rao - network.TotalIssuance.Rao != cost || before.Free - FreeOf(network) != cost) return false;
                    if (!before.Pools.SequenceEqual(PoolsOf(network))) return false;
                    if (!IsKept(before.Positions, PositionsOf(network), call)) return false;
                }

                return IsBooked(network);
            },
            iter: 150,
            threads: 1);

        Assert.True(hotkeys > 100, $"Only {hotkeys} hotkeys were swapped.");
        Assert.True(coldkeys > 100, $"Only {coldkeys} coldkeys were swapped.");
    }

    private static (AccountId Signer, Call Call) Make(SequentialNetwork network, int kind, int a, int b, int c, ulong amount)
    {
        var (hotkey, other) = (s_hotkeys[a % 5], s_hotkeys[b % 5]);
        var netuid = s_subnets[c];
        return kind switch
        {
            0 or 1 => (s_coldkeys[a], TestCalls.Of(CallKind.AddStake, netuid ?? One, amount, other)),
            2 => (s_coldkeys[a], TestCalls.Of(CallKind.RemoveStake, netuid ?? One, amount, other)),
            3 or 4 => (network.GetHotkey(hotkey)?.Owner ?? Owner, Swap(hotkey, other, netuid, keepsStake: amount % 4 == 0)),
            _ => (Nobody, ByRoot(s_coldkeys[a], s_coldkeys[b])),
        };
    }

    /// <summary>Every position is found again under its new keys, short of at most a unit; what it falls short of is shared by the hotkey's others.</summary>
    private static bool IsKept(Dictionary<PositionKey, Alpha> before, Dictionary<PositionKey, Alpha> after, Call call)
    {
        foreach (var (position, alpha) in before)
        {
            var now = Renamed(position, call);
            var standing = now == position ? 0 : before.GetValueOrDefault(now).Rao;
            if (after.GetValueOrDefault(now).Rao + 1 < alpha.Rao + standing) return false;
        }

        return true;
    }

    private static PositionKey Renamed(PositionKey position, Call call)
    {
        if (call.Kind != CallKind.SwapHotkey)
        {
            var former = ((ColdkeyDetail)call.Detail!).Coldkey;
            return position.Coldkey == former ? position with { Coldkey = call.ToColdkey!.Value } : position;
        }

        var moves = position.Hotkey == call.Hotkey && call.Detail is not SwitchDetail { IsOn: true } && (call.ToNetuid is null || call.ToNetuid == position.Netuid);
        return moves ? position with { Hotkey = call.ToHotkey!.Value } : position;
    }

    private static (NetUid, ulong)[] PoolsOf(SequentialNetwork network) =>
    [
        .. ((INetworkState)network).HotkeyPools.GroupBy(entry => entry.Netuid).OrderBy(group => group.Key)
            .Select(group => (group.Key, group.Aggregate(0UL, (sum, entry) => sum + entry.Pool.Value.Rao))),
    ];

    private static ulong FreeOf(SequentialNetwork network) => ((INetworkState)network).Balances.Aggregate(0UL, (sum, entry) => sum + entry.Value.Rao);

    private static bool IsBooked(SequentialNetwork network) =>
        ((INetworkState)network).Subnets.Aggregate(FreeOf(network), (sum, books) => sum + books.AccountTao.Rao) == network.BalancesIssuance.Rao;
}

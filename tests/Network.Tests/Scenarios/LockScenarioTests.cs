using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Scenarios;

/// <summary>Locked alpha on the cluster and on the sequential model, to the rao: at one pool, through the lane, and over epochs that lock the owner's cut.</summary>
public sealed class LockScenarioTests
{
    private const ulong Held = 100 * OneTao;

    private static readonly AccountId s_other = Key(21);
    private static readonly (AccountId Ann, AccountId Bob, AccountId Cid) s_stakers = (Staker(0), Staker(1), Staker(2));

    /// <summary>Each call with what it comes to, an epoch among them, and the network restarted on the way.</summary>
    [Fact]
    public async Task Cluster_LocksAndWhatTheyForbid_AreTheModels()
    {
        var (ann, bob, cid) = s_stakers;
        (AccountId Signer, Call Call, string Expected)[] calls =
        [
            (ann, Lock(s_other, 60 * OneTao), "ok"),
            (ann, Lock(Hot, 1), "LockHotkeyMismatch"),
            (ann, Lock(s_other, Held), "InsufficientStakeForLock"),
            (bob, new Call { Kind = CallKind.MoveLock, Netuid = One, Hotkey = Hot }, "NoExistingLock"),
            (cid, Switch(CallKind.SetRejectLockedAlpha, isOn: false), "ok"),
            (cid, Switch(CallKind.SetPerpetualLock, isOn: true), "ok"),
            (ann, Of(CallKind.RemoveStake, Hot, 41 * OneTao), "StakeUnavailable"),
            (ann, Of(CallKind.MoveStake, Hot, 41 * OneTao) with { ToHotkey = Warm, ToNetuid = Two }, "StakeUnavailable"),
            (ann, Of(CallKind.MoveStake, Hot, 5 * OneTao) with { ToHotkey = Warm, ToNetuid = Two }, "ok"),
            (ann, Of(CallKind.MoveStake, Hot, 50 * OneTao) with { ToHotkey = Warm, ToNetuid = One }, "ok"),
            (ann, Of(CallKind.SwapStake, Warm, 40 * OneTao) with { ToNetuid = Two }, "StakeUnavailable"),
            (ann, Of(CallKind.UnstakeAll, Warm, 0), "ok"),
            (ann, Of(CallKind.RemoveStake, Hot, OneTao), "ok"),
            (ann, Of(CallKind.TransferStake, Warm, 50 * OneTao) with { ToColdkey = bob, ToNetuid = One }, "AccountRejectsLockedAlpha"),
            (ann, Of(CallKind.TransferStake, Warm, 50 * OneTao) with { ToColdkey = cid, ToNetuid = One }, "ok"),
            (ann, Of(CallKind.RemoveStake, Hot, OneTao), "StakeUnavailable"),
            (ann, new Call { Kind = CallKind.MoveLock, Netuid = One, Hotkey = Warm }, "ok"),
            (bob, Lock(s_other, Held), "ok"),
        ];
        var steps = calls.Select(step => new ScenarioStep(0, step.Signer, step.Call)).ToList();
        steps.Insert(5, new ScenarioStep(3, default, null));
        steps.Add(new ScenarioStep(8, default, null));
        steps.Add(new ScenarioStep(0, ann, Of(CallKind.RemoveStake, Hot, OneTao)));
        var scenario = new Scenario("locks", SmallNetwork.Aliases, Locking(), steps, new ScenarioExpectation(null, null, null, []));

        await using var cluster = new OrderedLogNetwork(await ClusterNetwork.StartAsync(scenario.Genesis));
        var onModel = await ScenarioRunner.Run(scenario, new ModelNetwork(scenario.Genesis));
        var onCluster = await ScenarioRunner.Run(scenario, new RestartingNetwork(cluster, steps.Count * 2 / 3));

        Assert.Equal(calls.Select(call => call.Expected).Append("StakeUnavailable"), Results(onModel));
        Assert.Equal(Text(onModel), Text(onCluster));
        Assert.Contains("\"lock_totals\"", Text(onModel), StringComparison.Ordinal);
        await cluster.AssertClean();
    }

    /// <summary>Two stakes of Ann, so that what is locked stands on several hotkeys, an epoch every 4 blocks, and the owner's cut locked.</summary>
    private static GenesisState Locking()
    {
        var genesis = Genesis(stakers: 3);
        var one = genesis.Subnets.Single(subnet => subnet.Books.Netuid == One).Books;
        one.Tempo = 4;
        one.Hyper = one.Hyper with { OwnerCutAutoLock = true };
        return genesis with { Hotkeys = [.. genesis.Hotkeys, new GenesisHotkey(s_other, new HotkeyRecord(s_stakers.Bob))] };
    }

    private static Call Lock(AccountId hotkey, ulong amount) => Of(CallKind.LockStake, hotkey, amount);

    private static Call Of(CallKind kind, AccountId hotkey, ulong amount) => new() { Kind = kind, Netuid = One, Hotkey = hotkey, Amount = amount };

    private static Call Switch(CallKind kind, bool isOn) => new() { Kind = kind, Netuid = One, Detail = new SwitchDetail(isOn) };

    private static IEnumerable<string> Results(ScenarioRun run) => ((IReadOnlyList<object?>)run.State["results"]!)
        .Select(result => ((CanonicalObject)result!).TryGetValue("error", out var error) ? (string)error! : "ok");

    private static string Text(ScenarioRun run) => System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(run.State));
}

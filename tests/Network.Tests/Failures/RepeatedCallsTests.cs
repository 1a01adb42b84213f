using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using static Dtao.Network.Tests.Orders.OrderBench;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Failures;

/// <summary>A client that repeats every call is told the same each time, and leaves the ledger of one that does not, to the rao.</summary>
public sealed class RepeatedCallsTests
{
    private static readonly AccountId s_sudo = Key(90);
    private static readonly (AccountId Ann, AccountId Bob, AccountId Cid, AccountId Dan) s_stakers = (Staker(0), Staker(1), Staker(2), Staker(3));

    /// <summary>Only accounts make these, for others.</summary>
    private static readonly CallKind[] s_notSent = [CallKind.None, CallKind.FillOrder, CallKind.FillBatch];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Client_SendsEveryCallThreeTimes_LeavesTheLedgerOfOneThatCallsOnce(bool inParallel)
    {
        var genesis = Genesis(Author, stakers: 5);
        genesis = genesis with
        {
            Parameters = genesis.Parameters with { SudoKey = s_sudo, TransactionFees = true, ColdkeySwapDelay = 1, AdminFreezeWindow = 0, NetworkRateLimit = 0 },
        };
        var scenario = new Scenario("repeats", SmallNetwork.Aliases, genesis, Steps(), new ScenarioExpectation(null, null, null, []));
        await using var cluster = await ClusterNetwork.StartAsync(genesis);

        var once = await ScenarioRunner.Run(scenario, new ModelNetwork(genesis));
        var thrice = await ScenarioRunner.Run(scenario, new RepeatingNetwork(cluster, inParallel));

        Assert.Equal(Text(once), Text(thrice));
        AuditAssert.IsClean(cluster.Host);
        var sent = scenario.Steps.Where(step => step.Call is not null).Select(step => step.Call!.Kind).ToHashSet();
        Assert.Subset(sent, Enum.GetValues<CallKind>().Except(s_notSent).ToHashSet());
        var done = ((IReadOnlyList<object?>)once.State["results"]!).Count(result => (bool)((CanonicalObject)result!)["ok"]!);
        Assert.True(done > sent.Count / 2, $"Only {done} calls were done.");
    }

    private static List<ScenarioStep> Steps()
    {
        var steps = new List<ScenarioStep>();
        void Do(params (AccountId Signer, Call Call)[] calls) => steps.AddRange(calls.Select(one => new ScenarioStep(0, one.Signer, one.Call)));
        void Blocks(ulong count) => steps.Add(new ScenarioStep(count, default, null));
        Do([.. Trades(), .. Accounts()]);
        Blocks(2);
        Do([.. Neurons(), .. Orders()]);
        Blocks(1);
        Do([.. Owners(), .. Keys()]);
        Blocks(2);
        Do((s_stakers.Dan, Calls.SwapColdkeyAnnounced(Key(78))), (default, Calls.DissolveNetwork(Stable)));
        Blocks(1);
        return steps;
    }

    private static IEnumerable<(AccountId, Call)> Trades()
    {
        var (ann, bob, cid, _) = s_stakers;
        var (tao, alpha, limit) = (new Tao(OneTao), new Alpha(OneTao), new LimitPrice(OneTao));
        return
        [
            (ann, Calls.AddStake(Hot, One, tao)), (bob, Calls.AddStakeLimit(Warm, Two, tao, limit, allowPartial: true)),
            (ann, Calls.RemoveStake(Hot, One, alpha)), (bob, Calls.RemoveStakeLimit(Warm, Two, alpha, new LimitPrice(1), allowPartial: true)),
            (cid, Calls.RemoveStakeFullLimit(Warm, Two, null)), (ann, Calls.MoveStake(Hot, Warm, One, Two, alpha)),
            (ann, Calls.TransferStake(bob, Hot, One, Two, alpha)), (bob, Calls.SwapStake(Hot, One, Two, alpha)),
            (bob, Calls.SwapStakeLimit(Hot, One, Two, alpha, 1, allowPartial: true)), (ann, Calls.RecycleAlpha(Hot, One, alpha)),
            (ann, Calls.BurnAlpha(Hot, One, alpha)), (ann, Calls.AddStakeBurn(Hot, One, tao, null)),
            (Owner, Calls.AddStakeBurn(Hot, One, new Tao(OneTao / 10), null)),
            (bob, new Call { Kind = CallKind.AddStakeRecycle, Hotkey = Hot, Netuid = One, Amount = OneTao }),
            (cid, Calls.UnstakeAllAlpha(Hot)), (cid, Calls.UnstakeAll(Hot)), (ann, Calls.AddStake(Ghost, One, tao)),
            (bob, new Call { Kind = CallKind.LockStake, Hotkey = Hot, Netuid = One, Amount = 10 * OneTao }),
            (bob, new Call { Kind = CallKind.SetPerpetualLock, Netuid = One, Detail = new SwitchDetail(true) }),
            (bob, new Call { Kind = CallKind.SetRejectLockedAlpha, Netuid = One, Detail = new SwitchDetail(true) }),
            (bob, new Call { Kind = CallKind.MoveLock, Hotkey = Warm, Netuid = One }),
        ];
    }

    private static IEnumerable<(AccountId, Call)> Accounts()
    {
        var (ann, bob, _, _) = s_stakers;
        return
        [
            (ann, Calls.Transfer(Nobody, new Tao(OneTao), keepAlive: true)), (Nobody, Calls.TransferAll(bob, keepAlive: false)),
            (Owner, Calls.DecreaseTake(Hot, new Take(5_000))), (Owner, Calls.IncreaseTake(Hot, new Take(6_000))),
            (ann, Calls.TryAssociateHotkey(Ghost)), (Owner, Calls.StartCall(Unstarted)),
            (ann, Calls.SetIdentity(new ColdkeyIdentityDetail("Ann", "", "", "", "", "", ""))),
            (ann, Calls.SetAutoParentDelegation(Ghost, isEnabled: false)), (default, Calls.Administer("take_rate_limit", "1", netuid: null)),
            (default, new Call { Kind = CallKind.SetNumRootClaims, Amount = 3 }), (s_sudo, Calls.SudoSet("sudo_set_tx_rate_limit", "1")),
            (ann, Calls.Transfer(s_sudo, new Tao(OneTao), keepAlive: true)), (s_sudo, Calls.SudoSet("sudo_set_tx_rate_limit", "1")),
        ];
    }

    private static IEnumerable<(AccountId, Call)> Neurons()
    {
        var (ann, bob, _, _) = s_stakers;
        ushort[] uids = [0], values = [1], salt = [7];
        var weights = Calls.SetWeights(One, uids, values);
        return
        [
            (Owner, Calls.SetHyperparameter(One, "sudo_set_commit_reveal_weights_enabled", "false")),
            (ann, Calls.RegisterNeuron(Ghost, One)), (bob, Calls.RegisterLimit(Key(91), One, new Tao(100 * OneTao))), (ann, Calls.RootRegister(Ghost)),
            (Owner, Calls.RegisterNeuron(Hot, One)), (Hot, weights), (Ghost, Calls.BatchSetWeights([weights])),
            (Hot, Calls.CommitWeights(Hot, One, uids, values, salt)), (Hot, Calls.RevealWeights(One, uids, values, salt)),
            (Hot, new Call
            {
                Kind = CallKind.BatchRevealWeights,
                Netuid = One,
                Detail = new BatchRevealDetail([(WeightsDetail)Calls.RevealWeights(One, uids, values, salt).Detail!]),
            }),
            (Hot, Calls.CommitTimelockedWeights(One, uids, values)), (Hot, Calls.BatchCommitWeights([Calls.CommitWeights(Hot, One, uids, values, salt)])),
            (ann, Calls.SetChildren(Ghost, One, [])), (ann, Calls.SetChildkeyTake(Ghost, One, new Take(100))), (ann, Calls.SetAutoStakeHotkey(Hot, One)),
            (ann, Calls.ClaimRoot([One])), (ann, Calls.SetRootClaimType(RootClaimType.Keep)), (bob, Calls.RegisterNetwork(Key(92))),
        ];
    }

    private static IEnumerable<(AccountId, Call)> Orders()
    {
        var (ann, bob, cid, dan) = s_stakers;
        var (buy, sell, cancelled) = (Buy(ann, 10 * OneTao), Sell(dan, 5 * OneTao), Buy(bob, OneTao));
        return
        [
            (ann, Calls.PlaceOrder(buy)), (dan, Calls.PlaceOrder(sell)), (bob, Calls.PlaceOrder(cancelled)), (bob, Calls.CancelOrder(cancelled)),
            (cid, Execute(buy)), (cid, Calls.ExecuteBatchedOrders(Two, [new(sell)])),
        ];
    }

    private static IEnumerable<(AccountId, Call)> Owners() =>
    [
        (Owner, Calls.SetTempo(One, 400)), (Owner, Calls.SetActivityCutoffFactor(One, 2_000)), (Owner, Calls.TriggerEpoch(One)),
        (Owner, new Call { Kind = CallKind.SetRootClaimThreshold, Netuid = One, Amount = 1_000 }),
        (Owner, Calls.SetSubnetIdentity(One, new IdentityDetail("One", "", "", "", "", "", "", ""))), (Owner, Calls.UpdateSymbol(One, "\u03b1")),
        (Owner, Calls.TerminateLease(One, Hot)),
    ];

    private static IEnumerable<(AccountId, Call)> Keys()
    {
        var (_, bob, cid, dan) = s_stakers;
        return
        [
            (Owner, Calls.SwapHotkey(Warm, Key(93))), (dan, Calls.AnnounceColdkeySwap(Key(78))), (cid, Calls.AnnounceColdkeySwap(Key(79))),
            (cid, Calls.DisputeColdkeySwap()), (s_sudo, Calls.ResetColdkeySwap(cid)), (cid, Calls.ClearColdkeySwapAnnouncement()),
            (s_sudo, Calls.SwapColdkey(bob, Key(80), Tao.Zero)),
        ];
    }

    private static string Text(ScenarioRun run) => System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(run.State));
}

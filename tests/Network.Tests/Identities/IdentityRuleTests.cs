using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Grains;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using static Dtao.Network.Tests.Identities.IdentityBench;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Identities;

/// <summary>Texts and batches among real actors: once, whole, and there after whatever is lost on the way.</summary>
public sealed class IdentityRuleTests
{
    private static readonly AccountId s_fresh = Key(60);

    private static readonly Dictionary<string, (AccountId Signer, Call Call)> s_calls = new(StringComparer.Ordinal)
    {
        ["identity of a subnet"] = (Owner, Calls.SetSubnetIdentity(One, Subnet("one"))),
        ["symbol"] = (Owner, Calls.UpdateSymbol(One, "γ")),
        ["symbol by the sudo key"] = (Nobody, Calls.UpdateSymbol(Root, "δ")),
        ["identity"] = (Owner, Calls.SetIdentity(Coldkey("owner"))),
        ["registration"] = (Staker(0), Calls.RegisterNetwork(Ghost, Subnet("new"))),
        ["batch"] = (Hot, Calls.BatchSetWeights([Calls.SetWeights(One, [0], [1]), Calls.SetWeights(Missing, [0], [1]), Calls.SetWeights(Two, [0], [1]), Calls.SetWeights(Two, [0], [1])])),
        ["parent"] = (Owner, Calls.SetAutoParentDelegation(Hot, false)),
    };

    private static readonly Dictionary<string, Func<string, string>> s_actors = new(StringComparer.Ordinal)
    {
        ["signer"] = call => ActorKeys.Account(s_calls[call].Signer),
        ["lane"] = _ => ActorKeys.Lane,
        ["registry"] = _ => ActorKeys.Registry,
        ["root"] = _ => ActorKeys.Pool(Root.Value),
        ["pool"] = _ => ActorKeys.Pool(One.Value),
        ["last pool"] = _ => ActorKeys.Pool(Two.Value),
    };

    /// <summary>Those who write something for the call.</summary>
    private static readonly Dictionary<string, string[]> s_writers = new(StringComparer.Ordinal)
    {
        ["identity of a subnet"] = ["signer", "pool"],
        ["symbol"] = ["signer", "lane", "registry"],
        ["symbol by the sudo key"] = ["registry"],
        ["identity"] = ["signer"],
        ["registration"] = ["signer", "lane", "root"],
        ["batch"] = ["signer", "pool", "last pool"],
        ["parent"] = ["root"],
    };

    public static TheoryData<string, string, JournalFault> Faults
    {
        get
        {
            var faults = new TheoryData<string, string, JournalFault>();
            foreach (var (call, actors) in s_writers)
            {
                foreach (var actor in actors)
                {
                    faults.Add(call, actor, JournalFault.AppendRefused);
                    faults.Add(call, actor, JournalFault.AnswerLost);
                }
            }

            return faults;
        }
    }

    /// <summary>An actor loses its journal in the middle; sent until it is answered, the call is done once, and all of it.</summary>
    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Call_AWriteFailsSomewhere_IsDoneOnceAndWhole(string call, string actor, JournalFault fault)
    {
        await using var rules = await RuleNetwork.StartAsync(Texts());
        rules.Journals.FailNext(s_actors[actor](call), fault);
        var (signer, made) = s_calls[call];
        var operation = await rules.Network.Prepare(signer, made);

        var receipt = await rules.SubmitUntilDecided(operation);

        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.Equal(ReceiptText.Of(receipt), ReceiptText.Of(await rules.SubmitUntilDecided(operation)));
        await AssertIsModel(rules, receipt, s_calls[call]);
    }

    /// <summary>A pool has answered, and ends, and the answer is lost.</summary>
    [Theory]
    [InlineData("identity", nameof(ISubnetPoolGrain.AreRegistered))]
    [InlineData("identity of a subnet", nameof(ISubnetPoolGrain.Execute))]
    [InlineData("symbol", nameof(ISubnetPoolGrain.CloseForLane))]
    [InlineData("symbol", nameof(ISubnetPoolGrain.OpenForLane))]
    [InlineData("batch", nameof(ISubnetPoolGrain.Execute))]
    public async Task Call_APoolsAnswerIsLost_IsDoneOnceAndWhole(string call, string method)
    {
        await using var rules = await RuleNetwork.StartAsync(Texts());
        var lost = rules.Calls.LoseNext(rules.Network.Pool(One), method);
        var (signer, made) = s_calls[call];

        var receipt = await rules.SubmitUntilDecided(await rules.Network.Prepare(signer, made));

        Assert.True(lost.IsReached);
        await AssertIsModel(rules, receipt, s_calls[call]);
    }

    [Fact]
    public async Task UpdateSymbol_TheRegistrysAnswerIsLost_IsDoneOnceAndWhole()
    {
        await using var rules = await RuleNetwork.StartAsync(Texts());
        var lost = rules.Calls.LoseNext(rules.Grains.Registry(), nameof(ISubnetRegistryGrain.ChangeNetwork));
        var (signer, made) = s_calls["symbol"];

        var receipt = await rules.SubmitUntilDecided(await rules.Network.Prepare(signer, made));

        Assert.True(lost.IsReached);
        await AssertIsModel(rules, receipt, s_calls["symbol"]);
    }

    /// <summary>The batch's account ends after its first part: the parts that were done are not done again, and the others are.</summary>
    [Fact]
    public async Task Batch_ItsAccountEndsBetweenTwoParts_GoesOnWithTheSecond()
    {
        await using var rules = await RuleNetwork.StartAsync(Texts());
        var (signer, made) = s_calls["batch"];
        var held = rules.Calls.HoldNextRequest(rules.Network.Pool(Two), nameof(ISubnetPoolGrain.Execute));
        var operation = await rules.Network.Prepare(signer, made);
        var submitted = rules.SubmitUntilDecided(operation);
        await held.Reached;
        rules.Journals.FailNext(ActorKeys.Account(signer), JournalFault.AnswerLost);
        held.Release();

        var receipt = await submitted;

        await AssertIsModel(rules, receipt, s_calls["batch"]);
        Assert.Equal(4, receipt.Outcome!.Parts.Count);
    }

    /// <summary>Everything is there after every process has stopped, and a repeat is answered as before.</summary>
    [Fact]
    public async Task Texts_AfterARestart_AreThereAndRepeatsAreAnsweredAsBefore()
    {
        await using var cluster = await ClusterNetwork.StartAsync(Texts());
        var operations = new List<(Operation Operation, string Receipt)>();
        foreach (var (signer, call) in s_calls.Values)
        {
            var operation = await RunningNetwork.Of(cluster.Host).Prepare(signer, call);
            operations.Add((operation, ReceiptText.Of(await RunningNetwork.Of(cluster.Host).Submit(operation))));
        }

        var before = NetworkTexts.Of(await cluster.Read());

        await cluster.RestartAsync();

        var network = RunningNetwork.Of(cluster.Host);
        Assert.Equal(Coldkey("owner"), await network.Account(Owner).GetIdentity());
        Assert.Equal(Subnet("one"), (await network.Pool(One).GetView()).Identity);
        Assert.Equal(Subnet("new"), (await network.Pool(new NetUid(5)).GetView()).Identity);
        Assert.Equal("γ", (await cluster.Host.Grains.Registry().GetNetwork()).Subnets.Single(subnet => subnet.Netuid == One).Symbol);
        Assert.Equal(before, NetworkTexts.Of(await cluster.Read()));
        foreach (var (operation, receipt) in operations) Assert.Equal(receipt, ReceiptText.Of(await network.Submit(operation)));
        AuditAssert.IsClean(cluster.Host);
    }

    public static TheoryData<string, JournalFault> SwapFaults =>
        new MatrixTheoryData<string, JournalFault>(["former", "new", "lane"], [JournalFault.AppendRefused, JournalFault.AnswerLost]);

    [Theory]
    [MemberData(nameof(SwapFaults))]
    public async Task SwapColdkey_WithAnIdentityAndAWriteFails_MovesItOnce(string actor, JournalFault fault)
    {
        await using var rules = await RuleNetwork.StartAsync(Texts());
        (AccountId Signer, Call Call)[] calls = [s_calls["identity"], (Nobody, Calls.SwapColdkey(Owner, s_fresh, Tao.Zero))];
        Assert.True((await rules.Network.Submit(calls[0].Signer, calls[0].Call)).IsApplied);
        rules.Journals.FailNext(actor switch { "former" => ActorKeys.Account(Owner), "new" => ActorKeys.Account(s_fresh), _ => ActorKeys.Lane }, fault);

        var receipt = await rules.SubmitUntilDecided(await rules.Network.Prepare(Nobody, calls[1].Call));

        Assert.True(receipt.IsApplied, receipt.ErrorName);
        await AssertIsModel(rules, receipt, calls);
    }

    /// <summary>The former coldkey is told of its swap when it has set another identity already: that one stays.</summary>
    [Fact]
    public async Task SwapColdkey_TheFormerHearsOfItLate_KeepsWhatItHasSetSince()
    {
        await using var rules = await RuleNetwork.StartAsync(Texts());
        var network = rules.Network;
        Assert.True((await network.Submit(Owner, Calls.SetIdentity(Coldkey("owner")))).IsApplied);
        var held = rules.Calls.HoldNextRequest(network.Account(Owner), nameof(IStakerAccountGrain.Credit));

        Assert.True((await network.Submit(Owner, Calls.AnnounceColdkeySwap(s_fresh))).IsApplied);
        Assert.True((await network.Submit(Owner, Calls.SwapColdkeyAnnounced(s_fresh))).IsApplied);
        await held.Reached;
        (AccountId Signer, Call Call)[] after =
        [
            (Staker(0), Calls.Transfer(Owner, new Tao(100 * OneTao), keepAlive: true)), (Owner, Calls.RegisterNeuron(Ghost, One)), (Owner, Calls.SetIdentity(Coldkey("again"))),
        ];
        var transfer = network.Submit(after[0].Signer, after[0].Call);
        held.Release();
        Assert.True((await transfer).IsApplied);
        foreach (var (signer, call) in after[1..]) Assert.True((await network.Submit(signer, call)).IsApplied);

        await rules.ReadAtRest();
        Assert.Equal((Coldkey("again"), Coldkey("owner")), (await network.Account(Owner).GetIdentity(), await network.Account(s_fresh).GetIdentity()));
    }

    /// <summary>Which of a coldkey's hotkeys has a uid is for pools to say, and root is asked last.</summary>
    [Fact]
    public async Task SetIdentity_AsksRootLast()
    {
        await using var rules = await RuleNetwork.StartAsync(Texts());

        Assert.Equal(nameof(LedgerError.HotKeyNotRegisteredInNetwork), (await rules.Network.Submit(Staker(0), Calls.SetIdentity(Coldkey("a")))).ErrorName);
        Assert.True((await rules.Network.Submit(Staker(0), Calls.TryAssociateHotkey(Ghost))).IsApplied);
        Assert.Equal(nameof(LedgerError.HotKeyNotRegisteredInNetwork), (await rules.Network.Submit(Staker(0), Calls.SetIdentity(Coldkey("a")))).ErrorName);

        var asked = rules.Calls.Seen.Where(call => call.Method == nameof(ISubnetPoolGrain.AreRegistered)).Select(call => call.Grain).ToArray();
        Assert.Equal(5, asked.Length);
        Assert.Equal(((Orleans.Runtime.IAddressable)rules.Network.Pool(Root)).GetGrainId(), asked[^1]);
    }

    [Fact]
    public async Task Quote_OfTexts_TellsWhatWouldBeRefused()
    {
        await using var rules = await RuleNetwork.StartAsync(Texts());
        var network = rules.Network;
        (AccountId Signer, Call Call, LedgerError Error)[] quotes =
        [
            .. s_calls.Values.Select(made => (made.Signer, made.Call, LedgerError.None)),
            (Staker(0), Calls.SetIdentity(Coldkey("a")), LedgerError.HotKeyNotRegisteredInNetwork),
            (Owner, Calls.SetIdentity(Coldkey(new string('n', 257))), LedgerError.InvalidIdentity),
            (Staker(0), Calls.SetSubnetIdentity(One, Subnet("a")), LedgerError.NotSubnetOwner),
            (Staker(0), Calls.UpdateSymbol(One, "γ"), LedgerError.BadOrigin),
            (Owner, Calls.UpdateSymbol(One, "α"), LedgerError.SymbolAlreadyInUse),
            (Nobody, Calls.UpdateSymbol(Missing, "γ"), LedgerError.SubnetNotExists),
        ];

        foreach (var (signer, call, error) in quotes) Assert.Equal(error, (await network.Account(signer).Quote(call)).Error);
        Assert.Equal(string.Empty, string.Join(',', new StoredNetworkState(rules.ReadImage()).Identities.Select(entry => entry.Key)));
    }

    private static async Task AssertIsModel(RuleNetwork rules, Receipt last, params (AccountId Signer, Call Call)[] calls)
    {
        var model = new SequentialNetwork(GenesisBuilder.Build(Texts()));
        CallOutcome? outcome = null;
        foreach (var (signer, call) in calls) outcome = model.Execute(signer, call);
        var stored = new StoredNetworkState(await rules.ReadAtRest());
        Assert.Equal(Text(outcome!), Text(last.Outcome!));
        Assert.Equal(NetworkTexts.Of(model), NetworkTexts.Of(stored));
        Assert.Equal(Describe(model), Describe(stored));
    }

    private static string Text(CallOutcome outcome) =>
        System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(CanonicalResults.Of(outcome, SmallNetwork.Aliases)));

    private static string Describe(INetworkState state) =>
        System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(CanonicalState.Of(state, "texts", SmallNetwork.Aliases, null)));
}

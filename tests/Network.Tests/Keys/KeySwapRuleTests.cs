using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.Grains.Validators;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Keys;

/// <summary>A swap of keys among real actors: once, whole, and known to everyone before anyone is let in again.</summary>
public sealed class KeySwapRuleTests
{
    private static readonly AccountId s_fresh = Key(60);

    private static readonly Dictionary<string, string> s_actors = new(StringComparer.Ordinal)
    {
        ["lane"] = ActorKeys.Lane,
        ["signer"] = ActorKeys.Account(Owner),
        ["staker"] = ActorKeys.Account(Staker(1)),
        ["new coldkey"] = ActorKeys.Account(s_fresh),
        ["former hotkey"] = ActorKeys.Validator(Hot),
        ["new hotkey"] = ActorKeys.Validator(Ghost),
        ["root"] = ActorKeys.Pool(NetUid.Root.Value),
        ["pool"] = ActorKeys.Pool(One.Value),
    };

    public static TheoryData<string, JournalFault> Faults => new MatrixTheoryData<string, JournalFault>(s_actors.Keys, [JournalFault.AppendRefused, JournalFault.AnswerLost]);

    /// <summary>An actor loses its journal in the middle; sent until it is answered, the swap is done once, and everything of it.</summary>
    [Theory]
    [MemberData(nameof(Faults))]
    public async Task SwapHotkey_AWriteFailsSomewhere_IsDoneOnceAndWhole(string actor, JournalFault fault)
    {
        await using var rules = await RuleNetwork.StartAsync(Swapping());
        rules.Journals.FailNext(s_actors[actor], fault);

        var receipt = await rules.SubmitUntilDecided(await rules.Network.Prepare(Owner, Calls.SwapHotkey(Hot, Ghost)));

        Assert.True(receipt.IsApplied, receipt.ErrorName);
        await AssertIsModel(rules, (Owner, Calls.SwapHotkey(Hot, Ghost)));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task SwapColdkey_AWriteFailsSomewhere_IsDoneOnceAndWhole(string actor, JournalFault fault)
    {
        await using var rules = await RuleNetwork.StartAsync(Swapping());
        rules.Journals.FailNext(s_actors[actor], fault);
        (AccountId Signer, Call Call)[] calls = [(Owner, Calls.AnnounceColdkeySwap(s_fresh)), (Owner, Calls.SwapColdkeyAnnounced(s_fresh))];

        foreach (var (signer, call) in calls)
        {
            var operation = await rules.Network.Prepare(signer, call);
            var receipt = await rules.SubmitUntilDecided(operation);
            Assert.True(receipt.IsApplied, receipt.ErrorName);
            Assert.Equal(receipt.Order, (await rules.SubmitUntilDecided(operation)).Order);
        }

        await AssertIsModel(rules, calls);
    }

    /// <summary>What the sudo key does to another coldkey is carried by that coldkey's account, whichever of the two is lost on the way.</summary>
    [Theory]
    [InlineData("signer")]
    [InlineData("lane")]
    [InlineData("sudo")]
    public async Task SwapColdkey_BySudoKeyAndAnAccountIsLost_IsDoneOnce(string actor)
    {
        await using var rules = await RuleNetwork.StartAsync(Swapping());
        rules.Journals.FailNext(actor == "sudo" ? ActorKeys.Account(Nobody) : s_actors[actor], JournalFault.AnswerLost);
        var call = Calls.SwapColdkey(Owner, s_fresh, new Tao(1_000));

        var receipt = await rules.SubmitUntilDecided(await rules.Network.Prepare(Nobody, call));

        Assert.True(receipt.IsApplied, receipt.ErrorName);
        await AssertIsModel(rules, (Nobody, call));
    }

    /// <summary>The sudo key's own coldkey is no detour; anybody else's signature under the call is refused.</summary>
    [Fact]
    public async Task SwapColdkey_OfTheSudoKeyItself_IsDoneAndOfASignerWhoIsNotRefused()
    {
        await using var rules = await RuleNetwork.StartAsync(Swapping());
        var call = Calls.SwapColdkey(Nobody, s_fresh, Tao.Zero);

        var refused = await rules.Network.Submit(Staker(0), Calls.SwapColdkey(Staker(0), s_fresh, Tao.Zero));
        var receipt = await rules.Network.Submit(Nobody, call);

        Assert.Equal(nameof(LedgerError.BadOrigin), refused.ErrorName);
        Assert.True(receipt.IsApplied, receipt.ErrorName);
        await AssertIsModel(rules, (Nobody, call));
    }

    /// <summary>What pools owe the fee account goes along, and a fee after that finds it empty.</summary>
    [Fact]
    public async Task SwapColdkey_OfTheFeeAccount_TakesWhatPoolsOweItAlong()
    {
        await using var rules = await RuleNetwork.StartAsync(Swapping(Author));
        (AccountId Signer, Call Call)[] calls =
        [
            (Staker(0), Calls.AddStake(Hot, One, new Tao(10 * OneTao))), (Staker(1), Calls.AddStake(Hot, One, new Tao(10 * OneTao))),
            (Nobody, Calls.SwapColdkey(Author, s_fresh, Tao.Zero)), (Staker(2), Calls.AddStake(Hot, One, new Tao(10 * OneTao))),
        ];

        foreach (var (signer, call) in calls)
        {
            var receipt = await rules.Network.Submit(signer, call);
            Assert.True(receipt.IsApplied, receipt.ErrorName);
        }

        Assert.True(await rules.Network.Free(s_fresh) > 0);
        await AssertIsModel(rules, Swapping(Author), calls);
    }

    /// <summary>A hotkey that was swapped away is anybody's again: two who were told so register it at once on one pool.</summary>
    [Fact]
    public async Task Register_ASwappedHotkeyByTwoAtOnce_IsTheFirstOnesAndThePoolGoesOn()
    {
        await using var rules = await RuleNetwork.StartAsync(Swapping());
        var network = rules.Network;
        Assert.True((await network.Submit(Owner, Calls.SwapHotkey(Hot, Ghost))).IsApplied);
        var hotkey = rules.Grains.GetGrain<IValidatorGrain>(Hot.ToString());

        var facts = rules.Calls.HoldNext(hotkey, nameof(IValidatorGrain.GetRecordFor));
        var second = network.Submit(Staker(1), Calls.RegisterNeuron(Hot, One));
        await facts.Reached;
        var reserved = rules.Calls.HoldNext(hotkey, nameof(IValidatorGrain.Reserve));
        var first = network.Submit(Staker(0), Calls.RegisterNeuron(Hot, One));
        await reserved.Reached;
        var overtaken = rules.Calls.HoldNext(hotkey, nameof(IValidatorGrain.Reserve));
        facts.Release();
        await overtaken.Reached;
        reserved.Release();

        Assert.True((await first).IsApplied, (await first).ErrorName);
        overtaken.Release();
        Assert.Equal(nameof(LedgerError.HotKeyAlreadyRegisteredInSubNet), (await second).ErrorName);
        Assert.Equal(1ul, (await network.Coordinator.CloseBlock()).Number.Value);
    }

    /// <summary>The pool asked who owns the hotkey before the swap, and is told after it.</summary>
    [Fact]
    public async Task Facts_AskedBeforeASwapAndToldAfterIt_AreNotBelieved()
    {
        await using var rules = await RuleNetwork.StartAsync(Swapping());
        var network = rules.Network;
        var held = rules.Calls.HoldNext(rules.Grains.GetGrain<IValidatorGrain>(Hot.ToString()), nameof(IValidatorGrain.GetRecordFor));
        var submitted = network.Submit(Staker(0), Calls.AddStake(Hot, One, new Tao(OneTao)));
        await held.Reached;

        var swapped = await network.Submit(Owner, Calls.SwapHotkey(Hot, Ghost));
        held.Release();

        Assert.True(swapped.IsApplied, swapped.ErrorName);
        Assert.Equal(nameof(LedgerError.HotKeyAccountNotExists), (await submitted).ErrorName);
    }

    /// <summary>Pools have known the hotkey for long; none of them lets anybody stake on it after the swap, and all know the other.</summary>
    [Fact]
    public async Task Facts_KnownToPoolsBeforeASwap_AreForgotten()
    {
        await using var rules = await RuleNetwork.StartAsync(Swapping());
        var network = rules.Network;
        foreach (var netuid in (NetUid[])[One, Two, Root]) Assert.True((await network.Submit(Staker(0), Calls.AddStake(Hot, netuid, new Tao(OneTao)))).IsApplied);

        Assert.True((await network.Submit(Owner, Calls.SwapHotkey(Hot, Ghost))).IsApplied);

        foreach (var netuid in (NetUid[])[One, Two, Root])
        {
            Assert.Equal(nameof(LedgerError.HotKeyAccountNotExists), (await network.Submit(Staker(0), Calls.AddStake(Hot, netuid, new Tao(OneTao)))).ErrorName);
            Assert.True((await network.Submit(Staker(0), Calls.AddStake(Ghost, netuid, new Tao(OneTao)))).IsApplied);
        }
    }

    [Fact]
    public async Task Announcement_Standing_BarsEverythingElseAlsoAfterARestart()
    {
        await using var cluster = await ClusterNetwork.StartAsync(Swapping());
        var announced = await RunningNetwork.Of(cluster.Host).Submit(Staker(0), Calls.AnnounceColdkeySwap(s_fresh));
        Assert.True(announced.IsApplied, announced.ErrorName);
        Assert.Equal(StakerTao - 100_000_000, await RunningNetwork.Of(cluster.Host).Free(Staker(0)));

        await cluster.RestartAsync();

        var network = RunningNetwork.Of(cluster.Host);
        Assert.Equal(nameof(LedgerError.ColdkeySwapAnnounced), (await network.Submit(Staker(0), Calls.Transfer(Staker(1), new Tao(OneTao), keepAlive: true))).ErrorName);
        Assert.Equal(new ColdkeySwap(announced.Block, Economics.Keys.ColdkeyHash.Of(s_fresh), null), await network.Account(Staker(0)).GetColdkeySwap());
        AuditAssert.IsClean(cluster.Host);
    }

    /// <summary>Takes and swaps of one hotkey at once: whichever comes first, no change of the take is lost or comes back.</summary>
    [Fact]
    public async Task TakesAndSwaps_AtOnce_EndAsSomeOrderOfThem()
    {
        await using var rules = await RuleNetwork.StartAsync(Swapping());
        var network = rules.Network;
        await network.Submit(Owner, Calls.DecreaseTake(Hot, new Take(100)));

        var swapping = network.Submit(Owner, Calls.SwapHotkey(Hot, Ghost));
        var raises = await Task.WhenAll(Enumerable.Range(1, 8).Select(step => network.Submit(Owner, Calls.IncreaseTake(Hot, new Take((ushort)(100 + step))))));
        var swapped = await swapping;

        Assert.True(swapped.IsApplied, swapped.ErrorName);
        var last = 100 + (raises.Select((raise, index) => (raise, index)).LastOrDefault(entry => entry.raise.IsApplied) is { raise: not null } applied ? applied.index + 1 : 0);
        var record = await rules.Grains.GetGrain<IValidatorGrain>(Ghost.ToString()).GetRecord();
        Assert.Equal((ushort)last, record!.StoredTake);
        Assert.Null(await rules.Grains.GetGrain<IValidatorGrain>(Hot.ToString()).GetRecord());
    }

    private static GenesisState Swapping(AccountId? author = null)
    {
        var genesis = Genesis(author, stakers: 4);
        return genesis with
        {
            Parameters = Economics.Settings.RateLimits.SwitchOff(genesis.Parameters) with { SudoKey = Nobody },
            Balances = [.. genesis.Balances.Where(entry => entry.Account != Owner), (Owner, new Tao(50 * OneTao))],
        };
    }

    private static Task AssertIsModel(RuleNetwork rules, params (AccountId Signer, Call Call)[] calls) => AssertIsModel(rules, Swapping(), calls);

    private static async Task AssertIsModel(RuleNetwork rules, GenesisState genesis, (AccountId Signer, Call Call)[] calls)
    {
        var model = new Economics.Model.SequentialNetwork(GenesisBuilder.Build(genesis));
        foreach (var (signer, call) in calls) Assert.True(model.Execute(signer, call).IsOk);
        Assert.Equal(Describe(model), Describe(new StoredNetworkState(await rules.ReadAtRest())));
    }

    private static string Describe(INetworkState state) =>
        System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(CanonicalState.Of(state, "swap", SmallNetwork.Aliases, null)));
}

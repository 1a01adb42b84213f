using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;
using Xunit;
using static Dtao.Grains.Tests.ModelBytes;

namespace Dtao.Grains.Tests.Identities;

/// <summary>Symbols in the lane and the registry, identities at their accounts, and the parts of batches.</summary>
public sealed class IdentityDeciderTests
{
    private static readonly AccountId s_owner = Account(1);
    private static readonly AccountId s_other = Account(2);
    private static readonly BlockNumber s_now = new(7);
    private static readonly NetUid s_one = new(1);
    private static readonly ColdkeyIdentityDetail s_first = new("first", "", "", "", "", "", "");
    private static readonly ColdkeyIdentityDetail s_second = s_first with { Name = "second" };

    /// <summary>Two of one batch that ask for the same symbol: the second finds it taken, and one change leaves for the registry.</summary>
    [Fact]
    public void Decide_TwoAskForOneSymbol_TheSecondFindsItTaken()
    {
        LaneCommand[] commands = [Command(s_owner, 1, "γ"), Command(s_other, 2, "γ"), Command(s_other, 1, "δ")];

        var decided = LaneDecider.Decide(new LaneState(), 1, Facts(commands), commands);

        Assert.Equal(
            [LedgerError.None, LedgerError.SymbolAlreadyInUse, LedgerError.BadOrigin], decided.Decisions.Select(decision => decision.Outcome!.Error));
        Assert.Equal([new SymbolChange(s_one, "γ")], decided.Network!.Symbols);
        Assert.Empty(decided.Parts);
        var reread = Assert.IsType<BatchDecided>(LaneModel.Instance.Reread(decided));
        Assert.Equal(decided.Network!.Symbols, reread.Network!.Symbols);
    }

    [Fact]
    public void Decide_SymbolRefused_TellsTheRegistryNothing()
    {
        LaneCommand[] commands = [Command(s_owner, 1, "no symbol")];

        Assert.Null(LaneDecider.Decide(new LaneState(), 1, Facts(commands), commands).Network);
    }

    [Fact]
    public void Registry_SymbolChanged_KeepsItForThatSubnetAndGivesItToNoOther()
    {
        var state = new RegistryState { Name = "test", Subnets = [new(NetUid.Root, 0, "root", "τ"), new(s_one, 1, "one", "α")] };

        RegistryModel.Instance.Apply(state, RegistryModel.Instance.Reread(new NetworkChanged(1, new NetworkChange([], [], null, 0, 0) { Symbols = [new(s_one, "β")] })));
        RegistryModel.Instance.Apply(state, RegistryModel.Instance.Reread(new NetworkChanged(2, new NetworkChange([], [new NetUid(2)], null, 0, 0))));

        Assert.Equal(["τ", "β", "α"], state.Subnets.OrderBy(subnet => subnet.Netuid.Value).Select(subnet => subnet.Symbol));
        Assert.Equal(2UL, state.LastBatch);
    }

    /// <summary>The former coldkey hears of its swap late: what it has set since stays, what it had before is gone.</summary>
    [Theory]
    [InlineData(5, false)]
    [InlineData(15, true)]
    public void Credited_IdentityGoneWithASwap_LeavesWhatWasSetAfterIt(ulong setBy, bool stays)
    {
        var state = new AccountState { Id = s_owner, Identity = s_first, IdentitySetBy = setBy };
        var notice = new KeyNotice([], [], [], false) { Identity = new IdentityChange(null, 10) };

        AccountModel.Instance.Apply(state, new TaoCredited(SystemSenders.Lane, 1, 1, s_now, Tao.Zero, LedgerError.None, s_now) { Keys = notice });

        Assert.Equal(stays ? s_first : null, state.Identity);
    }

    /// <summary>An account that has asked sets the identity with the settlement; a refusal changes nothing.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Settle_OfAnIdentity_SetsItWithTheReceipt(bool isDone)
    {
        var state = new AccountState { Id = s_owner, Free = new Tao(1_000_000), Identity = s_first };
        var operation = new Operation
        {
            Id = OperationId.Create(),
            Signer = s_owner,
            Call = new Call { Kind = CallKind.SetIdentity, Detail = s_second },
            LastValidBlock = new BlockNumber(60),
        };
        var started = Assert.IsType<AccountDecision.Start>(AccountDecider.Next(state, operation, NetworkParameters.Default, s_now)).Event;
        AccountModel.Instance.Apply(state, started);
        var outcome = isDone ? CallOutcome.Done : CallOutcome.Refused(LedgerError.HotKeyNotRegisteredInNetwork);

        var settled = AccountDecider.Settle(state, started.Operation.Sequence, new PoolReply(DeliveryStatus.Decided, outcome, 0, s_now, 1, LogStamp.Durable), s_now);
        AccountModel.Instance.Apply(state, AccountModel.Instance.Reread(settled));

        Assert.Equal((OperationRoute.Registrations, true), (started.Operation.Route, started.Operation.IsExclusive));
        Assert.Equal(isDone ? s_second : s_first, state.Identity);
        Assert.Equal(isDone ? s_second : s_first, AccountModel.Instance.RereadState(state).Identity);
        Assert.Equal(isDone ? started.Operation.Sequence : 0, state.IdentitySetBy);
    }

    /// <summary>Asked again, a part is the same operation; no two parts are, nor those of another batch.</summary>
    [Fact]
    public void PartOf_ABatch_HasAnIdOfItsOwnThatStays()
    {
        var weights = new WeightsDetail([0], [1], 0, 0, []);
        var call = new Call { Kind = CallKind.BatchSetWeights, Detail = new BatchWeightsDetail([new(s_one, weights), new(s_one, weights)]) };
        var batch = new InFlightOperation(3, OperationId.Create(), 0, call, new BlockNumber(60), OperationRoute.Relay, Tao.Zero, Tao.Zero, false);
        var parts = AccountDecider.PartsOf(call);

        Operation[] made =
        [
            AccountDecider.PartOf(s_owner, batch, parts[0], 0), AccountDecider.PartOf(s_owner, batch, parts[1], 1),
            AccountDecider.PartOf(s_other, batch, parts[0], 0), AccountDecider.PartOf(s_owner, batch with { Id = OperationId.Create() }, parts[0], 0),
        ];

        Assert.Equal(made[0], AccountDecider.PartOf(s_owner, batch with { Sequence = 9 }, parts[0], 0));
        Assert.Equal(made.Length, made.Select(part => part.Id).Distinct().Count());
        Assert.All(made, part => Assert.Equal((CallKind.SetWeights, batch.LastValidBlock), (part.Call.Kind, part.LastValidBlock)));
    }

    private static LaneCommand Command(AccountId signer, ushort netuid, string symbol) => new(
        new MessageHead(signer, 1, 1, new BlockNumber(60), s_now, LogStamp.Durable),
        new Call { Kind = CallKind.UpdateSymbol, Netuid = new NetUid(netuid), Detail = new SymbolDetail(symbol) }, Tao.Zero);

    private static LaneFacts Facts(LaneCommand[] commands)
    {
        var slices = new[] { (s_one, s_owner), (new NetUid(2), s_other) }.ToDictionary(
            entry => entry.Item1, entry => new LaneSlice(new SubnetBooks { Netuid = entry.Item1, Owner = entry.Item2 }, s_now, [], [], LogStamp.Durable));
        return new LaneFacts(
            s_now, NetworkParameters.Default, slices, new Dictionary<AccountId, HotkeyFacts?>(),
            commands.Select(command => command.Head.Sender).Append(AccountId.Burn).Distinct().ToDictionary(account => account, _ => Tao.Zero))
        {
            Symbols = new Dictionary<NetUid, string> { [NetUid.Root] = "τ", [s_one] = "α", [new NetUid(2)] = "β" },
        };
    }
}

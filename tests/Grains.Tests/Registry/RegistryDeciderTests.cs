using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Xunit;

namespace Dtao.Grains.Tests.Registry;

public sealed class RegistryDeciderTests
{
    private static readonly BlockNumber Now = new(12);
    private static readonly NetworkView Network = new(
        "testnet", "id-1", "2026-06", 3, NetworkParameters.Default with { Author = ModelBytes.Account(5) },
        [new(new NetUid(1), 1, "one", "a"), new(new NetUid(256), 256, "far", "b"), new(NetUid.Root, 65_536, "root", "t")],
        new Tao(21_000_000), 1_000);

    public static TheoryData<string?, string?, int, LedgerError> Rows => new()
    {
        { "tao_weight", "5", -1, LedgerError.None },
        { "author", null, -1, LedgerError.None },
        { "tao_weight", "minus one", -1, LedgerError.InvalidParameterValue },
        { "no_such_thing", "5", -1, LedgerError.UnknownParameter },
        { "no_such_thing", "5", 9, LedgerError.UnknownParameter },
        { "tempo", "5", 9, LedgerError.SubnetNotExists },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Decide_SettingWithoutAPool_IsDecidedHereAndRaisesTheRevisionOnlyWhenItPassed(string? name, string? value, int netuid, LedgerError expected)
    {
        var state = Genesis();

        var decided = Assert.IsType<RegistryDecision.Decide>(RegistryDecider.Decide(state, Id(1), Setting(name, value, netuid), Now)).Event;
        RegistryModel.Instance.Apply(state, decided);

        var isOk = expected == LedgerError.None;
        Assert.Equal(Receipt.Of(Id(1), isOk ? CallOutcome.Done : CallOutcome.Refused(expected), Now, 1, null).ErrorName, decided.Receipt.ErrorName);
        Assert.Equal(isOk ? 4ul : 3ul, state.Revision);
        Assert.Equal(3ul, state.PushedRevision);
        Assert.Equal(isOk, state.Parameters != Network.Parameters);
    }

    [Fact]
    public void Apply_SubnetsComeAndGo_NewOnesGetTheChainsNextFreeSymbols()
    {
        var state = Genesis();

        RegistryModel.Instance.Apply(state, new NetworkChanged(1, new NetworkChange([], [new(2), new(3)], null, 0, 0)));
        RegistryModel.Instance.Apply(state, new NetworkChanged(2, new NetworkChange([new(2)], [new(2)], null, 0, 0)));

        Assert.Equal(["t", "a", "β", "γ", "b"], state.Subnets.OrderBy(subnet => subnet.Netuid.Value).Select(subnet => subnet.Symbol));
    }

    [Fact]
    public void Decide_OperationOfAnAccount_IsTheSudoKeysAlone()
    {
        var state = Genesis();
        var call = new Call { Kind = CallKind.SudoSet, Parameter = "owner_cut", Value = "7" };
        var (sudo, stranger) = (ModelBytes.Account(7), ModelBytes.Account(8));
        var without = Assert.IsType<RegistryDecision.Answer>(RegistryDecider.Decide(state, Id(1), sudo, call, Now));
        state.Parameters = state.Parameters with { SudoKey = sudo };

        var others = Assert.IsType<RegistryDecision.Answer>(RegistryDecider.Decide(state, Id(2), stranger, call, Now));
        var unsigned = Assert.IsType<RegistryDecision.Answer>(RegistryDecider.Decide(state, Id(3), call, Now));
        var setting = Assert.IsType<RegistryDecision.Answer>(RegistryDecider.Decide(state, Id(4), sudo, Setting("owner_cut", "7", -1), Now));
        var own = Assert.IsType<RegistryDecision.Decide>(RegistryDecider.Decide(state, Id(5), sudo, call, Now));
        var end = Assert.IsType<RegistryDecision.Start>(
            RegistryDecider.Decide(state, Id(6), sudo, new Call { Kind = CallKind.DissolveNetwork, Netuid = new NetUid(1) }, Now));

        Assert.Equal((LedgerError.BadOrigin, LedgerError.BadOrigin), (without.Receipt.Outcome!.Error, others.Receipt.Outcome!.Error));
        Assert.Equal((RefusalCode.MalformedOperation, RefusalCode.MalformedOperation), (unsigned.Receipt.Code, setting.Receipt.Code));
        Assert.Equal((ushort)7, own.Event.After!.OwnerCut);
        Assert.Equal(CallKind.DissolveNetwork, end.Event.Change.Call.Kind);
    }

    [Fact]
    public void Decide_SettingOfASubnet_GoesToItsPoolWithTheNextSequence()
    {
        var state = Genesis();
        var call = Setting("tempo", "7", 1);

        var started = Assert.IsType<RegistryDecision.Start>(RegistryDecider.Decide(state, Id(1), call, Now)).Event;
        RegistryModel.Instance.Apply(state, started);
        var message = RegistryDecider.MessageOf(state, started.Change, 1, Now, LogStamp.Durable);

        Assert.Equal((1ul, 1ul, 2ul), (started.Change.Sequence, state.SettledBelow, state.NextSequence));
        Assert.Equal((SystemSenders.Registry, 1ul, new BlockNumber(ulong.MaxValue), Now), (message.Head.Sender, message.Head.Sequence, message.Head.LastValidBlock, message.Head.Seen));
        Assert.Equal(call, message.Call);
    }

    [Theory]
    [InlineData(LedgerError.None)]
    [InlineData(LedgerError.InvalidParameterValue)]
    public void Settle_PoolHasDecided_IsThePoolsReceiptAndFreesTheWay(LedgerError error)
    {
        var state = Genesis();
        Start(state, 1);

        var settled = RegistryDecider.Settle(state, Reply(error));
        RegistryModel.Instance.Apply(state, settled);

        Assert.Equal((Id(1), Now, 44ul, new NetUid(1)), (settled.Receipt.Id, settled.Receipt.Block, settled.Receipt.Order, settled.Receipt.DecidedBy!.Value));
        Assert.Equal(error == LedgerError.None, settled.Receipt.IsApplied);
        Assert.Null(state.UnderWay);
        Assert.Equal(2ul, state.SettledBelow);
    }

    [Fact]
    public void Decide_IdKnownWithTheSameContent_AnswersTheFirstReceipt()
    {
        var state = Genesis();
        var decided = Assert.IsType<RegistryDecision.Decide>(RegistryDecider.Decide(state, Id(1), Setting("tao_weight", "5", -1), Now)).Event;
        RegistryModel.Instance.Apply(state, decided);
        Start(state, 2);
        RegistryModel.Instance.Apply(state, RegistryDecider.Settle(state, Reply(LedgerError.None)));

        var network = Assert.IsType<RegistryDecision.Answer>(RegistryDecider.Decide(state, Id(1), Setting("tao_weight", "5", -1), new(99)));
        var subnet = Assert.IsType<RegistryDecision.Answer>(RegistryDecider.Decide(state, Id(2), Setting("tempo", "7", 1), new(99)));

        Assert.Equal(decided.Receipt, network.Receipt);
        Assert.Equal((true, 44ul), (subnet.Receipt.IsApplied, subnet.Receipt.Order));
    }

    [Fact]
    public void Decide_IdKnownWithOtherContent_IsAConflict()
    {
        var state = Genesis();
        RegistryModel.Instance.Apply(state, Assert.IsType<RegistryDecision.Decide>(RegistryDecider.Decide(state, Id(1), Setting("tao_weight", "5", -1), Now)).Event);

        var answer = Assert.IsType<RegistryDecision.Answer>(RegistryDecider.Decide(state, Id(1), Setting("tao_weight", "6", -1), Now));

        Assert.Equal((ReceiptStatus.NotAccepted, RefusalCode.OperationConflict), (answer.Receipt.Status, answer.Receipt.Code));
    }

    [Fact]
    public void Decide_NoGenesis_IsNotStarted() =>
        Assert.Equal(
            RefusalCode.NotStarted,
            Assert.IsType<RegistryDecision.Answer>(RegistryDecider.Decide(new RegistryState(), Id(1), Setting("tao_weight", "5", -1), Now)).Receipt.Code);

    [Theory]
    [InlineData(CallKind.AddStake, "tao_weight")]
    [InlineData(CallKind.Admin, null)]
    [InlineData(CallKind.Admin, "")]
    public void Decide_NotASetting_IsMalformed(CallKind kind, string? name) =>
        Assert.Equal(
            RefusalCode.MalformedOperation,
            Assert.IsType<RegistryDecision.Answer>(
                RegistryDecider.Decide(Genesis(), Id(1), new Call { Kind = kind, Parameter = name, Value = "1" }, Now)).Receipt.Code);

    [Fact]
    public void Decide_WhileAnotherIsUnderWay_IsABug()
    {
        var state = Genesis();
        Start(state, 1);

        Assert.Throws<InvalidOperationException>(() => RegistryDecider.Decide(state, Id(2), Setting("tao_weight", "5", -1), Now));
    }

    [Fact]
    public void Apply_MoreReceiptsThanRemembered_ForgetsTheOldest()
    {
        var state = Genesis();
        for (var i = 0; i <= RegistryState.ReceiptsMax; i++)
        {
            RegistryModel.Instance.Apply(
                state, Assert.IsType<RegistryDecision.Decide>(RegistryDecider.Decide(state, Id(i), Setting("tao_weight", "5", -1), Now)).Event);
        }

        Assert.Equal(RegistryState.ReceiptsMax, state.Applied.Count);
        Assert.False(state.Applied.ContainsKey(Id(0)));
        Assert.True(state.Applied.ContainsKey(Id(1)));
    }

    [Fact]
    public void ToView_Genesis_IsTheNetworkAndItsPools()
    {
        var state = Genesis();

        Assert.Equal(Network with { Subnets = state.Subnets }, state.ToView());
        Assert.Equal(Network.Subnets, state.Subnets);
        Assert.Equal(65_536, RegistryDecider.PoolKeyOf(state, NetUid.Root));
        Assert.Null(RegistryDecider.PoolKeyOf(state, new NetUid(9)));
    }

    [Fact]
    public void Model_EveryEvent_ReadsBackEqual()
    {
        var change = new PoolChange(8, Id(1), UInt128.MaxValue, Setting("tempo", "7", 1));
        var receipt = Receipt.Of(Id(1), CallOutcome.Done, Now, 2, null);
        RegistryEvent[] events =
        [
            new PoolChangeStarted(change),
            new ParametersPushed(7),
            new ChangeDecidedHere(9, receipt, NetworkParameters.Default with { TaoWeight = 3 }),
            new ChangeDecidedHere(9, Receipt.Of(Id(1), CallOutcome.Refused(LedgerError.UnknownParameter), Now, 2, null), null),
            new PoolChangeSettled(receipt with { DecidedBy = new NetUid(3) }),
        ];

        foreach (var happened in events)
        {
            var back = RegistryModel.Instance.Reread(happened);
            Assert.IsType(happened.GetType(), back);
            Assert.Equal(RegistryModel.Instance.EventBytes(happened), RegistryModel.Instance.EventBytes(back));
        }

        Assert.Equal(events[0], RegistryModel.Instance.Reread(events[0]));
        Assert.Equal(3ul, Assert.IsType<ChangeDecidedHere>(RegistryModel.Instance.Reread(events[2])).After!.TaoWeight);
    }

    [Fact]
    public void Model_StateWithAChangeUnderWay_ReadsBackAndGoesOn()
    {
        var state = Genesis();
        RegistryModel.Instance.Apply(state, Assert.IsType<RegistryDecision.Decide>(RegistryDecider.Decide(state, Id(1), Setting("tao_weight", "5", -1), Now)).Event);
        Start(state, 2);

        var back = RegistryModel.Instance.RereadState(state);

        Assert.Equal(RegistryModel.Instance.StateBytes(state), RegistryModel.Instance.StateBytes(back));
        Assert.Equal(state.UnderWay, back.UnderWay);
        Assert.Equal((4ul, 3ul), (back.Revision, back.PushedRevision));
        RegistryModel.Instance.Apply(back, RegistryDecider.Settle(back, Reply(LedgerError.None)));
        Assert.Equal(2, back.Applied.Count);
    }

    private static RegistryState Genesis() => RegistryModel.Instance.RereadState(new RegistryState
    {
        Name = Network.Name,
        NetworkId = Network.NetworkId,
        RuleSet = Network.RuleSet,
        Revision = Network.Revision,
        PushedRevision = Network.Revision,
        Parameters = Network.Parameters,
        Subnets = Network.Subnets,
        GenesisIssuance = Network.GenesisIssuance,
        BlockIntervalMilliseconds = Network.BlockIntervalMilliseconds,
    });

    private static OperationId Id(int number) => new(new Guid(number, 0, 0, new byte[8]));

    private static void Start(RegistryState state, int id) => RegistryModel.Instance.Apply(
        state, Assert.IsType<RegistryDecision.Start>(RegistryDecider.Decide(state, Id(id), Setting("tempo", "7", 1), Now)).Event);

    private static PoolReply Reply(LedgerError error) =>
        new(DeliveryStatus.Decided, error == LedgerError.None ? CallOutcome.Done : CallOutcome.Refused(error), 0, Now, 44, LogStamp.Durable);

    private static Call Setting(string? name, string? value, int netuid) => new()
    {
        Kind = CallKind.Admin,
        Parameter = name,
        Value = value,
        IsSubnetParameter = netuid >= 0,
        Netuid = netuid >= 0 ? new NetUid((ushort)netuid) : NetUid.Root,
    };
}

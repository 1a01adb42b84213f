using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Lanes;
using Dtao.Grains.Subnets;
using Dtao.TestKit;
using static Dtao.Network.Tests.Thresholds.ThresholdBench;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Thresholds;

/// <summary>Who decides what looks beyond its subnet, and what becomes of an operation that is under way when a threshold is set.</summary>
public sealed class ThresholdRuleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Of validator 1 there is little on subnet 1 and much on subnet 2, of validator 0 much on root: stake on one subnet alone would be too little.</summary>
    public static TheoryData<int, Call, LedgerError> Questions => new()
    {
        { 0, Calls.SetWeights(One, [1], [1]), LedgerError.None },
        { 1, Calls.SetWeights(One, [1], [1]), LedgerError.NotEnoughStakeToSetWeights },
        { 1, Calls.SetChildren(Validators[1], One, [new ChildLink(5, Hot)]), LedgerError.None },
        { 2, Calls.SetChildren(Validators[2], One, [new ChildLink(5, Hot)]), LedgerError.NotEnoughStakeToSetChildkeys },
        { 2, Calls.RemoveStake(Validators[2], One, new Alpha(OneTao)), LedgerError.None },
    };

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task Threshold_Set_QuoteAndReceiptCountStakeOnAllSubnets(int place, Call call, LedgerError expected)
    {
        await using var rules = await RuleNetwork.StartAsync(WithValidators(50 * OneTao));
        var signer = call.Kind == CallKind.SetWeights ? Validators[place] : Staker(place);

        var quote = await new DtaoClient(rules.Grains).QuoteAsync(signer, call, Token);
        var receipt = await rules.Network.Submit(signer, call);

        Assert.Equal((expected, expected), (quote.Error, receipt.Outcome!.Error));
        Assert.Null(receipt.DecidedBy);
    }

    [Fact]
    public async Task Threshold_None_PoolsDecideAlone()
    {
        await using var rules = await RuleNetwork.StartAsync(WithValidators(0));

        var receipt = await rules.Network.Submit(Validators[1], Calls.SetWeights(One, [1], [1]));

        Assert.Equal((LedgerError.None, One), (receipt.Outcome!.Error, receipt.DecidedBy));
        Assert.DoesNotContain((rules.Grains.GetGrain<ILaneGrain>(0).GetGrainId(), nameof(ILaneGrain.Execute)), rules.Calls.Seen);
    }

    /// <summary>
    /// The operation has left for its pool when the threshold is set. The pool leaves it to the lane, and says the same when its answer was lost, it is
    /// activated afresh, and there is no threshold any more.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Threshold_SetWhileAnOperationIsOnItsWay_TheLaneDecidesItOnce(bool isAnswerLost)
    {
        await using var rules = await RuleNetwork.StartAsync(WithValidators(0));
        var network = rules.Network;
        var held = rules.Calls.HoldNextRequest(network.Pool(One), nameof(ISubnetPoolGrain.Execute));
        var selling = network.Submit(Staker(0), Calls.RemoveStake(Validators[0], One, new Alpha(10 * OneTao)));
        await held.Reached;
        Assert.True((await network.Submit(Nobody, SudoThreshold(50 * OneTao))).IsApplied);
        var answer = rules.Calls.HoldNext(network.Pool(One), nameof(ISubnetPoolGrain.Execute));
        var lost = isAnswerLost ? rules.Calls.LoseNext(network.Pool(One), nameof(ISubnetPoolGrain.Execute)) : null;

        held.Release();
        await answer.Reached;
        Assert.True((await network.Submit(Nobody, SudoThreshold(0))).IsApplied);
        answer.Release();
        var receipt = await selling;

        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.Null(receipt.DecidedBy);
        Assert.Equal(isAnswerLost, lost?.IsReached ?? false);
        Assert.Equal(new Alpha(30 * OneTao), await network.Position(One, Validators[0], Staker(0)));
        var view = await network.Account(Staker(0)).GetView();
        Assert.Equal((0, Tao.Zero), (view.InFlight, view.Held));
    }

    /// <summary>Weights on several subnets of one hotkey run beside each other and beside a stake, also where each is decided by the lane and pays a fee.</summary>
    [Fact]
    public async Task Threshold_Set_OperationsOfOneAccountRunBesideEachOther()
    {
        var genesis = WithValidators(50 * OneTao, hasFees: true);
        await using var rules = await RuleNetwork.StartAsync(genesis);
        var network = rules.Network;
        Call[] calls =
        [
            Calls.RemoveStake(Validators[0], One, new Alpha(OneTao)), Calls.RemoveStake(Validators[0], One, new Alpha(2 * OneTao)),
            Calls.AddStake(Hot, Two, new Tao(3 * OneTao)), Calls.RemoveStake(Validators[0], Two, new Alpha(OneTao)),
            Calls.SetChildren(Validators[0], One, [new ChildLink(5, Hot)]), Calls.SetChildren(Validators[0], Two, [new ChildLink(5, Hot)]),
            Calls.MoveStake(Validators[0], Hot, Root, One, new Alpha(OneTao)),
        ];

        var receipts = await Task.WhenAll(calls.Select(call => network.Submit(Staker(0), call)));

        Assert.All(receipts, receipt => Assert.True(receipt.IsApplied, receipt.ErrorName));
        Assert.Equal(0, (await network.Account(Staker(0)).GetView()).InFlight);
    }
}

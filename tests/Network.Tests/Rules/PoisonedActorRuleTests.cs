using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>An actor loses its journal while it waits for an answer that does not come: it ends, and its successor goes on.</summary>
public sealed class PoisonedActorRuleTests
{
    /// <summary>The lane waits for a pool, however often it asks; the account is gone before that ends, and the repeat is at the successor.</summary>
    [Fact]
    public async Task Account_PoisonedWhileItsOperationIsDecided_AnswersAndEnds()
    {
        await using var rules = await RuleNetwork.StartAsync();
        var network = rules.Network;
        Assert.True((await network.Submit(Staker(0), Calls.AddStake(Hot, One, new Tao(10 * OneTao)))).IsApplied);
        var held = rules.Calls.HoldEach(rules.Grains.Pool(One), nameof(ISubnetPoolGrain.CloseForLane));
        var operation = await network.Prepare(Staker(0), Calls.SwapStake(Hot, One, Two, new Alpha(OneTao)));
        var submitted = network.Submit(operation);
        await held.Reached;

        rules.Journals.FailNext(ActorKeys.Account(Staker(0)), JournalFault.AnswerLost);
        await Assert.ThrowsAsync<ActorPoisonedException>(() => network.Account(Staker(0)).GetFree());

        Assert.Equal(RefusalCode.OutcomeUnknown, (await submitted).Code);
        held.Release();
        var receipt = await network.Submit(operation);
        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.Equal(ReceiptText.Of(receipt), ReceiptText.Of(await network.Submit(operation)));
    }

    /// <summary>The account sends again to the pool's successor, which asks again; the first answer never comes.</summary>
    [Fact]
    public async Task Pool_PoisonedWhileItAsks_IsReplacedAndDecides()
    {
        await using var rules = await RuleNetwork.StartAsync();
        var network = rules.Network;
        var held = rules.Calls.HoldNext(rules.Grains.GetGrain<IValidatorGrain>(Hot.ToString()), nameof(IValidatorGrain.GetRecordFor));
        var submitted = network.Submit(Staker(0), Calls.AddStake(Hot, One, new Tao(OneTao)));
        await held.Reached;

        // What had been durable before is asked for again, and its answer is lost.
        await network.Coordinator.CloseBlock();
        rules.Journals.FailNext(ActorKeys.Pool(One.Value), JournalFault.AnswerLost);
        await Assert.ThrowsAsync<ActorPoisonedException>(() => network.Pool(One).GetView());

        Assert.True((await submitted).IsApplied);
        held.Release();
    }

    /// <summary>A block that waits for a pool ends with its coordinator; the next one makes it.</summary>
    [Fact]
    public async Task Coordinator_PoisonedWhileAPoolIsAsked_NextOneMakesTheBlock()
    {
        await using var rules = await RuleNetwork.StartAsync();
        var network = rules.Network;
        var first = await network.Coordinator.CloseBlock();
        var held = rules.Calls.HoldNext(rules.Grains.Pool(One), nameof(ISubnetPoolGrain.CloseForBlock));
        var closing = network.Coordinator.CloseBlock();
        await held.Reached;

        rules.Journals.FailNext(ActorKeys.Coordinator, JournalFault.AnswerLost);
        await Assert.ThrowsAsync<ActorPoisonedException>(network.Coordinator.GetIssued);

        await Assert.ThrowsAsync<ActorPoisonedException>(() => closing);
        Assert.Equal(first.Number.Next, (await network.Coordinator.CloseBlock()).Number);
        held.Release();
    }
}

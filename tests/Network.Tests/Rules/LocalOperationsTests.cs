using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>Operations of a client in the silo's process go without a message: checked, decided, durable, and repeated as others are.</summary>
public sealed class LocalOperationsTests(ManyOperationsTests.OneNetwork network) : IClassFixture<ManyOperationsTests.OneNetwork>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RunningNetwork Network => RunningNetwork.Of(network.Host);

    [Fact]
    public async Task Submit_MixedOperations_EachIsAnsweredAsByMessage()
    {
        Operation[] operations = [.. await ManyOperationsTests.Mixed(Network), await Network.Prepare(Staker(4), Calls.MoveStake(Hot, Warm, One, Two, new Alpha(OneTao)))];
        foreach (var signer in operations.Select(operation => operation.Signer).Distinct()) await Attach(signer);

        var local = new List<Receipt>();
        foreach (var operation in operations) local.Add(await Local(operation));
        var messages = new List<Receipt>();
        foreach (var operation in operations) messages.Add(await Network.Submit(operation));

        Assert.Equal([.. ManyOperationsTests.MixedErrors, ""], local.Select(receipt => receipt.ErrorName));
        Assert.Equal(messages.Select(ReceiptText.Of), local.Select(ReceiptText.Of));
        Assert.Equal(StakerTao - OneTao, await Network.Free(Staker(4)));
        Assert.Equal(StakerTao + OneTao, await Network.Free(Staker(5)));
    }

    /// <summary>Alone and in a batch; the account has settled both, and says so to nobody.</summary>
    [Fact]
    public async Task Submit_NotDurableYet_IsNotAnswered()
    {
        var account = ActorKeys.Account(Staker(7));
        await Attach(Staker(7));
        var alone = await Network.Prepare(Staker(7), Calls.AddStake(Hot, One, new Tao(OneTao)));
        var batched = await Network.Prepare(Staker(7), Calls.AddStake(Hot, One, new Tao(OneTao)));
        var (order, floor) = ((await Network.Pool(One).GetView()).Order, await Network.Account(Staker(7)).GetSettledBelow());

        network.Journals.Hold(account);
        var submitted = Local(alone);
        await Decided(order + 1);
        var many = network.Host.Grains.Intake().SubmitMany(new OperationBatch([batched]));
        await Decided(order + 2);
        var early = submitted.IsCompleted || many.IsCompleted;
        var floorBefore = await Network.Account(Staker(7)).GetSettledBelow();
        var repeated = Network.Submit(alone);
        network.Journals.Release(account);

        Assert.False(early);
        Assert.Equal(floor, floorBefore);
        Assert.Equal(ReceiptText.Of(await submitted), ReceiptText.Of(await repeated));
        Assert.True((await many).Receipts[0].IsApplied);
        await Patience.Until(async () => await Network.Account(Staker(7)).GetSettledBelow() == floor + 2, "The account never says that both are settled.");
        Assert.Equal(StakerTao - (2 * OneTao), await Network.Free(Staker(7)));
        var gate = network.Host.Services.GetRequiredService<NetworkContext>().Operations;
        await Patience.Until(() => Task.FromResult(gate.Count == 0), "Operations that have ended have not left the gate.");

        // The views of both come after the turns in which the account settles what the pool has decided.
        async Task Decided(ulong decided)
        {
            await Patience.Until(async () => (await Network.Pool(One).GetView()).Order == decided, "The pool has not decided the operation.");
            await Network.Account(Staker(7)).GetSettledBelow();
        }
    }

    [Fact]
    public async Task Submit_WriteNotKnown_IsUnknownAndARepeatIsAnswered()
    {
        await Attach(Staker(24));
        var operation = await Network.Prepare(Staker(24), Calls.AddStake(Hot, One, new Tao(OneTao)));

        network.Journals.FailNext(ActorKeys.Account(Staker(24)), JournalFault.AnswerLost);
        var unknown = await Local(operation);
        var known = await Network.Submit(operation);

        Assert.Equal((operation.Id, ReceiptStatus.NotAccepted, RefusalCode.OutcomeUnknown), (unknown.Id, unknown.Status, unknown.Code));
        Assert.True(known.IsApplied, known.ErrorName);
        Assert.Equal(StakerTao - OneTao, await Network.Free(Staker(24)));
    }

    /// <summary>Writes of accounts and of a pool fail, and activations end, while operations come.</summary>
    [Fact]
    public async Task Submit_ActorsEndMeanwhile_EachOperationTakesEffectOnce()
    {
        const int Rounds = 12, Stakers = 16;
        await using var client = new DtaoClient(network.Host.Client, new DtaoClientOptions { TriesMax = 1_000, RetryPauseMilliseconds = 1, RetryPauseMillisecondsMax = 10 });
        for (var staker = 0; staker < Stakers; staker++) await Attach(Staker(8 + staker));
        var answered = new List<OperationResult>();
        for (var round = 0; round < Rounds; round++)
        {
            if (round % 3 == 0) network.Journals.FailNext(ActorKeys.Account(Staker(8 + round)), round % 2 == 0 ? JournalFault.AnswerLost : JournalFault.AppendRefused);
            if (round % 4 == 1) network.Journals.FailNext(ActorKeys.Pool(One.Value), JournalFault.AppendRefused);
            var sent = Enumerable.Range(8, Stakers).Select(staker => client.SubmitAsync(Staker(staker), Calls.AddStake(Hot, One, new Tao(OneTao)), null, Token)).ToArray();
            if (round % 2 == 1) await Network.Pool(One).Cast<IGrainManagementExtension>().DeactivateOnIdle(Token);
            else await Network.Account(Staker(9 + round)).Cast<IGrainManagementExtension>().DeactivateOnIdle(Token);
            answered.AddRange(await Task.WhenAll(sent));
        }

        var repeated = await Task.WhenAll(answered.Select(result => client.SubmitAsync(result.Operation, Token)));

        Assert.All(answered, result => Assert.True(result.IsApplied, result.ErrorName));
        Assert.Equal(answered.Select(result => ReceiptText.Of(result.Receipt!)), repeated.Select(result => ReceiptText.Of(result.Receipt!)));
        Assert.Equal(answered.Count, answered.Select(result => result.Receipt!.Order).Distinct().Count());
        for (var staker = 0; staker < Stakers; staker++) Assert.Equal(StakerTao - (Rounds * OneTao), await Network.Free(Staker(8 + staker)));
    }

    /// <summary>The first operation of a client that an account hears of makes it known to the clients of its process.</summary>
    private async Task Attach(AccountId account)
    {
        var nothing = await Network.Prepare(account, Calls.AddStake(Hot, Missing, new Tao(OneTao)));
        Task<Receipt>? submitted;
        while ((submitted = LocalOperations.Of(network.Host.Grains)?.TrySubmit(nothing)) is null) await network.Host.Grains.Submit(nothing);
        await submitted;
    }

    /// <summary>The client that a silo's process has is known by the factory that its actors have.</summary>
    [Fact]
    public async Task Of_ClientOfTheSilosProcess_IsTheSameAsOfItsFactory()
    {
        await Attach(Staker(6));

        Assert.NotNull(LocalOperations.Of(network.Host.Client));
        Assert.Same(LocalOperations.Of(network.Host.Grains), LocalOperations.Of(network.Host.Client));
    }

    private Task<Receipt> Local(Operation operation)
    {
        var submitted = LocalOperations.Of(network.Host.Grains)!.TrySubmit(operation);
        Assert.NotNull(submitted);
        return submitted;
    }
}

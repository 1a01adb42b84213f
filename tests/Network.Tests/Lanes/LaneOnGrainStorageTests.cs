using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.TestKit;
using Orleans.Core.Internal;
using Orleans.Hosting;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Lanes;

/// <summary>The lane and its pools on a store that keeps no order over actors.</summary>
public sealed class LaneOnGrainStorageTests
{
    /// <summary>
    /// The pool has its part of a batch to come and is activated afresh. The activation before it might be told to open in its place: it must see that it was
    /// replaced, and that it sees by a write alone.
    /// </summary>
    [Fact]
    public async Task Pool_ActivatedWhileTheLaneKeepsItClosed_TakesTheJournalFromTheOneBefore()
    {
        var calls = new HeldCalls();
        await using var cluster = await GrainStorageNetwork.StartAsync(Genesis(), JournalStore.RecordMemory, configure: silo =>
        {
            silo.AddIncomingGrainCallFilter(calls);
            silo.AddOutgoingGrainCallFilter(calls);
        });
        var network = new RunningNetwork(cluster.Grains);
        var held = calls.HoldNextRequest(network.Pool(One), nameof(ISubnetPoolGrain.ApplyLane));
        var operation = await network.Prepare(Staker(0), Calls.SwapStake(Hot, One, Two, new Alpha(OneTao)));
        var sent = network.Submit(operation);
        await held.Reached;
        await network.Pool(One).AsReference<IGrainManagementExtension>().DeactivateOnIdle(TestContext.Current.CancellationToken);
        using var before = cluster.OpenJournal(ActorKeys.Pool(One.Value));
        await before.LoadAsync();

        var view = await network.Pool(One).GetView();
        var isHeld = await before.IsHeldAsync();
        held.Release();
        var receipt = await sent;

        Assert.NotNull(view.Books);
        Assert.False(isHeld);
        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.Equal(new Alpha(99 * OneTao), await network.Position(One, Hot, Staker(0)));
        await cluster.AssertClean();
    }
}

using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Failures;

/// <inheritdoc cref="SplitCluster"/>
public sealed class SplitClusterTests
{
    [Fact]
    public async Task TwoCoordinatorsAndTwoOfEveryPool_BlocksAndOperationsOnBoth_NothingTwiceAndNothingLost()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience.Max);
        var storage = await SharedStorage.WithBlock0(Genesis(stakers: SplitCluster.Stakers));
        await using var left = await ClusterNetwork.StartAsync(Genesis(stakers: SplitCluster.Stakers), silo: storage.AddTo);
        await using var right = await ClusterNetwork.StartAsync(Genesis(stakers: SplitCluster.Stakers), silo: storage.AddTo);

        await new SplitCluster([RunningNetwork.Of(left.Host), RunningNetwork.Of(right.Host)], storage.ReadFree, storage.AssertClean).Run(patience.Token);
    }
}

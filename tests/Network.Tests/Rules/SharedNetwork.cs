using Dtao.Client;
using Dtao.Grains;
using Dtao.Grains.Registry;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;

namespace Dtao.Network.Tests.Rules;

/// <summary>Tests that share one network; they run one after the other, each with accounts of its own.</summary>
[CollectionDefinition]
public sealed class OnSharedNetwork : ICollectionFixture<SharedNetwork>;

public sealed class SharedNetwork : IAsyncLifetime
{
    private ClusterNetwork? _cluster;

    public ClusterNetwork Cluster => _cluster ?? throw new InvalidOperationException("The network has not been started.");

    public RunningNetwork Network => RunningNetwork.Of(Cluster.Host);

    /// <summary>Sets a network parameter.</summary>
    public async Task Administer(string parameter, string value)
    {
        var registry = Cluster.Host.Grains.GetGrain<ISubnetRegistryGrain>(0);
        var receipt = await registry.Administer(OperationId.Create(), Calls.Administer(parameter, value, netuid: null));
        Assert.True(receipt.IsApplied, receipt.ErrorName);
    }

    public async ValueTask InitializeAsync() => _cluster = await ClusterNetwork.StartAsync(SmallNetwork.Genesis(stakers: 60));

    public async ValueTask DisposeAsync()
    {
        if (_cluster is null) return;
        AuditAssert.IsClean(_cluster.Host);
        await _cluster.DisposeAsync();
    }
}

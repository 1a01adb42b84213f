using Dtao.Hosting.Scenarios;

namespace Dtao.TestKit;

/// <summary>A cluster on the embedded store's ordered log.</summary>
public sealed class OrderedLogNetwork(ClusterNetwork cluster) : ForwardingNetwork(cluster), IRestartable
{
    public Task RestartAsync() => cluster.RestartAsync();

    public Task AssertClean()
    {
        AuditAssert.IsClean(cluster.Host);
        return Task.CompletedTask;
    }
}

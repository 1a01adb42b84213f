using Dtao.Hosting.Audit;
using Dtao.Hosting.Scenarios;
using Orleans;

namespace Dtao.TestKit;

/// <summary>A cluster on the embedded store's ordered log.</summary>
public sealed class OrderedLogNetwork(ClusterNetwork cluster) : ForwardingNetwork(cluster), IRestartable
{
    public IGrainFactory Grains => cluster.Host.Grains;

    public Task RestartAsync() => cluster.RestartAsync();

    public Task<NetworkImage> ReadImage()
    {
        using var view = cluster.Host.Log.OpenReadView();
        return Task.FromResult(NetworkImage.Read(view));
    }

    public Task AssertClean()
    {
        AuditAssert.IsClean(cluster.Host);
        return Task.CompletedTask;
    }
}

using Dtao.RedisKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Messaging;

namespace Dtao.Storage.Tests;

/// <summary>The behaviours of any membership table, on Orleans' own provider for Redis, by configuration only.</summary>
public sealed class RedisMembershipTableTests(RedisFixture redis) : MembershipTableSuite
{
    private readonly List<IHost> hosts = [];
    private Dictionary<string, string?> settings = null!;

    protected override string Cluster { get; } = $@"a/cluster\with#all?signs%{RedisFixture.NewName()}";

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var host in hosts) await ((IAsyncDisposable)host).DisposeAsync();
    }

    protected override async ValueTask Prepare() => settings = RedisSettings.OfClustering(await redis.ServerAsync());

    protected override async ValueTask<IMembershipTable> Open(string clusterId)
    {
        var silo = HostCluster.BuildSilo(clusterId, settings);
        hosts.Add(silo);
        var table = silo.Services.GetRequiredService<IMembershipTable>();
        await table.InitializeMembershipTableAsync(true, Token);
        return table;
    }

    protected override IGatewayListProvider OpenGateways()
    {
        var client = HostCluster.BuildClient(Cluster, settings);
        hosts.Add(client);
        return client.Services.GetRequiredService<IGatewayListProvider>();
    }
}

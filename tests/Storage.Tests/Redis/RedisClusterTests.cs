using Dtao.RedisKit;
using Orleans.Runtime;

namespace Dtao.Storage.Tests;

/// <summary>Silos and a client that find each other, and keep states, on Redis because their configuration says so.</summary>
public sealed class RedisClusterTests(RedisFixture redis)
{
    private const int TimeMaxMs = 420_000;

    [Fact(Timeout = TimeMaxMs)]
    public async Task Configuration_ClusteringAndStatesOnRedis_IsEnough()
    {
        var server = await redis.ServerAsync();
        await using var cluster = await HostCluster.Start(RedisSettings.OfBoth(server), RedisSettings.OfClustering(server));
        string[] keys = [.. Enumerable.Range(0, 20).Select(number => $"counter {number}")];

        for (var round = 1; round <= 2; round++)
        {
            var counts = await Task.WhenAll(keys.Select(key => cluster.Client.GetGrain<ICounterGrain>(key).Add(1)));
            Assert.All(counts, count => Assert.Equal(round, count));
            // Activations go, on both silos; the next round reads what they wrote.
            await cluster.Management.ForceActivationCollection(TimeSpan.Zero, TestContext.Current.CancellationToken);
        }

        Assert.Equal(2, (await cluster.Management.GetHosts(true, TestContext.Current.CancellationToken)).Count);
    }
}

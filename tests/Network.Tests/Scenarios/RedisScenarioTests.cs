using Dtao.RedisKit;
using Dtao.TestKit;
using Orleans.Hosting;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(RedisFixture))]

namespace Dtao.Network.Tests.Scenarios;

/// <summary>A network whose journals are in a storage that knows nothing of it: Orleans' own provider for Redis.</summary>
public sealed class RedisScenarioTests(RedisFixture redis)
{
    private static int databases;

    [Theory]
    [InlineData("three-subnets-1", 1, false)]
    [InlineData("refusals-1", 2, true)]
    public async Task ClusterOnRedis_Scenario_EndsInTheExpectedState(string file, int silos, bool isRestarted)
    {
        var server = await redis.ServerAsync();
        var scenario = ScenarioFiles.Read(file);
        // The server outlives the test, and keys begin with the service's id, which is the same for all networks: a database for each.
        var database = Interlocked.Increment(ref databases);
        await using var network = await GrainStorageNetwork.StartAsync(
            scenario.Genesis,
            (silo, name) => silo.AddRedisGrainStorage(name, options =>
            {
                options.ConfigurationOptions = ConfigurationOptions.Parse(server.ConnectionString);
                options.ConfigurationOptions.DefaultDatabase = database;
            }),
            silos);

        await ScenarioFiles.AssertPasses(scenario, network, isRestarted);
    }
}

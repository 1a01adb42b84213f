using System.Collections.Concurrent;
using Dtao.AzuriteKit;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Generated;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;
using Orleans.Serialization;
using Orleans.Storage;

namespace Dtao.Cluster.Tests.FreeRuns;

/// <summary>
/// The promise "the same at any size", where nobody orders anything: whatever order comes about among many clients, on one silo or on three, what actors recorded fits
/// one sequential order, and the sequential model, run in that order, comes to the same outcomes, to the same pools at each block, and to the same end.
/// </summary>
public sealed class FreeRunTests(AzuriteFixture azurite)
{
    private const int Clients = 24;

    private const int OperationsPerBlock = 200;

    private static readonly int s_operations = LongRun.OperationsOf(100_000);

    private static readonly GeneratedScenarioOptions s_long = new() { Subnets = 8, Blocks = (ulong)Math.Max(1, s_operations / OperationsPerBlock), Operations = s_operations, Seed = 2 };

    /// <summary>The ordinary run has the smallest and the largest: one silo on the ordered log, three on it, and three on tables.</summary>
    public static TheoryData<int, bool> Sizes => new(
        from isOnTables in new[] { false, true }
        from silos in new[] { 1, 2, 3 }
        where LongRun.IsOn || (silos, isOnTables) is (1, false) or (3, _)
        select (silos, isOnTables));

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task FreeRun_ManyClientsAtOnce_IsExplainedByOneSequentialOrder(int silos, bool isOnTables)
    {
        var workload = Workload(isOnTables);
        var scenario = ScenarioOf(workload);
        var gates = new ConcurrentBag<IGrainFactory>();
        await using var network = await Start(scenario.Genesis, silos, isOnTables, gates);

        var answered = await new FreeClients([.. gates], Clients).RunAsync(scenario);

        var end = await network.Read();
        var verdict = HistoryCheck.Run(RecordedHistory.Read(scenario.Genesis, answered, await network.ReadJournals()), end, scenario.Aliases);
        TestContext.Current.SendDiagnosticMessage($"{verdict}; {string.Join(", ", answered.CountBy(one => one.Receipt.ErrorName))}");
        Assert.Null(verdict.Fault);
        Assert.Equal(answered.Count(one => one.Receipt.Outcome is not null), verdict.Placed + verdict.Floating);
        Assert.True(end.Block.Value >= workload.Blocks, "Blocks are missing.");
        Assert.Equal((int)end.Block.Value * (workload.Subnets + 1), verdict.Cuts);
        Assert.True(answered.Count(one => one.Receipt.IsApplied) > answered.Count / 4, "Hardly an operation did anything.");
    }

    private static GeneratedScenarioOptions Workload(bool isOnTables) =>
        LongRun.IsOn ? s_long : s_long with { Subnets = 5, Blocks = isOnTables ? 8UL : 20, Operations = isOnTables ? 200 : 600 };

    /// <summary>
    /// Epochs come often, and stakers soon have nothing left, so that what they hold decides. The account of burned fees exists from the beginning: whether a first
    /// fee makes it is another test's.
    /// </summary>
    private static Scenario ScenarioOf(GeneratedScenarioOptions workload)
    {
        var scenario = GeneratedScenario.Create(workload);
        foreach (var subnet in scenario.Genesis.Subnets) subnet.Books.Tempo = 7;
        var balances = scenario.Genesis.Balances.Select(balance => (balance.Account, new Tao(balance.Free.Rao / 10)));
        return scenario with { Genesis = scenario.Genesis with { Balances = [.. balances, (AccountId.Burn, new Tao(1_000_000_000))] } };
    }

    private async Task<IJournaledNetwork> Start(GenesisState genesis, int silos, bool isOnTables, ConcurrentBag<IGrainFactory> gates)
    {
        if (!isOnTables) return new OrderedLogNetwork(await ClusterNetwork.StartAsync(genesis, silos, silo: NoteGate));
        var server = await azurite.ServerAsync();
        var table = AzuriteFixture.NewName();
        return await GrainStorageNetwork.StartAsync(genesis, (silo, name) =>
        {
            NoteGate(silo);
            KnowByItself(silo);
            silo.AddAzureTableGrainStorage(name, storage => storage.Configure<Serializer>((options, serializer) =>
            {
                options.ConfigureTableServiceClient(server.ConnectionString);
                (options.TableName, options.BucketCount) = (table, 4);
                options.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
            }));
        }, silos);

        // As in a process of its own: what a silo knows of blocks and parameters it has from the coordinator and the registry, later than others or earlier.
        static void KnowByItself(ISiloBuilder silo)
        {
            silo.Services.Remove(silo.Services.Single(service => service.ServiceType == typeof(NetworkContext)));
            silo.Services.AddSingleton<NetworkContext>();
            silo.Services.AddHostedService<NetworkFollower>();
        }

        void NoteGate(ISiloBuilder silo) => silo.AddStartupTask((services, _) =>
        {
            gates.Add(services.GetRequiredService<IGrainFactory>());
            return Task.CompletedTask;
        });
    }
}

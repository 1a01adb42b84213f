using System.Text;
using Dtao.AzuriteKit;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Generated;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using Orleans.Hosting;
using Orleans.Serialization;
using Orleans.Storage;

namespace Dtao.Cluster.Tests;

/// <summary>
/// The promise "the same at any size": one workload, released as fast as its order allows, ends in one state and one list of outcomes, whether one silo or
/// three run it, on one ordered log or on a store without order; and they are those of the sequential model.
/// </summary>
public sealed class SameAtAnySizeTests(AzuriteFixture azurite)
{
    private static readonly GeneratedScenarioOptions s_workload = LongRun.IsOn
        ? new() { Subnets = 8, Blocks = (ulong)Math.Max(1, LongRun.OperationsOf(100_000) / 200), Operations = LongRun.OperationsOf(100_000) }
        : new() { Subnets = 5, Blocks = 20, Operations = 400 };

    private static readonly Lazy<Task<string>> s_model = new(async () =>
    {
        var scenario = GeneratedScenario.Create(s_workload);
        await using var model = new ModelNetwork(scenario.Genesis);
        return await RunInOrder(scenario, model);
    });

    /// <summary>The ordinary run has the smallest and the largest: one silo on the ordered log, three on it, and three on tables.</summary>
    public static TheoryData<int, bool> Sizes => new(
        from isOnTables in new[] { false, true }
        from silos in new[] { 1, 2, 3 }
        where LongRun.IsOn || (silos, isOnTables) is (1, false) or (3, _)
        select (silos, isOnTables));

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task RecordedWorkload_ReleasedWhenItsPredecessorsAreAnswered_EndsAsTheModelDoes(int silos, bool isOnTables)
    {
        var scenario = GeneratedScenario.Create(s_workload);
        await using IScenarioNetwork network = isOnTables
            ? await GrainStorageNetwork.StartAsync(scenario.Genesis, await Tables(), silos)
            : new OrderedLogNetwork(await ClusterNetwork.StartAsync(scenario.Genesis, silos));

        var (ended, widest) = await RunConcurrently(scenario, network);

        Assert.True(widest > 1, "No two operations were ever under way at once.");
        Assert.Equal(await s_model.Value, ended);
    }

    private async Task<Action<ISiloBuilder, string>> Tables()
    {
        var server = await azurite.ServerAsync();
        var table = AzuriteFixture.NewName();
        return (silo, name) => silo.AddAzureTableGrainStorage(name, storage => storage.Configure<Serializer>((options, serializer) =>
        {
            options.ConfigureTableServiceClient(server.ConnectionString);
            (options.TableName, options.BucketCount) = (table, 4);
            options.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
        }));
    }

    private static async Task<string> RunInOrder(Scenario scenario, ModelNetwork network)
    {
        var outcomes = new List<CallOutcome>();
        foreach (var step in scenario.Steps)
        {
            if (step.Blocks > 0) await network.MakeBlocks(step.Blocks);
            if (step.Call is { } call) outcomes.Add(await network.Execute(step.Signer, call));
        }

        return Text(scenario, await network.Read(), outcomes);
    }

    /// <summary>An operation goes when all before it are answered that touch an actor which it touches; a block when all before it are.</summary>
    private static async Task<(string Ended, int Widest)> RunConcurrently(Scenario scenario, IScenarioNetwork network)
    {
        var answers = new List<Task<CallOutcome>>();
        var awaited = 0;
        var last = new Dictionary<object, Task>();
        var (underWay, widest) = (0, 0);
        foreach (var step in scenario.Steps)
        {
            if (step.Blocks > 0)
            {
                await Task.WhenAll(answers[awaited..]);
                awaited = answers.Count;
                last.Clear();
                await network.MakeBlocks(step.Blocks);
            }

            if (step.Call is not { } call) continue;
            var touched = Touched(step.Signer, call).ToArray();
            var answer = Send(step.Signer, call, [.. touched.Select(actor => last.GetValueOrDefault(actor, Task.CompletedTask)).Distinct()]);
            foreach (var actor in touched) last[actor] = answer;
            answers.Add(answer);
        }

        var outcomes = await Task.WhenAll(answers);
        return (Text(scenario, await network.Read(), outcomes), widest);

        async Task<CallOutcome> Send(AccountId signer, Call call, Task[] predecessors)
        {
            await Task.WhenAll(predecessors);
            var now = Interlocked.Increment(ref underWay);
            for (var known = Volatile.Read(ref widest); now > known; known = Volatile.Read(ref widest)) Interlocked.CompareExchange(ref widest, now, known);
            try
            {
                return await network.Execute(signer, call);
            }
            finally
            {
                Interlocked.Decrement(ref underWay);
            }
        }
    }

    /// <remarks>Hotkeys are not among them: who owns one never changes here, and what is staked on it is its pool's.</remarks>
    private static IEnumerable<object> Touched(AccountId signer, Call call)
    {
        yield return signer;
        if (call.ToColdkey is { } toColdkey && toColdkey != signer) yield return toColdkey;
        yield return call.Netuid;
        if (call.ToNetuid is { } toNetuid && toNetuid != call.Netuid) yield return toNetuid;
        foreach (var netuid in call.Detail is ClaimDetail claim ? claim.Netuids.Where(netuid => netuid != call.Netuid) : []) yield return netuid;
    }

    private static string Text(Scenario scenario, INetworkState state, IEnumerable<CallOutcome> outcomes) => Encoding.ASCII.GetString(CanonicalJson.Write(
        CanonicalState.Of(state, "any size", scenario.Aliases, [.. outcomes.Select(outcome => CanonicalResults.Of(outcome, scenario.Aliases))])));
}

using Dtao.Economics;
using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;

namespace Dtao.Network.Tests.Scenarios;

/// <summary>Random calls that cost a transaction fee, on the cluster and on the sequential model, to the rao.</summary>
public sealed class FeeScenarioTests
{
    private const int StepsMax = 80;
    private const int RoundsMax = 20;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Cluster_RandomCallsWithFees_AgreesWithTheModelToTheRao(int silos) => AssertAgrees(
        LongRun.IsOn ? 50 : 2,
        async genesis => new OrderedLogNetwork(await ClusterNetwork.StartAsync(genesis, silos)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task ClusterOnGrainStorage_RandomCallsWithFees_AgreesWithTheModelToTheRao(int silos) => AssertAgrees(
        LongRun.IsOn ? 15 : 1,
        async genesis => await GrainStorageNetwork.StartAsync(genesis, silos == 1 ? JournalStore.RecordMemory : JournalStore.Sqlite, silos));

    /// <summary>Draws networks of each kind until every way of paying has occurred: which of them a few random ones meet is chance.</summary>
    private static async Task AssertAgrees(int networksOfEach, Func<GenesisState, Task<IRestartable>> start)
    {
        var paid = new SortedDictionary<string, int>(StringComparer.Ordinal);
        string[] ways = ["done for TAO", "refused for TAO", "done for alpha", "refused for alpha", "not paid"];

        var rounds = 0;
        do
        {
            foreach (var hasHighDeposit in new[] { false, true })
            {
                await RandomRuns.AssertAgree(
                    RandomScenarios.ScenarioWithFees(StepsMax, hasHighDeposit), networksOfEach, start, genesis => new CountingNetwork(new ModelNetwork(genesis), paid));
            }
        }
        while (!ways.All(paid.ContainsKey) && ++rounds < RoundsMax);

        Assert.All(ways, how => Assert.True(paid.ContainsKey(how), $"{how}: no call of any network; there were {string.Join(", ", paid)}."));
    }

    /// <summary>Counts how fees were paid.</summary>
    private sealed class CountingNetwork(IScenarioNetwork inner, SortedDictionary<string, int> paid) : ForwardingNetwork(inner)
    {
        public override async Task<CallOutcome> Execute(AccountId signer, Call call)
        {
            var outcome = await base.Execute(signer, call);
            if (TransactionFees.FeeOf(call).IsZero) return outcome;
            var how = outcome.Error == LedgerError.Payment
                ? "not paid"
                : $"{(outcome.IsOk ? "done" : "refused")} for {(outcome.Fee.Netuid is null ? "TAO" : "alpha")}";
            paid[how] = paid.GetValueOrDefault(how) + 1;
            return outcome;
        }
    }
}

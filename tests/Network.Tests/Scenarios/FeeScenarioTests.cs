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

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Cluster_RandomCallsWithFees_AgreesWithTheModelToTheRao(int silos) => AssertAgrees(
        LongRun.IsOn ? 100 : 5,
        async genesis => new OrderedLogNetwork(await ClusterNetwork.StartAsync(genesis, silos)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task ClusterOnGrainStorage_RandomCallsWithFees_AgreesWithTheModelToTheRao(int silos) => AssertAgrees(
        LongRun.IsOn ? 30 : 3,
        async genesis => await GrainStorageNetwork.StartAsync(genesis, silos == 1 ? JournalStore.RecordMemory : JournalStore.Sqlite, silos));

    private static async Task AssertAgrees(int networks, Func<GenesisState, Task<IRestartable>> start)
    {
        var paid = new SortedDictionary<string, int>(StringComparer.Ordinal);

        await RandomRuns.AssertAgree(
            RandomScenarios.ScenarioWithFees(StepsMax), networks, start, genesis => new CountingNetwork(new ModelNetwork(genesis), paid));

        foreach (var how in (string[])["done for TAO", "refused for TAO", "done for alpha", "refused for alpha", "not paid"])
        {
            Assert.True(paid.GetValueOrDefault(how) > 0, $"{how}: no call of {networks} networks.");
        }
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

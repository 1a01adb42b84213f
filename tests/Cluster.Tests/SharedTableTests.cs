using Azure.Data.Tables;
using Dtao.AzuriteKit;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Network;
using Dtao.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Cluster.Tests;

/// <summary>What becomes of a real table under silos that work on it: it is deleted, and two clusters that know nothing of each other share it.</summary>
public sealed class SharedTableTests(AzuriteFixture azurite)
{
    private const int Asks = 3;
    private static readonly Tao s_amount = new(OneTao / 100);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "StoreUnreachable")]
    [InlineData(true, "LedgerMissing")]
    public async Task Table_DeletedUnderARunningSilo_RefusesAndLosesNothingWhenItIsRestored(bool isMadeAnew, string reason)
    {
        Assert.SkipUnless(!isMadeAnew || LongRun.IsOn, "Only in the long form.");
        var options = await Options();
        var table = new TableClient(options.Account.ConnectionString!, options.Table);
        var acknowledged = new List<(Operation Operation, Receipt Receipt)>();
        Operation unknown;
        List<TableEntity> rows;
        await using (var silo = await Start(options))
        {
            var network = new RunningNetwork(silo.Grains);
            for (var number = 0; number < 4; number++)
            {
                var operation = await network.Prepare(Staker(number), Calls.AddStake(Hot, One, s_amount));
                acknowledged.Add((operation, await network.SubmitUntilDecided(operation)));
            }

            await network.CloseBlock();
            unknown = await network.Prepare(Staker(0), Calls.AddStake(Hot, One, s_amount));
            await Patience.Until(() => Task.FromResult(silo.Health.Ready().IsOk), "The silo never became ready.");
            rows = await table.QueryAsync<TableEntity>(cancellationToken: Cancel).ToListAsync(Cancel);

            await table.DeleteAsync(Cancel);
            if (isMadeAnew) await table.CreateAsync(Cancel);

            await Patience.Until(() => Task.FromResult(silo.Health.Ready().Reasons.Any(one => one.Code == reason)), $"The silo never said {reason}.");
            Assert.True(silo.Health.Live().IsOk, "A new process would begin a new network in the empty table.");
            for (var ask = 0; ask < Asks; ask++) Assert.False(await IsApplied(network, unknown));

            // Nobody had asked this account before: it finds nothing of its own, and had a thousand TAO.
            await Assert.ThrowsAnyAsync<Exception>(() => network.Free(Staker(7)));
        }

        // Nothing of an actor was written meanwhile. All silos are stopped: the table is restored.
        if (isMadeAnew) Assert.DoesNotContain(await table.QueryAsync<TableEntity>(cancellationToken: Cancel).ToListAsync(Cancel), IsOfTheLedger);
        if (isMadeAnew) await table.DeleteAsync(Cancel);
        await table.CreateAsync(Cancel);
        foreach (var row in rows) await table.AddEntityAsync(row, Cancel);

        await using (var silo = await Start(options))
        {
            var network = new RunningNetwork(silo.Grains);
            Assert.False(silo.MadeNetwork);
            foreach (var (operation, receipt) in acknowledged)
            {
                Assert.True(receipt.IsApplied, receipt.ErrorName);
                Assert.Equal(ReceiptText.Of(receipt), ReceiptText.Of(await network.SubmitUntilDecided(operation)));
            }

            Assert.True((await network.SubmitUntilDecided(unknown)).IsApplied);
            Assert.Equal(StakerTao - (2 * s_amount.Rao), await network.Free(Staker(0)));
            Assert.Equal(StakerTao - s_amount.Rao, await network.Free(Staker(1)));
            Assert.Equal(2UL, (await network.CloseBlock()).Number.Value);
        }

        await EmulatedCluster.AssertClean(options);
    }

    /// <summary>The halves have membership tables of their own. Their sweepers are left out: each would take up what the other, dead to it, has left.</summary>
    [Fact]
    public async Task TwoCoordinatorsAndTwoOfEveryPool_OnOneTable_NothingTwiceAndNothingLost()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(Patience.Max);
        var options = await Options() with { Silo = silo => silo.Services.Remove(silo.Services.Single(service => service.ImplementationType == typeof(SiloSweeper))) };
        await using var left = await Start(options);
        await using var right = await Start(options with { ClusterId = "other", MembershipTable = options.MembershipTable + "other" });

        await new SplitCluster([new(left.Grains), new(right.Grains)], ReadFree, () => EmulatedCluster.AssertClean(options)).Run(patience.Token);

        async Task<ulong> ReadFree(AccountId account)
        {
            await using var store = await ClusterStore.OpenAsync(options, Cancel);
            using var journal = store.Journals.Open(ActorKeys.Account(account));
            return AccountModel.Instance.Restore(await journal.LoadAsync()).Free.Rao;
        }
    }

    [Fact]
    public async Task Silo_OfACluster_HasTheLimitsAndTheClocksOfItsOptions()
    {
        var options = await Options() with { Limits = new SiloLimits { OperationsMax = 1, AccountShare = 1 } };
        await using var silo = await Start(options);
        var operations = silo.Services.GetRequiredService<NetworkContext>().Operations;

        Assert.True(operations.TryEnter(ofAccount: 0));
        var network = new RunningNetwork(silo.Grains);
        var operation = await network.Prepare(Staker(1), Calls.AddStake(Hot, One, s_amount));
        Assert.Equal(RefusalCode.Overloaded, (await network.Submit(operation)).Code);
        operations.Leave();
        Assert.True((await network.SubmitUntilDecided(operation)).IsApplied);

        Assert.IsType<SteadyClock>(silo.Services.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.ActivationManagement));
        Assert.Same(TimeProvider.System, silo.Services.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.Membership));
    }

    private static bool IsOfTheLedger(TableEntity row) =>
        new[] { "account", "pool", "registry", "coordinator" }.Any(kind => row.RowKey.StartsWith($"{GrainStorageJournals.GrainTypeName}%002F{kind}", StringComparison.Ordinal));

    private static async Task<bool> IsApplied(RunningNetwork network, Operation operation)
    {
        try
        {
            var receipt = await network.Submit(operation);
            Assert.True(receipt.MayPassOnRetry || receipt.IsApplied, receipt.ErrorName);
            return receipt.IsApplied;
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or Xunit.Sdk.XunitException))
        {
            return false;
        }
    }

    private static Task<ClusterSilo> Start(ClusterSiloOptions options) =>
        ClusterSilo.StartAsync(options, SmallDocument.Agreed() with { BlockIntervalMilliseconds = -1 }, cancellationToken: Cancel);

    private async Task<ClusterSiloOptions> Options() => await EmulatedCluster.NewAsync(azurite) with { DrivesBlocks = false };
}

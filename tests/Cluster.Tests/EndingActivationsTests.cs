using Dtao.AzuriteKit;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Subnets;
using Dtao.Hosting.Cluster;
using Dtao.TestKit;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Cluster.Tests;

/// <summary>Actors that are told to end while they wait for one another.</summary>
public sealed class EndingActivationsTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_WhileAnOperationWaitsForAPoolThatDoesNotAnswer_EndsWithoutIt()
    {
        var (calls, lines) = (new HeldCalls(), new LogLines());
        var options = await Options();
        var silo = await ClusterSilo.StartAsync(
            options with { Silo = builder => builder.AddOutgoingGrainCallFilter(calls), Logging = logging => logging.AddProvider(lines) }, SmallDocument.Agreed(), cancellationToken: Cancel);
        var operation = new Operation
        {
            Id = OperationId.Create(),
            Signer = Staker(1),
            Call = Calls.SwapStake(Hot, One, Two, new Alpha(OneTao)),
            LastValidBlock = new BlockNumber(4_000),
        };
        var held = calls.HoldEach(silo.Grains.Pool(One), nameof(ISubnetPoolGrain.CloseForLane));
        Task<Receipt> waiting;
        try
        {
            waiting = silo.Grains.Account(operation.Signer).Submit(operation);
            await held.Reached;
        }
        finally
        {
            await silo.DisposeAsync();
        }

        // The pool has not answered to this moment, and the account did not wait for it.
        Assert.DoesNotContain(lines.All, line => line.Contains("failed to deactivate promptly", StringComparison.Ordinal));
        await Patience.Until(Task.WhenAny(waiting), "The caller is left waiting.");
        Assert.False(waiting is { IsCompletedSuccessfully: true, Result.Status: ReceiptStatus.Applied or ReceiptStatus.Refused });
        held.Release();

        await using (var next = await ClusterSilo.StartAsync(options, SmallDocument.Agreed(), cancellationToken: Cancel))
        {
            await using var client = new DtaoClient(next.Client, new() { TriesMax = 100 });
            Assert.Equal(OperationStatus.Applied, (await client.SubmitAsync(operation, Cancel)).Status);
        }

        await EmulatedCluster.AssertClean(options);
    }

    private Task<ClusterSiloOptions> Options() => EmulatedCluster.NewAsync(azurite);
}

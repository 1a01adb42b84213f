using System.Globalization;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Hosting.Network;
using Dtao.Storage;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Failures;

/// <summary>The disk fills under a running network: nobody is told what is not written, and with more room the ledger goes on.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int RoomBytes = 160 * 1024;
    private const int RoundsMax = 10_000;
    private const int Clients = 4;
    private const ulong Each = 2_500_000;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("dtao-full-").FullName;

    private string Database => Path.Combine(_folder, "ledger.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Network_DiskFills_TellsUnknownAndStopsAndGoesOnWithMoreRoom()
    {
        await using (await Start(bytesMax: 0))
        {
            // Block 0 is there.
        }

        var lost = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        var acknowledged = new List<(Operation Operation, Receipt Receipt)>();
        var unknown = new List<Operation>();
        await using (var host = await Start(new FileInfo(Database).Length + RoomBytes, lost.SetResult))
        {
            var ended = await Task.WhenAll(Enumerable.Range(0, Clients).Select(number => UntilUnknown(RunningNetwork.Of(host), Staker(number))));
            foreach (var client in ended)
            {
                acknowledged.AddRange(client.Acknowledged);
                unknown.Add(client.Unknown);
            }

            var told = await lost.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);
            var cause = Assert.IsType<StoreException>(told.InnerException);
            Assert.Equal(StoreErrorCode.Full, cause.Code);
            Assert.Contains("Free space", told.Message, StringComparison.Ordinal);
            Assert.True(host.Log.IsPoisoned);
        }

        await using var again = await Start(bytesMax: 0);
        AuditAssert.IsClean(again);
        var network = RunningNetwork.Of(again);
        Assert.True(acknowledged.Count > Clients, string.Create(CultureInfo.InvariantCulture, $"Only {acknowledged.Count} operations fitted."));
        foreach (var (operation, receipt) in acknowledged)
        {
            Assert.Equal(ReceiptText.Of(receipt), ReceiptText.Of((await network.Account(operation.Signer).GetReceipt(operation.Id))!));
        }

        foreach (var operation in unknown)
        {
            var receipt = await network.Submit(operation);
            Assert.True(receipt.IsApplied, receipt.ErrorName);
            acknowledged.Add((operation, receipt));
        }

        foreach (var ofSigner in acknowledged.GroupBy(entry => entry.Operation.Signer))
        {
            Assert.Equal(StakerTao - (Each * (ulong)ofSigner.Count()), await network.Free(ofSigner.Key));
        }

        await network.Coordinator.CloseBlock();
        AuditAssert.IsClean(again);
    }

    /// <summary>Buys until an answer is not known; every answer before it is one that counts.</summary>
    private static async Task<(List<(Operation, Receipt)> Acknowledged, Operation Unknown)> UntilUnknown(RunningNetwork network, AccountId signer)
    {
        var acknowledged = new List<(Operation, Receipt)>();
        var operation = await network.Prepare(signer, Calls.AddStake(Hot, One, new Tao(Each)));
        for (var round = 0; round < RoundsMax; round++)
        {
            var next = operation with { Id = OperationId.Create() };
            Receipt receipt;
            try
            {
                receipt = await network.Submit(next);
            }
            catch (Exception lost) when (lost is not OutOfMemoryException)
            {
                // The account's actor is gone already, and has no successor.
                return (acknowledged, next);
            }

            if (receipt.Code == RefusalCode.OutcomeUnknown) return (acknowledged, next);
            Assert.True(receipt.IsApplied, receipt.ErrorName);
            acknowledged.Add((next, receipt));
        }

        throw new InvalidOperationException("The disk never filled.");
    }

    private Task<NetworkHost> Start(long bytesMax, Action<Exception>? onLost = null) => NetworkHost.StartAsync(new NetworkHostOptions
    {
        DatabasePath = Database,
        DatabaseBytesMax = bytesMax,
        Genesis = NetworkGenesis.Of(Genesis()),
        DrivesBlocks = false,
        OnStoreLost = onLost,
    });
}

using Dtao.Economics;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Shell;
using Dtao.Hosting.Network;
using Dtao.Storage;
using Dtao.TestKit;
using Microsoft.Extensions.Logging;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Failures;

/// <summary>A network that closes blocks by itself is stopped, with those that wait for its next block.</summary>
public sealed class StoppedBlocksTests : IDisposable
{
    private const int Readers = 4;

    private readonly string _folder = Directory.CreateTempSubdirectory("dtao-stopped-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Database => Path.Combine(_folder, "ledger.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Without a pause there is always a block under way, so each stop comes in the middle of one.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public async Task Stop_WhileABlockIsUnderWay_ClosesItAndSaysNothing(long interval)
    {
        for (var start = 1; start <= 3; start++)
        {
            var lines = new LogLines();
            var host = await NetworkHost.StartAsync(
                new NetworkHostOptions
                {
                    DatabasePath = Database,
                    Genesis = NetworkGenesis.Of(Genesis()) with { BlockIntervalMilliseconds = interval },
                    Logging = logging => logging.AddProvider(lines),
                },
                Cancel);
            var coordinator = host.Grains.Coordinator();
            Task<ChainHead>[] waiting;
            try
            {
                var begun = (await coordinator.GetHead()).Block;
                await Patience.Until(async () => (await coordinator.GetHead()).Block > begun, $"No block was closed after {begun}.");
                lines.All.Clear();
                waiting = [.. Enumerable.Range(0, Readers).Select(_ => coordinator.WaitForBlockAfter(new BlockNumber(1_000_000)))];
            }
            finally
            {
                await host.DisposeAsync();
            }

            Assert.DoesNotContain(lines.All, line => line.Contains("subnet", StringComparison.OrdinalIgnoreCase) || line.Contains("block", StringComparison.OrdinalIgnoreCase));
            Assert.All(await Task.WhenAll(waiting), head => Assert.True(head.Block.Value > 0));
            await using var log = OrderedLog.Open(Database);
            Assert.IsType<BlockClosed>(CoordinatorModel.Instance.ReadOne(log.ReadEvents(ActorKeys.Coordinator).Last().Bytes.Span));
        }
    }

    [Fact]
    public async Task Rest_OfACoordinator_ClosesNoBlockUntilItIsPoked()
    {
        await using var host = await NetworkHost.StartAsync(
            new NetworkHostOptions { DatabasePath = Database, Genesis = NetworkGenesis.Of(Genesis()) with { BlockIntervalMilliseconds = 0 }, DrivesBlocks = false }, Cancel);
        var coordinator = host.Grains.Coordinator();
        for (var turn = 0; turn < 5; turn++)
        {
            await coordinator.Poke();
            await coordinator.WaitForBlockAfter((await coordinator.GetHead()).Block);
            await coordinator.Rest();
            var rested = (await coordinator.GetHead()).Block;

            // Answered with what stands, although no later block comes; and whoever asks for a block gets one.
            Assert.Equal(rested, (await coordinator.WaitForBlockAfter(rested)).Block);
            Assert.Equal(rested.Next, (await coordinator.CloseBlock()).Number);
            Assert.Equal(rested.Next, (await coordinator.WaitForBlockAfter(rested.Next)).Block);
        }
    }
}

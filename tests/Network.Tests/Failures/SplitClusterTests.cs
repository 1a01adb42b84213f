using System.Collections.Concurrent;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Failures;

/// <summary>
/// A cluster that fell apart: both halves take the other for dead and go on over the same store, so that of the coordinator, of every pool, and of every
/// account there are two at once.
/// </summary>
public sealed class SplitClusterTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task TwoCoordinatorsAndTwoOfEveryPool_BlocksAndOperationsOnBoth_NothingTwiceAndNothingLost()
    {
        const int Blocks = 5, Operations = 16, Stakers = 4;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(s_patience);
        var storage = await SharedStorage.WithBlock0(Genesis(stakers: Stakers));
        await using var left = await ClusterNetwork.StartAsync(Genesis(stakers: Stakers), silo: storage.AddTo);
        await using var right = await ClusterNetwork.StartAsync(Genesis(stakers: Stakers), silo: storage.AddTo);
        RunningNetwork[] halves = [RunningNetwork.Of(left.Host), RunningNetwork.Of(right.Host)];

        // One block on each side after the other: each side's actors are of the past when their turn comes.
        var headers = new ConcurrentBag<BlockHeader>();
        for (var block = 0; block < Blocks; block++)
        {
            foreach (var half in halves) headers.Add(await Insist(half.Coordinator.CloseBlock, patience.Token));
        }

        // Then the same operations are sent to both sides at once, while both close blocks.
        var operations = new List<Operation>();
        for (var i = 0; i < Operations; i++)
        {
            var call = (i % 4) switch
            {
                0 => Calls.AddStake(Hot, One, new Tao(OneTao)),
                1 => Calls.RemoveStake(Warm, Two, new Alpha(OneTao)),
                2 => Calls.Transfer(Staker(((i / 4) + 1) % Stakers), new Tao(OneTao), keepAlive: true),
                _ => Calls.AddStake(Hot, Root, new Tao(OneTao)),
            };
            var operation = await Insist(() => halves[0].Prepare(Staker(i / 4), call), patience.Token);
            operations.Add(operation with { LastValidBlock = new BlockNumber(operation.LastValidBlock.Value + 1_000) });
        }

        var closing = halves.Select(half => CloseSome(half)).ToArray();
        var receipts = new List<Receipt>();
        foreach (var operation in operations)
        {
            var both = await Task.WhenAll(halves.Select(half => Decided(half, operation, patience.Token)));
            Assert.Equal(ReceiptText.Of(both[0]), ReceiptText.Of(both[1]));
            Assert.True(both[0].IsApplied, both[0].ErrorName);
            receipts.Add(both[0]);
        }

        await Task.WhenAll(closing);
        headers.Add(await Insist(halves[0].Coordinator.CloseBlock, patience.Token));

        await AssertOneChain(halves[0], headers, patience.Token);
        Assert.Equal(operations.Count, receipts.DistinctBy(receipt => receipt.Id).Count());
        await storage.AssertClean();
        foreach (var staker in Enumerable.Range(0, Stakers))
        {
            // Read from the store: a half that is behind answers reads as of then, until it writes.
            Assert.Equal(ExpectedFree(Staker(staker), operations, receipts), await storage.ReadFree(Staker(staker)));
        }

        async Task CloseSome(RunningNetwork half)
        {
            for (var block = 0; block < Blocks; block++) headers.Add(await Insist(half.Coordinator.CloseBlock, patience.Token));
        }
    }

    private static ulong ExpectedFree(AccountId account, List<Operation> operations, List<Receipt> receipts)
    {
        var free = StakerTao;
        foreach (var (operation, receipt) in operations.Zip(receipts))
        {
            if (operation.Call.Kind == CallKind.Transfer && operation.Call.ToColdkey == account) free += operation.Call.Amount;
            if (operation.Signer != account) continue;
            free = operation.Call.Kind == CallKind.RemoveStake ? free + receipt.Outcome!.Moves[0].Tao.Rao : free - operation.Call.Amount;
        }

        return free;
    }

    /// <summary>Every header that somebody was told stands in the chain as it was told, and no block was told twice as two.</summary>
    private static async Task AssertOneChain(RunningNetwork half, IReadOnlyCollection<BlockHeader> told, CancellationToken ending)
    {
        var last = told.Max(header => header.Number.Value);
        var parent = new byte[32];
        for (var number = 1UL; number <= last; number++)
        {
            var header = await Insist(() => half.Coordinator.GetHeader(new BlockNumber(number)), ending);
            Assert.Equal(parent, header!.ParentHash);
            Assert.All(told.Where(one => one.Number == header.Number), one => Assert.Equal(header.Hash, one.Hash));
            parent = header.Hash;
        }
    }

    private static async Task<Receipt> Decided(RunningNetwork half, Operation operation, CancellationToken ending)
    {
        while (true)
        {
            var receipt = await Insist(() => half.Submit(operation), ending);
            if (!receipt.MayPassOnRetry) return receipt;
            ending.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Asks until there is an answer: the half that is behind finds out when it writes, and its next activation is up to date.</summary>
    private static async Task<T> Insist<T>(Func<Task<T>> ask, CancellationToken ending)
    {
        while (true)
        {
            try
            {
                return await ask().WaitAsync(ending);
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException && !ending.IsCancellationRequested)
            {
                await Task.Delay(1, ending);
            }
        }
    }
}

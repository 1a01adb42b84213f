using System.Collections.Concurrent;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Xunit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.TestKit;

/// <summary>
/// A cluster that fell apart: both halves take the other for dead and go on over the same store, so that of the coordinator, of every pool, and of every
/// account there are two at once.
/// </summary>
/// <param name="readFree">What an account holds as it is stored: a half that is behind answers reads as of then, until it writes.</param>
/// <param name="assertClean">Audits the store.</param>
public sealed class SplitCluster(IReadOnlyList<RunningNetwork> halves, Func<AccountId, Task<ulong>> readFree, Func<Task> assertClean)
{
    public const int Stakers = 4;
    private const int Blocks = 5;
    private const int Operations = 16;

    /// <summary>Lets both halves close blocks and gives both the same operations, and holds that all of it took effect once.</summary>
    public async Task Run(CancellationToken ending)
    {
        // One block on each side after the other: each side's actors are of the past when their turn comes.
        var headers = new ConcurrentBag<BlockHeader>();
        for (var block = 0; block < Blocks; block++)
        {
            foreach (var half in halves) headers.Add(await Insist(half.Coordinator.CloseBlock, ending));
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
            var operation = await Insist(() => halves[0].Prepare(Staker(i / 4), call), ending);
            operations.Add(operation with { LastValidBlock = new BlockNumber(operation.LastValidBlock.Value + 1_000) });
        }

        var closing = halves.Select(CloseSome).ToArray();
        var receipts = new List<Receipt>();
        foreach (var operation in operations)
        {
            var both = await Task.WhenAll(halves.Select(half => Decided(half, operation, ending)));
            Assert.Equal(ReceiptText.Of(both[0]), ReceiptText.Of(both[1]));
            Assert.True(both[0].IsApplied, both[0].ErrorName);
            receipts.Add(both[0]);
        }

        await Task.WhenAll(closing);
        headers.Add(await Insist(halves[0].Coordinator.CloseBlock, ending));

        await AssertOneChain(halves[0], headers, ending);
        Assert.Equal(operations.Count, receipts.DistinctBy(receipt => receipt.Id).Count());
        await assertClean();
        foreach (var staker in Enumerable.Range(0, Stakers)) Assert.Equal(ExpectedFree(Staker(staker), operations, receipts), await readFree(Staker(staker)));

        async Task CloseSome(RunningNetwork half)
        {
            for (var block = 0; block < Blocks; block++) headers.Add(await Insist(half.Coordinator.CloseBlock, ending));
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

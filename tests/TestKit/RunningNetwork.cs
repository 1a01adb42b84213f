using System.Diagnostics;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Hosting.Network;
using Orleans;
using Orleans.Runtime;

namespace Dtao.TestKit;

/// <summary>Short forms of what tests ask of a network's actors, beneath the client: nothing is tried again behind a test's back.</summary>
public sealed class RunningNetwork(IGrainFactory grains)
{
    private const ulong ValidityBlocks = 64;

    public IBlockCoordinatorGrain Coordinator => grains.GetGrain<IBlockCoordinatorGrain>(0);

    public static RunningNetwork Of(NetworkHost host) => new(host.Grains);

    public IStakerAccountGrain Account(AccountId account) => grains.GetGrain<IStakerAccountGrain>(account.ToString());

    public ISubnetPoolGrain Pool(NetUid netuid) => grains.GetGrain<ISubnetPoolGrain>(netuid.Value);

    public async Task<BlockNumber> Head() => (await Coordinator.GetHead()).Block;

    public async Task<Operation> Prepare(AccountId signer, Call call) => new()
    {
        Id = OperationId.Create(),
        Signer = signer,
        Call = call,
        LastValidBlock = new BlockNumber((await Head()).Value + ValidityBlocks),
    };

    public Task<Receipt> Submit(Operation operation) => Account(operation.Signer).Submit(operation);

    /// <summary>
    /// For what a test keeps in flight: asks again when the wait for an answer is over, which on a busy machine it may be before the test lets the operation go on.
    /// A repeat has the answer of the first.
    /// </summary>
    public async Task<Receipt> SubmitPatiently(Operation operation)
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return await Submit(operation);
            }
            catch (TimeoutException) when (Stopwatch.GetElapsedTime(began) < Patience.Max)
            {
            }
        }
    }

    /// <summary>Sends an operation again until it is decided, whatever fails meanwhile.</summary>
    public async Task<Receipt> SubmitUntilDecided(Operation operation)
    {
        var last = string.Empty;
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < Patience.Max;)
        {
            try
            {
                var receipt = await Submit(operation);
                if (!receipt.MayPassOnRetry) return receipt;
                last = receipt.Code.ToString();
            }
            catch (Exception caught) when (IsOfTheWay(caught) || caught is TimeoutException)
            {
                last = caught.Message;
            }
        }

        throw new TimeoutException($"{operation.Call.Kind} of {operation.Signer} was never decided: {last}");
    }

    /// <summary>Closes a block, whatever becomes of the coordinator meanwhile: when its activation ends, the next one is asked.</summary>
    public async Task<BlockHeader> CloseBlock()
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return await Coordinator.CloseBlock();
            }
            catch (Exception caught) when (IsOfTheWay(caught) && Stopwatch.GetElapsedTime(began) < Patience.Max)
            {
            }
        }
    }

    /// <summary>Whether an actor's activation, or the way to it, was lost: what was asked may have been done or not.</summary>
    private static bool IsOfTheWay(Exception caught) => caught is ActorPoisonedException or OperationCanceledException or OrleansException;

    public async Task<Receipt> Submit(AccountId signer, Call call) => await Submit(await Prepare(signer, call));

    public async Task<ulong> Free(AccountId account) => (await Account(account).GetView()).Free.Rao;

    /// <summary>Below the numbers that coordinators give to closings.</summary>
    private static ulong s_lastClosing;

    /// <summary>Keeps a pool closed as a block does, so that what is sent to it stays in flight, until it is opened.</summary>
    public async Task<PoolHold> HoldPool(NetUid netuid)
    {
        var head = await Head();
        var closing = Interlocked.Increment(ref s_lastClosing);
        await Pool(netuid).CloseForBlock(head.Next, closing, BlockHashes.NoParent());
        return new PoolHold(Pool(netuid), closing);
    }

    /// <summary>Waits until an account has so many operations in flight.</summary>
    public Task WaitForInFlight(AccountId account, int count) => Patience.Until(
        async () => (await Account(account).GetView()).InFlight == count, $"The account never had {count} operations in flight.");

    public async Task<Alpha> Position(NetUid netuid, AccountId hotkey, AccountId coldkey)
    {
        var page = await Pool(netuid).GetPositions(new PositionFilter(hotkey, coldkey, null, null), 2);
        return page.Positions.Length == 0 ? Alpha.Zero : page.Positions[0].Value;
    }
}

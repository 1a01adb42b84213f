using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Hosting.Network;

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

    public async Task<Receipt> Submit(AccountId signer, Call call) => await Submit(await Prepare(signer, call));

    public async Task<ulong> Free(AccountId account) => (await Account(account).GetView()).Free.Rao;

    /// <summary>Below the numbers that coordinators give to closings.</summary>
    private static ulong s_lastClosing;

    /// <summary>Keeps a pool closed as a block does, so that what is sent to it stays in flight, until the returned action is called.</summary>
    public async Task<Func<Task>> HoldPool(NetUid netuid)
    {
        var head = await Head();
        var closing = Interlocked.Increment(ref s_lastClosing);
        await Pool(netuid).CloseForBlock(head.Next, closing, BlockHashes.NoParent());
        return () => Pool(netuid).OpenAfter(closing);
    }

    /// <summary>Waits until an account has so many operations in flight.</summary>
    public async Task WaitForInFlight(AccountId account, int count)
    {
        for (var tries = 0; (await Account(account).GetView()).InFlight != count; tries++)
        {
            if (tries > 2_000) throw new TimeoutException($"The account never had {count} operations in flight.");
            await Task.Delay(5);
        }
    }

    public async Task<Alpha> Position(NetUid netuid, AccountId hotkey, AccountId coldkey)
    {
        var page = await Pool(netuid).GetPositions(new PositionFilter(hotkey, coldkey, null, null), 2);
        return page.Positions.Length == 0 ? Alpha.Zero : page.Positions[0].Value;
    }
}

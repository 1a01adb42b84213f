using System.Runtime.CompilerServices;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Registry;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Client;

/// <content>Reads. Each shows durable state only, and may be asked at any time; a lost network throws.</content>
public sealed partial class DtaoClient
{
    private const int PositionsPerPage = 512;
    private const int ReceiptsPerPage = 256;

    /// <summary>Where the chain stands.</summary>
    public async Task<ChainHead> GetHeadAsync(CancellationToken cancellationToken = default)
    {
        await CheckNetwork(cancellationToken).ConfigureAwait(false);
        var head = await Coordinator.GetHead().WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_headLock)
        {
            if (head.Block > _head || !_headIsKnown) _head = head.Block;
            _headReadAt = _time.GetTimestamp();
            _headIsKnown = true;
        }

        return head;
    }

    /// <summary>An account's free TAO and what of it is held for operations in flight; zero for an account that does not exist.</summary>
    public async Task<AccountView> GetBalanceAsync(AccountId account, CancellationToken cancellationToken = default)
    {
        await CheckNetwork(cancellationToken).ConfigureAwait(false);
        return await Account(account).GetView().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The receipt of an account's operation; null when none is known, which does not say that there will be none.</summary>
    public async Task<Receipt?> GetReceiptAsync(AccountId account, OperationId id, CancellationToken cancellationToken = default)
    {
        await CheckNetwork(cancellationToken).ConfigureAwait(false);
        return await Account(account).GetReceipt(id).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A hotkey's owner and take; null while nobody owns it.</summary>
    public async Task<HotkeyFacts?> GetValidatorAsync(AccountId hotkey, CancellationToken cancellationToken = default)
    {
        await CheckNetwork(cancellationToken).ConfigureAwait(false);
        return await _grains.Validator(hotkey).GetRecord().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the next block now. Durable, with its header, on return; a repeat closes another one.</summary>
    /// <remarks>For networks whose blocks close only when asked, and only where silos take unsigned operations and name no administrators: elsewhere blocks are not for clients to close.</remarks>
    public async Task<BlockHeader> CloseBlockAsync(CancellationToken cancellationToken = default)
    {
        await CheckNetwork(cancellationToken).ConfigureAwait(false);
        return await Coordinator.CloseBlock().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the next block if none after the given one is closed. Durable, with its header, on return; a repeat closes no other.</summary>
    /// <returns>Null when a block after the given one is there: nothing was closed.</returns>
    /// <remarks>For the same networks as <see cref="CloseBlockAsync"/>.</remarks>
    public async Task<BlockHeader?> CloseBlockAfterAsync(BlockNumber block, CancellationToken cancellationToken = default)
    {
        await CheckNetwork(cancellationToken).ConfigureAwait(false);
        return await Coordinator.CloseBlockAfter(block).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A closed block's header; null when it is not closed yet. Genesis, block 0, has none.</summary>
    public async Task<BlockHeader?> GetBlockAsync(BlockNumber block, CancellationToken cancellationToken = default)
    {
        await CheckNetwork(cancellationToken).ConfigureAwait(false);
        return await Coordinator.GetHeader(block).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All subnets in ascending netuid, root included, each with its books as of its own last decision.</summary>
    public async Task<IReadOnlyList<SubnetInfo>> GetSubnetsAsync(CancellationToken cancellationToken = default)
    {
        var network = await GetNetworkAsync(cancellationToken).ConfigureAwait(false);
        return await OverSubnets(network.Subnets, async (entry, token) =>
            new SubnetInfo(entry, await Pool(entry.PoolKey).GetView().WaitAsync(token).ConfigureAwait(false)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One subnet; null when there is none with this number.</summary>
    public async Task<SubnetInfo?> GetSubnetAsync(NetUid netuid, CancellationToken cancellationToken = default)
    {
        var network = await GetNetworkAsync(cancellationToken).ConfigureAwait(false);
        var entry = Array.Find(network.Subnets, subnet => subnet.Netuid == netuid);
        return entry is null ? null : new(entry, await Pool(entry.PoolKey).GetView().WaitAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The spot price in TAO for one alpha, raw U64F64; null when there is no such subnet.</summary>
    public async Task<U64F64?> GetPriceAsync(NetUid netuid, CancellationToken cancellationToken = default) =>
        await GetSubnetAsync(netuid, cancellationToken).ConfigureAwait(false) is { } subnet ? new U64F64(subnet.Pool.PriceBits) : null;

    /// <summary>The announcement that another coldkey will take a coldkey's place; null when there is none.</summary>
    public async Task<ColdkeySwap?> GetColdkeySwapAsync(AccountId coldkey, CancellationToken cancellationToken = default)
    {
        await CheckNetwork(cancellationToken).ConfigureAwait(false);
        return await Account(coldkey).GetColdkeySwap().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How a coldkey presents itself; null when it does not.</summary>
    public async Task<ColdkeyIdentityDetail?> GetIdentityAsync(AccountId coldkey, CancellationToken cancellationToken = default)
    {
        await CheckNetwork(cancellationToken).ConfigureAwait(false);
        return await Account(coldkey).GetIdentity().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All positions of a coldkey, in ascending netuid and hotkey. Subnets are read one beside the other, each at its own instant.</summary>
    public async Task<IReadOnlyList<StakePosition>> GetPositionsAsync(AccountId coldkey, CancellationToken cancellationToken = default)
    {
        var network = await GetNetworkAsync(cancellationToken).ConfigureAwait(false);
        var positions = await OverSubnets(network.Subnets, (entry, token) => PositionsIn(entry, coldkey, token), cancellationToken).ConfigureAwait(false);
        return [.. positions.SelectMany(subnet => subnet)];
    }

    /// <summary>Every block from the given one on, without a gap, waiting for those that are not closed yet. Ends only by cancellation.</summary>
    /// <exception cref="InvalidOperationException">The ledger is past a block and does not have its header.</exception>
    public async IAsyncEnumerable<BlockHeader> Blocks(BlockNumber from, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var next = from.Value == 0 ? from.Next : from; ; next = next.Next)
        {
            yield return await WaitForBlock(next, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The receipts of an account after a place, oldest first, and then each new one as it is settled. Ends only by cancellation.
    /// Receipts that the account has forgotten (<see cref="OperationLimits.ReceiptBlocks"/>) are passed over.
    /// </summary>
    public async IAsyncEnumerable<Receipt> Receipts(
        AccountId account, ulong afterPlace = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var grain = Account(account);
        while (true)
        {
            var page = await ReadAgain(() => grain.GetReceiptsAfter(afterPlace, ReceiptsPerPage), cancellationToken).ConfigureAwait(false);
            foreach (var receipt in page.Receipts) yield return receipt;
            afterPlace = page.NextPlace;
            if (page.Receipts.Length > 0) continue;
            await Task.Delay(TimeSpan.FromMilliseconds(_options.ReceiptPollMilliseconds), _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private ISubnetPoolGrain Pool(long key) => _grains.Pool(key);

    private async Task<BlockHeader> WaitForBlock(BlockNumber block, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await ReadAgain(() => Coordinator.GetHeader(block), cancellationToken).ConfigureAwait(false) is { } header) return header;
            var head = await ReadAgain(() => Coordinator.WaitForBlockAfter(new(block.Value - 1)), cancellationToken).ConfigureAwait(false);
            NoteHead(head.Block);
            if (head.Header?.Number == block) return head.Header;
            if (head.Block < block) continue;
            return await ReadAgain(() => Coordinator.GetHeader(block), cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"Block {block} is closed, but its header is not kept.");
        }
    }

    /// <summary>A read of a stream: a lost network is waited out for as long as an operation would.</summary>
    private async Task<T> ReadAgain<T>(Func<Task<T>> read, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await CheckNetwork(cancellationToken).ConfigureAwait(false);
                return await read().WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception caught) when (tries < _options.TriesMax && caught is not (ObjectDisposedException or NetworkChangedException) && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(PauseAfter(tries), _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<List<StakePosition>> PositionsIn(SubnetEntry entry, AccountId coldkey, CancellationToken cancellationToken)
    {
        var positions = new List<StakePosition>();
        var pool = Pool(entry.PoolKey);
        var filter = new PositionFilter(null, coldkey, null, null);
        while (true)
        {
            var page = await pool.GetPositions(filter, PositionsPerPage).WaitAsync(cancellationToken).ConfigureAwait(false);
            foreach (var row in page.Positions) positions.Add(new(entry, row.Hotkey, row.Coldkey, row.Value));
            if (!page.HasMore || page.Positions.Length == 0) return positions;
            filter = filter with { AfterHotkey = page.Positions[^1].Hotkey, AfterColdkey = page.Positions[^1].Coldkey };
        }
    }

    private async Task<T[]> OverSubnets<T>(
        SubnetEntry[] subnets, Func<SubnetEntry, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var ordered = subnets.OrderBy(subnet => subnet.Netuid).ToArray();
        var results = new T[ordered.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.ReadWidth, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, ordered.Length), parallel, async (index, token) =>
            results[index] = await read(ordered[index], token).ConfigureAwait(false)).ConfigureAwait(false);
        return results;
    }
}

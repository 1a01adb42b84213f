using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Dtao.Grains;
using Dtao.Grains.Lanes;
using Dtao.Grains.Subnets;

namespace Dtao.Client;

/// <content>Quotes.</content>
public sealed partial class DtaoClient
{
    /// <summary>Whether a call can be quoted: it is decided by one pool or by several.</summary>
    public static bool CanQuote(AccountId signer, Call call) => CallShape.Of(signer, call).Reach is CallReach.OnePool or CallReach.SeveralPools;

    /// <summary>
    /// What a call would do now: amount out, fee, prices before and after, slippage, or why it would be refused.
    /// Nothing is recorded, and nothing is promised: the next operation may move the price.
    /// </summary>
    /// <exception cref="ArgumentException">The call touches no pool, so there is nothing to quote; see <see cref="CanQuote"/>.</exception>
    public async Task<CallQuote> QuoteAsync(AccountId signer, Call call, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        var shape = CallShape.Of(signer, call);
        if (shape.Reach is not (CallReach.OnePool or CallReach.SeveralPools))
        {
            throw new ArgumentException($"A call of kind {call.Kind} touches no pool; there is nothing to quote.", nameof(call));
        }

        var account = await GetBalanceAsync(signer, cancellationToken).ConfigureAwait(false);
        var free = account.Free.SubtractSaturating(account.Held);
        var lastValidBlock = new BlockNumber(account.Block.Value + (ulong)_options.ValidityBlocks);
        var head = new MessageHead(signer, 0, 0, lastValidBlock, account.Block, LogStamp.Durable);
        if (shape.Reach == CallReach.SeveralPools)
        {
            return await _grains.GetGrain<ILaneGrain>(0).Quote(new LaneCommand(head, call, free)).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        var subnet = await FindPool(shape.Netuids[0], cancellationToken).ConfigureAwait(false);
        return subnet is null
            ? new CallQuote(LedgerError.SubnetNotExists, call.Amount, 0, 0, 0, 0, 0, account.Block)
            : await subnet.Quote(new PoolCommand(head, call, free)).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<ISubnetPoolGrain?> FindPool(NetUid netuid, CancellationToken cancellationToken)
    {
        var network = await GetNetworkAsync(cancellationToken).ConfigureAwait(false);
        return Array.Find(network.Subnets, subnet => subnet.Netuid == netuid) is { } entry ? Pool(entry.PoolKey) : null;
    }
}

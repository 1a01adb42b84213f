using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Hosting.Demo;

/// <summary>What the built-in economy needs of a network.</summary>
public interface IDemoNetwork
{
    /// <summary>Subnets that can be traded on, root left out.</summary>
    Task<IReadOnlyList<DemoMarket>> ReadMarkets(CancellationToken cancellationToken);

    /// <summary>Free TAO that nothing in flight counts on.</summary>
    Task<Tao> ReadFree(AccountId account, CancellationToken cancellationToken);

    Task<IReadOnlyList<DemoPosition>> ReadPositions(AccountId account, CancellationToken cancellationToken);

    /// <returns>The name of the outcome: <c>Applied</c>, or the stable name of the refusal.</returns>
    Task<string> Submit(AccountId signer, Call call, CancellationToken cancellationToken);
}

/// <summary>A subnet and how deep its pool is.</summary>
public readonly record struct DemoMarket(NetUid Netuid, Tao TaoReserve, Alpha AlphaReserve);

/// <summary>Alpha that a trader holds.</summary>
public readonly record struct DemoPosition(NetUid Netuid, AccountId Hotkey, Alpha Amount);

/// <summary>A network reached through a client.</summary>
public sealed class ClientDemoNetwork(DtaoClient client) : IDemoNetwork
{
    public async Task<IReadOnlyList<DemoMarket>> ReadMarkets(CancellationToken cancellationToken)
    {
        var subnets = await client.GetSubnetsAsync(cancellationToken);
        List<DemoMarket> markets = [];
        foreach (var subnet in subnets)
        {
            if (subnet.Pool.Books is { IsRoot: false } books) markets.Add(new(books.Netuid, books.TaoReserve, books.AlphaReserve));
        }
        return markets;
    }

    public async Task<Tao> ReadFree(AccountId account, CancellationToken cancellationToken)
    {
        var view = await client.GetBalanceAsync(account, cancellationToken);
        return view.Free.SubtractSaturating(view.Held);
    }

    public async Task<IReadOnlyList<DemoPosition>> ReadPositions(AccountId account, CancellationToken cancellationToken)
    {
        var positions = await client.GetPositionsAsync(account, cancellationToken);
        return [.. positions.Where(position => !position.Netuid.IsRoot).Select(position => new DemoPosition(position.Netuid, position.Hotkey, position.Value))];
    }

    public async Task<string> Submit(AccountId signer, Call call, CancellationToken cancellationToken)
    {
        var result = await client.SubmitAsync(signer, call, null, cancellationToken);
        return result.IsApplied ? DemoCounts.Applied : result.ErrorName;
    }
}

using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Hosting.Demo;

/// <summary>What the built-in economy needs of a network.</summary>
public interface IDemoNetwork
{
    /// <summary>Subnets that can be traded on, root left out.</summary>
    Task<IReadOnlyList<NetUid>> ReadSubnets(CancellationToken cancellationToken);

    /// <summary>Free TAO that nothing in flight counts on.</summary>
    Task<Tao> ReadFree(AccountId account, CancellationToken cancellationToken);

    Task<IReadOnlyList<DemoPosition>> ReadPositions(AccountId account, CancellationToken cancellationToken);

    /// <returns>The name of the outcome: <c>Applied</c>, or the stable name of the refusal.</returns>
    Task<string> Submit(AccountId signer, Call call, CancellationToken cancellationToken);
}

/// <summary>Alpha that a trader holds.</summary>
public readonly record struct DemoPosition(NetUid Netuid, AccountId Hotkey, Alpha Amount);

/// <summary>A network reached through a client.</summary>
public sealed class ClientDemoNetwork(DtaoClient client) : IDemoNetwork
{
    public async Task<IReadOnlyList<NetUid>> ReadSubnets(CancellationToken cancellationToken)
    {
        var network = await client.GetNetworkAsync(cancellationToken);
        return [.. network.Subnets.Select(subnet => subnet.Netuid).Where(netuid => !netuid.IsRoot).Order()];
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

using Dtao.Client;
using Dtao.Economics;

namespace Dtao.Api.Development;

/// <summary>Whether this is a network to play on: one whose development accounts hold TAO, and which takes operations without signatures.</summary>
/// <remarks>
/// Keys of development accounts derive from a phrase that everybody knows, so nothing that is done for them here is more than anybody could do himself. <see cref="ApiOptions.Development"/>
/// decides where it is set.
/// </remarks>
internal sealed class DevelopmentTools(DtaoClient client, ApiOptions options)
{
    private volatile bool _isFunded;

    /// <summary>Whether there are dev accounts and a faucet.</summary>
    public async ValueTask<bool> AreOn(CancellationToken cancellationToken)
    {
        if (options.Development is { } decided) return decided;
        if (_isFunded) return true;
        var network = await client.GetNetworkAsync(cancellationToken);
        if (network.RequiresSignatures) return false;
        foreach (var account in DevAccounts.ByName.Values)
        {
            var view = await client.GetBalanceAsync(account, cancellationToken);
            if (view.Free < network.Parameters.ExistentialDeposit || view.Free.IsZero) continue;
            _isFunded = true;
            return true;
        }

        return false;
    }

    /// <summary>Whether this host signs for development accounts: only where that is needed, and was asked for.</summary>
    public async ValueTask<bool> SignsForAccounts(CancellationToken cancellationToken) =>
        options.Development == true && (await client.GetNetworkAsync(cancellationToken)).RequiresSignatures;
}

using Dtao.Grains.Registry;

namespace Dtao.Client;

/// <content>Which network this client belongs to.</content>
public sealed partial class DtaoClient
{
    /// <summary>No count of losses: whatever happened, the next read looks which network answers.</summary>
    private const int LookAgain = -1;

    private volatile string? _networkId;
    private volatile bool _requiresSignatures;
    private int _lossesSeen;

    /// <summary>The id of the network that this client belongs to, which stands in every operation it makes; null until one has been seen that has a genesis.</summary>
    public string? NetworkId => _networkId;

    /// <summary>The network's name, parameters, and subnets. Its name is null before genesis.</summary>
    /// <exception cref="NetworkChangedException">Another network answers than the one that this client belongs to.</exception>
    public async Task<NetworkView> GetNetworkAsync(CancellationToken cancellationToken = default)
    {
        var losses = _connection?.Losses ?? 0;
        var view = await Registry.GetNetwork().WaitAsync(cancellationToken).ConfigureAwait(false);
        if (view.Name is null) return view;
        var known = Interlocked.CompareExchange(ref _networkId, view.NetworkId, null) ?? view.NetworkId;
        _requiresSignatures = view.RequiresSignatures;
        if (known != view.NetworkId) throw new NetworkChangedException(known, view.NetworkId);
        Volatile.Write(ref _lossesSeen, losses);
        return view;
    }

    private async Task<string?> LearnNetworkId(CancellationToken cancellationToken)
    {
        await GetNetworkAsync(cancellationToken).ConfigureAwait(false);
        return _networkId;
    }

    /// <summary>Looks again which network answers, where the connection was lost since the last look.</summary>
    private ValueTask CheckNetwork(CancellationToken cancellationToken) =>
        _connection is null || _connection.Losses == Volatile.Read(ref _lossesSeen)
            ? ValueTask.CompletedTask
            : new ValueTask(GetNetworkAsync(cancellationToken));
}

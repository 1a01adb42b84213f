using System.Collections.Frozen;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Shell;

/// <summary>What every actor of a process knows of the network: parameters in force, and the newest closed block. One instance per process.</summary>
/// <remarks>
/// A hint for routing and for colours, never the authority: the registry owns the parameters, the coordinator the block,
/// and a message that carries a higher block makes its receiver wait for its own.
/// </remarks>
public sealed class NetworkContext(OperationGate? operations = null)
{
    private readonly Lock _lock = new();
    private volatile Snapshot _current = new(0, null, BlockNumber.Genesis);
    private volatile string? _networkId;

    /// <summary>Which operations of clients this process takes.</summary>
    public OperationGate Operations { get; } = operations ?? new OperationGate();

    /// <summary>Null until the registry has been read.</summary>
    public NetworkParameters? Parameters => _current.Parameters;

    public BlockNumber Head => _current.Head;

    /// <summary>The network's id, which never changes; null until the registry has been read.</summary>
    public string? NetworkId => _networkId;

    /// <summary>Whether operations from outside have to be signed, which never changes; false until the registry has been read.</summary>
    public bool RequiresSignatures { get; private set; }

    /// <summary>The keys that sign an administrator's calls, as the process was started with them. None: see <see cref="Registry.ISubnetRegistryGrain.Administer"/>.</summary>
    public IReadOnlySet<AccountId> Administrators { get; init; } = FrozenSet<AccountId>.Empty;

    public void Identify(string networkId, bool requiresSignatures)
    {
        RequiresSignatures = requiresSignatures;
        _networkId = networkId;
    }

    public void Adopt(ulong revision, NetworkParameters parameters)
    {
        lock (_lock)
        {
            if (_current.Parameters is null || revision > _current.Revision) _current = _current with { Revision = revision, Parameters = parameters };
        }
    }

    public void Advance(BlockNumber head)
    {
        lock (_lock)
        {
            if (head > _current.Head) _current = _current with { Head = head };
        }
    }

    private sealed record Snapshot(ulong Revision, NetworkParameters? Parameters, BlockNumber Head);
}

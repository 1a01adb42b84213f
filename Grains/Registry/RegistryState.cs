using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Registry;

/// <summary>An administrator's setting on its way to a pool.</summary>
public sealed record PoolChange(ulong Sequence, OperationId Id, UInt128 ContentHash, Call Call);

/// <summary>A setting that is decided, with the receipt that every repeat gets.</summary>
public sealed record AppliedChange(UInt128 ContentHash, Receipt Receipt);

/// <summary>Everything that the registry owns. The first state comes from genesis.</summary>
public sealed class RegistryState
{
    /// <summary>Of how many settings the receipts are remembered; the oldest are forgotten first.</summary>
    public const int ReceiptsMax = 1_024;

    /// <summary>Null while the network has no genesis.</summary>
    public string? Name { get; set; }
    public string NetworkId { get; set; } = string.Empty;
    public string RuleSet { get; set; } = string.Empty;
    /// <summary>Rises by one with every change of the parameters.</summary>
    public ulong Revision { get; set; }
    public NetworkParameters Parameters { get; set; } = NetworkParameters.Default;
    /// <summary>Root included.</summary>
    public SubnetEntry[] Subnets { get; set; } = [];
    public Tao GenesisIssuance { get; set; }
    public long BlockIntervalMilliseconds { get; set; }

    /// <summary>TAO that operations destroyed on netuids which have no subnet now.</summary>
    public Tao RetiredDestroyed { get; set; }
    /// <summary>The lane's last batch that changed the network.</summary>
    public ulong LastBatch { get; set; }
    /// <summary>Whether automatic claims are picked by the block's number.</summary>
    public bool PicksByNumber { get; set; }

    /// <summary>Whether operations are taken only with their signer's signature. Fixed at genesis.</summary>
    public bool RequiresSignatures { get; set; }

    /// <summary>The revision that every pool is known to work with.</summary>
    public ulong PushedRevision { get; set; }
    /// <summary>The sequence of the next message to a pool.</summary>
    public ulong NextSequence { get; set; } = 1;
    /// <summary>The message under way; one at a time, so that settings take effect in the order in which they were accepted.</summary>
    public PoolChange? UnderWay { get; set; }
    /// <summary>Settings that the registry itself has decided.</summary>
    public ulong DecidedCount { get; set; }
    public Dictionary<OperationId, AppliedChange> Applied { get; } = [];
    public Queue<OperationId> AppliedOrder { get; } = new();

    public ulong SettledBelow => UnderWay?.Sequence ?? NextSequence;

    public NetworkView ToView() =>
        new(Name, NetworkId, RuleSet, Revision, Parameters, Subnets, GenesisIssuance, BlockIntervalMilliseconds)
        {
            RetiredDestroyed = RetiredDestroyed,
            PicksByNumber = PicksByNumber,
            RequiresSignatures = RequiresSignatures,
        };
}

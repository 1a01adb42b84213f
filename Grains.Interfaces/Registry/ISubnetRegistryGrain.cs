using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Subnets;

namespace Dtao.Grains.Registry;

/// <summary>Which subnets exist, what they are called, and the network's parameters. Key: 0.</summary>
[Alias("dtao.ISubnetRegistryGrain")]
public interface ISubnetRegistryGrain : IGrainWithIntegerKey
{
    [Alias("GetNetwork")]
    Task<NetworkView> GetNetwork();

    /// <summary>
    /// An administrator's setting: one field of a subnet, or one network parameter. Exactly once by operation id.
    /// On return every pool works with the new value. Refused as UnknownParameter, InvalidParameterValue, SubnetNotExists; and not accepted, as SignatureMissing,
    /// where the network takes signed operations only, or the silos name administrators: those sign, see <see cref="AdministerSigned"/>.
    /// </summary>
    [Alias("Administer")]
    Task<Receipt> Administer(OperationId id, Call call);

    /// <summary>
    /// The same, signed by one of the keys that the silos name as administrators. The signature is over <see cref="OperationMessage"/> as a coldkey's is, without a nonce:
    /// the id answers a repeat while it is remembered, and the last valid block ends it. Not accepted, in this order: WrongNetwork, NotAdministrator, SignatureMissing,
    /// BadSignature; and for an id that is new, Expired and LastValidBlockTooFar.
    /// </summary>
    [Alias("AdministerSigned")]
    Task<Receipt> AdministerSigned(Operation operation);

    /// <summary>
    /// A call of the network's sudo key: a network parameter, or the end of a subnet. Exactly once by operation id; it does not expire, for its account has
    /// taken it on in time. On return every pool works with the new value. Refused as BadOrigin when the key is another one by now.
    /// </summary>
    [Alias("ExecuteSudo")]
    Task<PoolReply> ExecuteSudo(OperationId id, AccountId signer, Call call);

    /// <summary>Subnets have come or gone, or have another symbol, by a decision of the lane. Exactly once by batch number; durable on return, and every pool knows the parameters.</summary>
    [Alias("ChangeNetwork")]
    Task ChangeNetwork(ulong batch, NetworkChange change);

    /// <summary>Finishes a change that was under way when the registry's silo died. Harmless at any time.</summary>
    [Alias("Wake")]
    Task Wake();

    [Alias("GetSettledBelow")]
    Task<ulong> GetSettledBelow();
}

/// <summary>The network as a whole. Null name = no genesis.</summary>
[GenerateSerializer, Immutable, Alias("dtao.NetworkView")]
public sealed record NetworkView(
    [property: Id(0)] string? Name, [property: Id(1)] string NetworkId, [property: Id(2)] string RuleSet, [property: Id(3)] ulong Revision,
    [property: Id(4)] NetworkParameters Parameters, [property: Id(5)] SubnetEntry[] Subnets, [property: Id(6)] Tao GenesisIssuance, [property: Id(7)] long BlockIntervalMilliseconds)
{
    /// <summary>TAO that operations destroyed on netuids which have no subnet now.</summary>
    [Id(8)] public Tao RetiredDestroyed { get; init; }

    /// <summary>Whether automatic claims are picked by the block's number, so that a network can be run again; otherwise by the hash of the block before.</summary>
    [Id(9)] public bool PicksByNumber { get; init; }

    /// <summary>Whether operations are taken only with their signer's signature. Fixed at genesis.</summary>
    [Id(210)] public bool RequiresSignatures { get; init; }
}

/// <summary>What a decision of the lane changes in the network as a whole.</summary>
/// <param name="Removed">Subnets that are gone; one that is among the added as well was replaced.</param>
/// <param name="LastLock">What the subnet that was registered cost, in TAO; null when none was.</param>
/// <param name="LastLockBlock">The block in which it was registered.</param>
/// <param name="RetiredDestroyed">By how much the TAO rises that operations destroyed on netuids without a subnet.</param>
[GenerateSerializer, Immutable, Alias("dtao.NetworkChange")]
public sealed record NetworkChange(
    [property: Id(0)] NetUid[] Removed, [property: Id(1)] NetUid[] Added, [property: Id(2)] Tao? LastLock, [property: Id(3)] ulong LastLockBlock,
    [property: Id(4)] long RetiredDestroyed)
{
    /// <summary>Symbols that subnets are given instead of those that they had. One that is registered gets its symbol from the registry.</summary>
    [Id(140)] public SymbolChange[] Symbols { get; init; } = [];
}

/// <summary>A subnet's symbol from now on.</summary>
[GenerateSerializer, Immutable, Alias("dtao.SymbolChange")]
public sealed record SymbolChange([property: Id(0)] NetUid Netuid, [property: Id(1)] string Symbol);

/// <summary>A subnet's name in the registry.</summary>
/// <param name="PoolKey">Key of its pool: generation x 65536 + netuid.</param>
[GenerateSerializer, Immutable, Alias("dtao.SubnetEntry")]
public sealed record SubnetEntry(
    [property: Id(0)] NetUid Netuid, [property: Id(1)] long PoolKey, [property: Id(2)] string Name, [property: Id(3)] string Symbol);

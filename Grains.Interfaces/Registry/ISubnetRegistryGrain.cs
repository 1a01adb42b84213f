using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Registry;

/// <summary>Which subnets exist, what they are called, and the network's parameters. Key: 0.</summary>
[Alias("dtao.ISubnetRegistryGrain")]
public interface ISubnetRegistryGrain : IGrainWithIntegerKey
{
    [Alias("GetNetwork")]
    Task<NetworkView> GetNetwork();

    /// <summary>
    /// An administrator's setting: one field of a subnet, or one network parameter. Exactly once by operation id.
    /// On return every pool works with the new value. Refused as UnknownParameter, InvalidParameterValue, SubnetNotExists.
    /// </summary>
    [Alias("Administer")]
    Task<Receipt> Administer(OperationId id, Call call);

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
    [property: Id(4)] NetworkParameters Parameters, [property: Id(5)] SubnetEntry[] Subnets, [property: Id(6)] Tao GenesisIssuance, [property: Id(7)] long BlockIntervalMilliseconds);

/// <summary>A subnet's name in the registry.</summary>
/// <param name="PoolKey">Key of its pool: generation x 65536 + netuid.</param>
[GenerateSerializer, Immutable, Alias("dtao.SubnetEntry")]
public sealed record SubnetEntry(
    [property: Id(0)] NetUid Netuid, [property: Id(1)] long PoolKey, [property: Id(2)] string Name, [property: Id(3)] string Symbol);

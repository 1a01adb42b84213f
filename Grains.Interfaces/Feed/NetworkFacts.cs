using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Blocks;
using Dtao.Grains.Registry;

namespace Dtao.Grains.Feed;

/// <summary>The network as genesis made it: name, parameters, subnets, issuance.</summary>
[GenerateSerializer, Immutable, Alias("dtao.feed.NetworkBegan")]
public sealed record NetworkBeganFact([property: Id(0)] NetworkView Network) : LedgerFact;

/// <summary>A block is closed. Its hash, its time, what was minted and recycled, and the issuance are the header's.</summary>
/// <param name="BalancesIssuance">The balances' issuance after the block.</param>
[GenerateSerializer, Immutable, Alias("dtao.feed.BlockClosed")]
public sealed record BlockClosedFact([property: Id(0)] BlockHeader Header, [property: Id(1)] Tao BalancesIssuance) : LedgerFact;

/// <summary>Subnets have come or gone, or have another symbol. A subnet that comes gets the name "subnet N" and, unless one is named here, the next symbol.</summary>
/// <param name="Batch">The lane's batch that decided it.</param>
[GenerateSerializer, Immutable, Alias("dtao.feed.SubnetsChanged")]
public sealed record SubnetsChangedFact([property: Id(0)] ulong Batch, [property: Id(1)] NetworkChange Change) : LedgerFact;

/// <summary>The network's parameters after a setting. The price of the last subnet is told by <see cref="SubnetsChangedFact"/> alone.</summary>
[GenerateSerializer, Immutable, Alias("dtao.feed.ParametersAfter")]
public sealed record ParametersAfterFact([property: Id(0)] NetworkParameters Parameters) : LedgerFact;

/// <summary>An administrator's setting of a subnet is on its way to the subnet's pool.</summary>
[GenerateSerializer, Immutable, Alias("dtao.feed.SettingBegun")]
public sealed record SettingBegunFact([property: Id(0)] OperationId Id, [property: Id(1)] Call Call) : LedgerFact;

/// <summary>A setting that came to the registry is decided: an administrator's, or the sudo key's for the network.</summary>
[GenerateSerializer, Immutable, Alias("dtao.feed.SettingDecided")]
public sealed record SettingDecidedFact([property: Id(0)] Receipt Receipt) : LedgerFact;

using Dtao.Economics.Ledger;

namespace Dtao.Grains.Registry;

/// <summary>Something that happened to the registry. Stored; kinds and fields are never renumbered.</summary>
public abstract record RegistryEvent;

/// <summary>A setting of a subnet is on its way to the pool that decides it.</summary>
public sealed record PoolChangeStarted(PoolChange Change) : RegistryEvent;

/// <summary>The pool has decided the setting that was under way.</summary>
public sealed record PoolChangeSettled(Receipt Receipt) : RegistryEvent;

/// <summary>A setting was decided here: a network parameter, or a refusal that needs no pool.</summary>
/// <param name="After">The parameters after it, which raise the revision; null when it was refused.</param>
public sealed record ChangeDecidedHere(UInt128 ContentHash, Receipt Receipt, NetworkParameters? After) : RegistryEvent;

/// <summary>Every pool works with the parameters of this revision.</summary>
public sealed record ParametersPushed(ulong Revision) : RegistryEvent;

/// <summary>Subnets have come or gone, or have another symbol.</summary>
public sealed record NetworkChanged(ulong Batch, NetworkChange Change) : RegistryEvent;

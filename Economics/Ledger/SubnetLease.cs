using System.Collections.Immutable;

namespace Dtao.Economics.Ledger;

/// <summary>A subnet that was paid for by many: its owner's coldkey and hotkey belong to nobody, and the owner's cut is shared out.</summary>
/// <param name="Beneficiary">Who gets what the contributors do not.</param>
/// <param name="Coldkey">Owns the subnet as long as the lease runs; the owner's cut is staked by it.</param>
/// <param name="EmissionsShare">The contributors' part of the owner's cut, in percent.</param>
/// <param name="EndBlock">The block from which nothing is shared out any more; null: never.</param>
/// <param name="Shares">By contributor: its part of what the contributors get; together at most 1.</param>
/// <param name="Accrued">Alpha put aside for the contributors since it was last shared out.</param>
/// <remarks>Source: rule book 02, 11.5; subnets/leasing.rs :: SubnetLease.</remarks>
public sealed record SubnetLease(
    AccountId Beneficiary, AccountId Coldkey, AccountId Hotkey, byte EmissionsShare, BlockNumber? EndBlock,
    ImmutableSortedDictionary<AccountId, U64F64> Shares, Alpha Accrued);

using System.Collections.Immutable;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Leases;

/// <summary>What those who paid for a leased subnet get of the contributors' part.</summary>
public static class LeaseShares
{
    /// <summary>How many contributors a lease may have.</summary>
    public const int ContributorsMax = 500;

    /// <summary>The share of each: what it contributed, of all that was contributed. The beneficiary gets none: it gets what the others leave.</summary>
    /// <remarks>
    /// Source: subnets/leasing.rs :: do_register_leased_network. Rounding: floored to 2^-64, so that the shares come to at most 1. All of zero where nothing
    /// was contributed.
    /// </remarks>
    /// <param name="contributions">Each contributor once; together within 64 bits.</param>
    public static ImmutableSortedDictionary<AccountId, U64F64> Of(IReadOnlyList<(AccountId Contributor, Tao Amount)> contributions, AccountId beneficiary)
    {
        var raised = contributions.Aggregate(0UL, (sum, entry) => checked(sum + entry.Amount.Rao));
        return contributions.Where(entry => entry.Contributor != beneficiary)
            .ToImmutableSortedDictionary(entry => entry.Contributor, entry => U64F64.FromRatio(entry.Amount.Rao, raised));
    }
}

using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Claims;

/// <summary>claim_root, set_root_claim_type, and the two settings of claims.</summary>
/// <remarks>Source: rule book 02, 2.1 and 8.6; macros/dispatches.rs, calls 121 to 124.</remarks>
internal static class ClaimCalls
{
    /// <summary>The most subnets that one call may name.</summary>
    public const int MaxSubnets = 5;

    /// <summary>The highest threshold, in whole alpha rao.</summary>
    public const ulong MaxThreshold = 10_000_000;

    /// <summary>Claims the signer's dividends on the named subnets, all or nothing. Succeeds also when nothing is owed.</summary>
    /// <remarks>The signer enters the index of automatic claims, whether or not it has root stake. A netuid without a subnet is passed over.</remarks>
    public static LedgerError Claim(CallRun run, ClaimDetail detail)
    {
        var netuids = new HashSet<NetUid>(detail.Netuids);
        if (!IsCountAllowed(netuids.Count)) return LedgerError.InvalidSubnetNumber;
        run.Scope.SetClaimIndexed(run.Signer, isIn: true);
        return DividendClaims.Claim(run.Scope, run.Signer, netuids);
    }

    /// <summary>Whether one call may name that many different subnets.</summary>
    public static bool IsCountAllowed(int netuids) => netuids is > 0 and <= MaxSubnets;

    /// <summary>Stores the signer's choice, and lets the signer into the index of automatic claims.</summary>
    public static LedgerError SetType(CallRun run, RootClaimType type)
    {
        if (type.Kind == RootClaimKind.KeepSubnets && type.Subnets.IsEmpty) return LedgerError.InvalidSubnetNumber;
        run.Scope.SetClaimIndexed(run.Signer, isIn: true);
        run.Scope.SetClaimType(run.Signer, type.Kind switch
        {
            RootClaimKind.Swap => RootClaimType.Swap,
            RootClaimKind.Keep => RootClaimType.Keep,
            _ => type with { Subnets = [.. type.Subnets.Distinct().Order()] },
        });
        return LedgerError.None;
    }

    /// <summary>How many coldkeys each block claims for; 0 switches automatic claims off. For the administrator only.</summary>
    public static LedgerError SetNumRootClaims(LedgerScope scope, ulong number)
    {
        if (number > AutoClaims.MaxPerBlock) return LedgerError.InvalidNumRootClaim;
        scope.SetParameters(scope.Parameters with { NumRootClaim = number });
        return LedgerError.None;
    }

    /// <summary>What must be owed on a subnet before it is paid, in whole alpha rao; for its owner.</summary>
    /// <remarks>A subnet that does not exist has no owner, so the chain names the origin.</remarks>
    public static LedgerError SetThreshold(CallRun run, NetUid netuid, ulong threshold)
    {
        if (!run.Scope.TryGetBooks(netuid, out var books) || books.Owner != run.Signer) return LedgerError.BadOrigin;
        if (threshold > MaxThreshold) return LedgerError.InvalidRootClaimThreshold;
        var changed = run.Scope.Books(netuid);
        changed.Hyper = changed.Hyper with { RootClaimThreshold = threshold };
        return LedgerError.None;
    }
}

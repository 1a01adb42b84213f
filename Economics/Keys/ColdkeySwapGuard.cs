using Dtao.Economics.Ledger;

namespace Dtao.Economics.Keys;

/// <summary>What a coldkey may still sign while its swap is announced.</summary>
/// <remarks>
/// Source: guards/check_coldkey_swap.rs. Asked before anything else of a call, its fee included. While the swap is disputed nothing is let through; until then
/// only the calls about the swap itself are. What nobody signs passes.
/// </remarks>
public static class ColdkeySwapGuard
{
    public static LedgerError Check(ILedgerSource source, AccountId signer, CallKind kind)
    {
        // The execution of an order is signed by its relayer, and not by its owner.
        if (kind is CallKind.Admin or CallKind.DissolveNetwork or CallKind.SetNumRootClaims or CallKind.FillOrder or CallKind.FillBatch) return LedgerError.None;
        if (source.GetColdkeySwap(signer) is not { } standing) return LedgerError.None;
        if (standing.DisputedAt is not null) return LedgerError.ColdkeySwapDisputed;
        return IsAboutTheSwap(kind) ? LedgerError.None : LedgerError.ColdkeySwapAnnounced;
    }

    private static bool IsAboutTheSwap(CallKind kind) => kind is CallKind.AnnounceColdkeySwap or CallKind.SwapColdkeyAnnounced
        or CallKind.DisputeColdkeySwap or CallKind.ClearColdkeySwapAnnouncement;
}

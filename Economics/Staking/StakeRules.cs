using Dtao.Economics.Ledger;

namespace Dtao.Economics.Staking;

/// <summary>Questions that several calls ask of the ledger in the same words.</summary>
internal static class StakeRules
{
    /// <summary>Whether trading is on; a subnet that does not exist reads as off.</summary>
    public static bool IsSubtokenEnabled(LedgerScope scope, NetUid netuid) =>
        scope.TryGetBooks(netuid, out var books) && books.SubtokenEnabled;

    public static bool IsOwner(LedgerScope scope, AccountId hotkey, AccountId coldkey) =>
        scope.GetHotkey(hotkey) is { } record && record.Owner == coldkey;

    /// <summary>Makes a hotkey a delegate with the default take when somebody who does not own it stakes to it.</summary>
    /// <remarks>Source: staking/helpers.rs :: maybe_become_delegate. Callers have checked that the hotkey exists.</remarks>
    public static void MakeDelegateUnlessOwn(LedgerScope scope, AccountId hotkey, AccountId coldkey)
    {
        if (scope.GetHotkey(hotkey) is not { } record || record.Owner == coldkey || record.IsDelegate) return;
        scope.SetHotkey(hotkey, record with { StoredTake = Take.Default });
    }
}

using Dtao.Economics.Ledger;

namespace Dtao.Economics.Registration;

/// <summary>How a hotkey comes to have an owner.</summary>
/// <remarks>Source: rule book 01, 6.14 and 11.1; staking/helpers.rs :: create_account_if_non_existent.</remarks>
internal static class HotkeyAccounts
{
    /// <summary>Makes a coldkey the owner of a hotkey that has none; changes nothing when it has one.</summary>
    public static LedgerError CreateIfFree(LedgerScope scope, AccountId coldkey, AccountId hotkey)
    {
        if (hotkey.IsSubnetAccount) return LedgerError.CannotUseSystemAccount;
        if (scope.GetHotkey(hotkey) is not null) return LedgerError.None;
        scope.SetHotkey(hotkey, new HotkeyRecord(coldkey));
        scope.AppendStakingHotkey(coldkey, hotkey);
        return LedgerError.None;
    }
}

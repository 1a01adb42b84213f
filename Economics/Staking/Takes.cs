using Dtao.Economics.Ledger;
using Dtao.Economics.Registration;

namespace Dtao.Economics.Staking;

/// <summary>increase_take, decrease_take, and try_associate_hotkey: what a coldkey does to its hotkeys.</summary>
/// <remarks>Source: rule book 01, 6.12 and 6.14; staking/increase_take.rs, staking/decrease_take.rs, staking/account.rs.</remarks>
internal static class Takes
{
    public static LedgerError Increase(CallRun run, AccountId hotkey, Take take)
    {
        var scope = run.Scope;
        var error = Owned(run, hotkey, out var record);
        if (error != LedgerError.None) return error;
        if (record.StoredTake is { } stored && take.Parts <= stored.Parts) return LedgerError.DelegateTakeTooLow;
        if (take.Parts > scope.Parameters.MaxTake.Parts) return LedgerError.DelegateTakeTooHigh;
        if (IsTooSoon(scope, record)) return LedgerError.DelegateTxRateLimitExceeded;

        Store(scope, hotkey, record, take);
        return LedgerError.None;
    }

    /// <summary>Not limited in rate, but starts the window of the next increase.</summary>
    public static LedgerError Decrease(CallRun run, AccountId hotkey, Take take)
    {
        var scope = run.Scope;
        var error = Owned(run, hotkey, out var record);
        if (error != LedgerError.None) return error;
        if (record.StoredTake is { } stored && take.Parts >= stored.Parts) return LedgerError.DelegateTakeTooLow;
        if (take.Parts < scope.Parameters.MinTake.Parts) return LedgerError.DelegateTakeTooLow;

        Store(scope, hotkey, record, take);
        return LedgerError.None;
    }

    /// <summary>Makes the signer the owner of a hotkey that has none; changes nothing, without a word, when it has one.</summary>
    public static LedgerError Associate(CallRun run, AccountId hotkey) => HotkeyAccounts.CreateIfFree(run.Scope, run.Signer, hotkey);

    private static LedgerError Owned(CallRun run, AccountId hotkey, out HotkeyRecord record)
    {
        record = run.Scope.GetHotkey(hotkey)!;
        if (record is null) return LedgerError.HotKeyAccountNotExists;
        return record.Owner == run.Signer ? LedgerError.None : LedgerError.NonAssociatedColdKey;
    }

    /// <summary>The window must have passed entirely: a block at exactly its length is still too soon.</summary>
    private static bool IsTooSoon(LedgerScope scope, HotkeyRecord record)
    {
        var window = scope.Parameters.TakeRateLimit;
        var last = record.LastTakeChange.Value;
        return window != 0 && last != 0 && SaturatingMath.Subtract(scope.Block.Value, last) <= window;
    }

    private static void Store(LedgerScope scope, AccountId hotkey, HotkeyRecord record, Take take) =>
        scope.SetHotkey(hotkey, record with { StoredTake = take, LastTakeChange = scope.Block });
}

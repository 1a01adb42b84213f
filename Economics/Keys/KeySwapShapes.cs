using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Keys;

/// <summary>Which parts of a network the calls about swaps of keys can touch.</summary>
/// <remarks>
/// A swap of a hotkey reads and changes its records, everything that is filed under it on every subnet, and the lists of its stakers. One of a coldkey does
/// that for all positions of the coldkey, its hotkeys, and its free TAO. The first announcement is paid for at root, which counts what is destroyed.
/// </remarks>
public static class KeySwapShapes
{
    /// <summary>Whether a call is about swaps of keys.</summary>
    public static bool IsMeant(CallKind kind) => kind is >= CallKind.SwapHotkey and <= CallKind.ClearColdkeySwapAnnouncement;

    /// <summary>Whether a call moves what is filed under a key.</summary>
    public static bool IsSwap(CallKind kind) => kind is CallKind.SwapHotkey or CallKind.SwapColdkeyAnnounced or CallKind.SwapColdkey;

    /// <summary>The coldkey that a swap takes everything from; null for a call that does nothing of the sort.</summary>
    public static AccountId? FormerColdkey(AccountId signer, Call call) => call.Kind switch
    {
        CallKind.SwapColdkeyAnnounced => signer,
        CallKind.SwapColdkey => ((ColdkeyDetail)call.Detail!).Coldkey,
        _ => null,
    };

    internal static CallShape Of(Call call) => call.Kind switch
    {
        CallKind.SwapHotkey => new(CallReach.Network, [], true, null, [.. new[] { call.Hotkey, call.ToHotkey!.Value }.Distinct()], true),
        CallKind.SwapColdkeyAnnounced or CallKind.SwapColdkey => new(CallReach.Network, [], true, call.ToColdkey, [call.ToColdkey!.Value], true),
        CallKind.AnnounceColdkeySwap => new(CallReach.OnePool, [NetUid.Root], false, null, [], false),
        _ => new(CallReach.Accounts, [], false, null, [], false),
    };

    internal static bool IsWellFormed(Call call) => call.Kind switch
    {
        CallKind.SwapHotkey => call.ToHotkey is not null && call.Detail is null or SwitchDetail,
        CallKind.AnnounceColdkeySwap => call.Netuid.IsRoot && call.Detail is ColdkeyHashDetail { Hash: { IsDefault: false, Length: ColdkeyHash.Length } },
        CallKind.SwapColdkeyAnnounced => call.ToColdkey is not null && call.Detail is null,
        CallKind.SwapColdkey => call.ToColdkey is not null && call.Detail is ColdkeyDetail,
        CallKind.ResetColdkeySwap => call.Detail is ColdkeyDetail,
        _ => call.Detail is null,
    };
}

using Dtao.Economics;
using Dtao.Economics.Keys;
using Dtao.Economics.Ledger;

namespace Dtao.Client;

/// <content>Keys that take the place of others.</content>
public static partial class Calls
{
    /// <summary>Puts one hotkey of the signer in the place of another, on one subnet or on all. Rule book 01, 12.1.</summary>
    /// <param name="netuid">Null: all subnets.</param>
    /// <param name="keepStake">Leaves all stake on the former hotkey; on all subnets it cannot be moved then until somebody owns that hotkey again.</param>
    public static Call SwapHotkey(AccountId former, AccountId next, NetUid? netuid = null, bool keepStake = false) => new()
    {
        Kind = CallKind.SwapHotkey,
        Hotkey = former,
        ToHotkey = next,
        ToNetuid = netuid,
        Detail = keepStake ? new SwitchDetail(true) : null,
    };

    /// <summary>Announces that another coldkey will take the signer's place; only its hash is told. Rule book 01, 12.</summary>
    public static Call AnnounceColdkeySwap(AccountId next) => new() { Kind = CallKind.AnnounceColdkeySwap, Detail = new ColdkeyHashDetail(ColdkeyHash.Of(next)) };

    /// <summary>Gives all that the signer has to the coldkey that was announced.</summary>
    public static Call SwapColdkeyAnnounced(AccountId next) => new() { Kind = CallKind.SwapColdkeyAnnounced, ToColdkey = next };

    /// <summary>Stops an announced swap of the signer until the sudo key has decided.</summary>
    public static Call DisputeColdkeySwap() => new() { Kind = CallKind.DisputeColdkeySwap };

    /// <summary>Calls an announced swap of the signer off, some time after it could have been made.</summary>
    public static Call ClearColdkeySwapAnnouncement() => new() { Kind = CallKind.ClearColdkeySwapAnnouncement };

    /// <summary>Gives all that a coldkey has to another one, without an announcement; the sudo key's call.</summary>
    /// <param name="cost">Taken from the former coldkey and recycled.</param>
    public static Call SwapColdkey(AccountId former, AccountId next, Tao cost) =>
        new() { Kind = CallKind.SwapColdkey, ToColdkey = next, Amount = cost.Rao, Detail = new ColdkeyDetail(former) };

    /// <summary>Forgets announcement and dispute of a coldkey; the sudo key's call.</summary>
    public static Call ResetColdkeySwap(AccountId coldkey) => new() { Kind = CallKind.ResetColdkeySwap, Detail = new ColdkeyDetail(coldkey) };
}

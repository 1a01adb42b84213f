using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Stakers;

/// <summary>What a swap of keys that the lane has decided changes at one account besides its TAO.</summary>
/// <param name="Gone">Hotkeys that leave the account's list of staking hotkeys.</param>
/// <param name="Come">Hotkeys that come at its end after that, as far as they are not in it.</param>
/// <param name="Owned">Hotkeys that the account owns now.</param>
/// <param name="EndsColdkeySwap">Whether an announcement of the account is over.</param>
[GenerateSerializer, Immutable, Alias("dtao.KeyNotice")]
public sealed record KeyNotice(
    [property: Id(0)] AccountId[] Gone, [property: Id(1)] AccountId[] Come, [property: Id(2)] AccountId[] Owned, [property: Id(3)] bool EndsColdkeySwap)
{
    /// <summary>What becomes of how the account's coldkey presents itself; null when nothing does.</summary>
    [Id(140)] public IdentityChange? Identity { get; init; }
}

/// <summary>An identity that came, or (null) went, with a swap of coldkeys.</summary>
/// <param name="Below">
/// Operations of the account from this sequence on came after the swap: what one of them has set stays. The notice of a swap may reach the former coldkey
/// after its next operations.
/// </param>
[GenerateSerializer, Immutable, Alias("dtao.IdentityChange")]
public sealed record IdentityChange([property: Id(0)] ColdkeyIdentityDetail? After, [property: Id(1)] ulong Below);

/// <summary>The hotkeys of an account.</summary>
/// <param name="Staking">Those that it has staked to, or came to own by operations of its own, in the order in which they came.</param>
/// <param name="Owned">Besides them, those that swaps of keys gave it. Whether it still owns one is for the hotkey to say.</param>
[GenerateSerializer, Immutable, Alias("dtao.AccountKeys")]
public sealed record AccountKeys([property: Id(0)] AccountId[] Staking, [property: Id(1)] AccountId[] Owned)
{
    /// <summary>How the coldkey presents itself; null when it does not.</summary>
    [Id(140)] public ColdkeyIdentityDetail? Identity { get; init; }
}

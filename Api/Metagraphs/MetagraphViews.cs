using Dtao.Api.Json;
using Dtao.Client;
using Dtao.Economics;

namespace Dtao.Api.Metagraphs;

/// <summary>A neuron in taostats' fields. Fractions are decimal text: 1 is the whole.</summary>
/// <param name="Coldkey">Its owner; null while nobody owns it.</param>
/// <param name="Stake">What counts as stake: its alpha, and its root TAO times the network's TAO weight.</param>
/// <param name="AlphaStake">Alpha of all its stakers.</param>
/// <param name="RootStake">TAO on root of all its stakers.</param>
/// <param name="RootStakeAsAlpha">That times the network's TAO weight.</param>
/// <param name="Incentive">Of the first mechanism.</param>
/// <param name="Emission">Alpha that the last epoch found for it.</param>
/// <param name="Active">Whether it set weights not too long ago.</param>
/// <param name="ValidatorPermit">Whether the last epoch let it validate.</param>
/// <param name="Updated">Blocks since it last set or committed weights, or was registered.</param>
/// <param name="Rank">By stake, from 1 on.</param>
internal sealed record NeuronView(
    AccountId Hotkey, AccountId? Coldkey, NetUid Netuid, int Uid, BlockNumber BlockNumber, Timestamp? Timestamp, Alpha Stake, Alpha AlphaStake, Tao RootStake,
    Alpha RootStakeAsAlpha, string Consensus, string Incentive, string Dividends, string ValidatorTrust, Alpha Emission, bool Active, bool ValidatorPermit, long Updated,
    BlockNumber RegisteredAtBlock, bool IsImmunityPeriod, int Rank);

/// <summary>A hotkey with root stake.</summary>
/// <param name="Coldkey">Its owner; null while nobody owns it.</param>
/// <param name="Stake">TAO on root of all its stakers.</param>
/// <param name="Positions">Coldkeys with root stake on it, its owner included.</param>
/// <param name="Take">What it keeps of dividends: 0.18 is 18 %.</param>
/// <param name="ClaimRates">By subnet: rao of alpha that one rao of root TAO on it has earned since the beginning, claimed or not.</param>
internal sealed record RootNeuronView(
    AccountId Hotkey, AccountId? Coldkey, BlockNumber BlockNumber, Timestamp? Timestamp, Tao Stake, int Positions, string Take, IReadOnlyList<ClaimRateView> ClaimRates);

/// <summary>What a subnet has earned for root stake on a hotkey.</summary>
/// <param name="Rate">Rao of the subnet's alpha for one rao of root TAO.</param>
internal sealed record ClaimRateView(NetUid Netuid, string Rate);

/// <summary>A hotkey's children and parents on a subnet.</summary>
/// <param name="Coldkey">Its owner; null while nobody owns it.</param>
/// <param name="Take">What it keeps of dividends: 0.18 is 18 %.</param>
/// <param name="ChildkeyTake">What it keeps, as a child, of its parents' dividends.</param>
/// <param name="Children">In effect.</param>
/// <param name="Parents">In effect.</param>
/// <param name="PendingChildren">Asked for and not in effect; null when there are none.</param>
/// <param name="PendingBlockNumber">The first epoch after this block lets them take effect.</param>
internal sealed record FamilyView(
    AccountId Hotkey, AccountId? Coldkey, NetUid Netuid, BlockNumber BlockNumber, Timestamp? Timestamp, string Take, string ChildkeyTake, IReadOnlyList<LinkView> Children,
    IReadOnlyList<LinkView> Parents, IReadOnlyList<LinkView>? PendingChildren, BlockNumber? PendingBlockNumber);

/// <summary>A child, or a parent, of a hotkey.</summary>
/// <param name="Proportion">Of the parent's stake that the child votes with: 1 is all.</param>
/// <param name="ChildkeyTake">What the linked hotkey keeps as a child.</param>
internal sealed record LinkView(AccountId Hotkey, string Proportion, string ChildkeyTake);

internal static class Parts
{
    private const int Whole = ushort.MaxValue;

    /// <summary>Parts of 65535 as a fraction.</summary>
    public static string Of(ushort parts) => PriceText.OfRatio(parts, Whole);

    /// <summary>Parts of 2^64-1 as a fraction.</summary>
    public static string OfProportion(ulong parts) => PriceText.OfRatio(parts, ulong.MaxValue);
}

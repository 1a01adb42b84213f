using Dtao.Api.Json;
using Dtao.Client;
using Dtao.Economics;

namespace Dtao.Api.Validators;

/// <summary>A validator over all subnets, in taostats' fields.</summary>
/// <param name="Hotkey">Its operator's key.</param>
/// <param name="Coldkey">Its owner; null while nobody owns it.</param>
/// <param name="Name">As its owner presents itself; null when it does not.</param>
/// <param name="Rank">By weighted stake, from 1 on.</param>
/// <param name="GlobalNominators">Coldkeys beside the owner with stake on it on root, or on the subnet that was asked for.</param>
/// <param name="Take">What it keeps of dividends: 0.18 is 18 %.</param>
/// <param name="GlobalWeightedStake">Its alpha at spot prices, and root TAO times the network's TAO weight.</param>
/// <param name="GlobalAlphaStakeAsTao">Its alpha on all subnets at spot prices.</param>
/// <param name="RootStake">TAO on root.</param>
/// <param name="WeightedRootStake">That times the network's TAO weight.</param>
/// <param name="Stake">On the subnet that was asked for: alpha, on root TAO.</param>
/// <param name="HasPermit">Whether the subnet's last epoch let it validate; on root whether it has a seat that does.</param>
/// <param name="Dominance">Its part of the weighted stake of all that are listed: 0.1 is a tenth.</param>
internal sealed record ValidatorView(
    AccountId Hotkey, AccountId? Coldkey, string? Name, BlockNumber BlockNumber, Timestamp? Timestamp, NetUid Netuid, int Rank, int GlobalNominators, string Take,
    Tao GlobalWeightedStake, Tao GlobalAlphaStakeAsTao, Tao RootStake, Tao WeightedRootStake, Alpha Stake, bool HasPermit, string Dominance);

/// <summary>What stake with a validator earned, brought to a year, in taostats' fields: 0.12 is 12 %. Null while nothing is known.</summary>
/// <param name="Stake">Alpha of all its stakers on the subnet; on root TAO.</param>
/// <param name="OneHourApy">Measured over the last hour, or as long as there is a history.</param>
/// <param name="OneDayApy">Over a day.</param>
/// <param name="SevenDayApy">Over a week.</param>
/// <param name="ThirtyDayApy">Over thirty days.</param>
/// <param name="OneHour">What was measured.</param>
/// <param name="OneDay">What was measured over a day.</param>
/// <param name="SevenDay">What was measured over a week.</param>
/// <param name="ThirtyDay">What was measured over thirty days.</param>
/// <param name="Name">As its owner presents itself; null when it does not, and in histories.</param>
internal sealed record ValidatorYieldView(
    AccountId Hotkey, string? Name, NetUid Netuid, BlockNumber BlockNumber, Timestamp? Timestamp, Alpha Stake, string? OneHourApy, string? OneDayApy, string? SevenDayApy,
    string? ThirtyDayApy, YieldView? OneHour, YieldView? OneDay, YieldView? SevenDay, YieldView? ThirtyDay);

/// <summary>What stake earned over a window.</summary>
/// <param name="FromBlock">Earnings count after this block.</param>
/// <param name="ToBlock">And up to this one.</param>
/// <param name="Milliseconds">Time between the two.</param>
/// <param name="IsWhole">Whether the history reaches back over the whole window.</param>
/// <param name="RaoPerWhole">Rao that one whole alpha, or root TAO, earned.</param>
internal sealed record YieldView(BlockNumber FromBlock, BlockNumber ToBlock, long Milliseconds, bool IsWhole, string RaoPerWhole)
{
    public static YieldView? Of(Yield? yield) => yield is null
        ? null
        : new(yield.From, yield.To, yield.Milliseconds, yield.IsWhole, yield.RaoPerWhole.ToString(System.Globalization.CultureInfo.InvariantCulture));
}

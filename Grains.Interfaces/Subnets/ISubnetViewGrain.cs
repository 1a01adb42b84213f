using Dtao.Economics;
using Dtao.Economics.Earnings;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Subnets;

/// <summary>What a subnet's pool shows of itself to readers: hotkeys, their earnings, root claims. Key: the pool's, which answers.</summary>
/// <remarks>Nothing here changes anything. Every answer is of one instant and durable; two answers may be of two blocks.</remarks>
[Alias("dtao.ISubnetViewGrain")]
public interface ISubnetViewGrain : IGrainWithIntegerKey
{
    /// <summary>Hotkeys with stake, a permit, or a history of earnings here, in ascending order; at most <see cref="ViewLimits.RowsMax"/> at a time.</summary>
    [Alias("GetHotkeys")]
    Task<HotkeyPage> GetHotkeys(HotkeyQuery query);

    /// <summary>The stake on each of these hotkeys; at most <see cref="ViewLimits.RowsMax"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More were named.</exception>
    [Alias("GetStakes")]
    Task<Alpha[]> GetStakes(AccountId[] hotkeys);

    /// <summary>Root: what a root TAO on each of these hotkeys has earned on each subnet since the beginning; at most <see cref="ViewLimits.RowsMax"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More were named.</exception>
    [Alias("GetClaimRates")]
    Task<ClaimRates[]> GetClaimRates(AccountId[] hotkeys);

    /// <summary>Root: what a coldkey could claim now, and what it has chosen. Empty on other subnets.</summary>
    [Alias("GetRootClaims")]
    Task<RootClaimView> GetRootClaims(AccountId coldkey);
}

/// <summary>Bounds of the reads of views.</summary>
public static class ViewLimits
{
    /// <summary>The most rows of one answer, and the most hotkeys of one question.</summary>
    public const int RowsMax = 1_024;

    /// <summary>The most windows of one question.</summary>
    public const int WindowsMax = 8;
}

/// <summary>Which hotkeys to show, and over which windows what they earned.</summary>
/// <param name="After">The last hotkey of the page before; null at the beginning.</param>
/// <param name="CountMax">Clamped to 1 and <see cref="ViewLimits.RowsMax"/>.</param>
/// <param name="Starts">For each window the last block that does not count; those beyond <see cref="ViewLimits.WindowsMax"/> are left out.</param>
/// <param name="Upto">The last block that counts.</param>
/// <param name="CountsPositions">Whether positions are counted, which looks at every position once.</param>
[GenerateSerializer, Immutable, Alias("dtao.HotkeyQuery")]
public sealed record HotkeyQuery(
    [property: Id(0)] AccountId? After, [property: Id(1)] int CountMax, [property: Id(2)] BlockNumber[] Starts, [property: Id(3)] BlockNumber Upto,
    [property: Id(4)] bool CountsPositions);

[GenerateSerializer, Immutable, Alias("dtao.HotkeyPage")]
public sealed record HotkeyPage([property: Id(0)] BlockNumber Block, [property: Id(1)] HotkeyRow[] Hotkeys, [property: Id(2)] bool HasMore);

/// <summary>One hotkey on one subnet.</summary>
/// <param name="Stake">Alpha of all its stakers; on root TAO.</param>
/// <param name="HasPermit">Whether the last epoch let it validate.</param>
/// <param name="Positions">How many coldkeys have stake on it; null when that was not asked for.</param>
/// <param name="Earned">By window; null where nothing is known.</param>
[GenerateSerializer, Immutable, Alias("dtao.HotkeyRow")]
public sealed record HotkeyRow(
    [property: Id(0)] AccountId Hotkey, [property: Id(1)] Alpha Stake, [property: Id(2)] bool HasPermit, [property: Id(3)] int? Positions,
    [property: Id(4)] EarnedSpan?[] Earned);

/// <summary>An <see cref="EarningSpan"/> on the wire: what a unit of stake earned after block <paramref name="From"/> and up to block <paramref name="To"/>.</summary>
/// <param name="PerAlphaBits">Raw U64F64.</param>
/// <param name="PerRootBits">Raw U64F64.</param>
[GenerateSerializer, Immutable, Alias("dtao.EarnedSpan")]
public sealed record EarnedSpan(
    [property: Id(0)] BlockNumber From, [property: Id(1)] BlockNumber To, [property: Id(2)] bool IsWhole, [property: Id(3)] UInt128 PerAlphaBits,
    [property: Id(4)] UInt128 PerRootBits)
{
    public static EarnedSpan Of(EarningSpan span) => new(span.From, span.To, span.IsWhole, span.PerAlpha.Bits, span.PerRoot.Bits);
}

/// <summary>Root claims of one coldkey.</summary>
/// <param name="Type">What it has chosen; null while it never has, which means that claims are sold.</param>
/// <param name="IsPicked">Whether automatic claims may pick it.</param>
/// <param name="Claims">Ascending by subnet and hotkey; those of which nothing is owed are left out.</param>
[GenerateSerializer, Immutable, Alias("dtao.RootClaimView")]
public sealed record RootClaimView(
    [property: Id(0)] BlockNumber Block, [property: Id(1)] RootClaimType? Type, [property: Id(2)] bool IsPicked, [property: Id(3)] RootClaimRow[] Claims);

/// <summary>What one subnet owes for one root position.</summary>
/// <param name="RootStake">The TAO that earned it.</param>
/// <param name="Owed">Alpha of the subnet; a claim pays nothing while this is under the subnet's threshold.</param>
[GenerateSerializer, Immutable, Alias("dtao.RootClaimRow")]
public sealed record RootClaimRow(
    [property: Id(0)] NetUid Netuid, [property: Id(1)] AccountId Hotkey, [property: Id(2)] Tao RootStake, [property: Id(3)] Alpha Owed);

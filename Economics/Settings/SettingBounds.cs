using System.Globalization;
using Dtao.Economics.Claims;
using Dtao.Economics.Ledger;
using Dtao.Economics.Neurons;

namespace Dtao.Economics.Settings;

/// <summary>What values must hold to when they are set by a call.</summary>
/// <remarks>Source: rule book 02, 2.1, 2.2, 6.4, 7.9, and 7.12; admin-utils/lib.rs, epoch/run_epoch.rs :: do_set_alpha_values, subnets/weights.rs :: set_reveal_period.</remarks>
internal static class SettingBounds
{
    /// <summary>Of a subnet; the reference keeps it as a setting of its own, which only root can change.</summary>
    private const ushort MinAllowedUids = 64;
    private const ushort MaxAllowedUids = 256;
    private const ulong OwnerBondsMovingAverageMax = 975_000;
    private const ulong MinBurnUpperBound = 1_000_000_000;
    private const ulong MaxBurnLowerBound = 100_000_000;
    private const ushort BurnHalfLifeMax = 36_100;
    private const ushort AlphaMin = ushort.MaxValue / 40;
    private const int RevealPeriodMax = 100;
    private const byte BurnMultiplierMax = 3;

    public static readonly SettingBound MaxUids = new(
        $"{MinAllowedUids} to {MaxAllowedUids}, at least the number of neurons, times mechanisms at most {MaxAllowedUids}", CheckMaxUids);

    public static readonly SettingBound MaxValidators = new(
        "at most max_uids", attempt => attempt.Value <= attempt.Books!.Hyper.MaxUids ? LedgerError.None : LedgerError.MaxValidatorsLargerThanMaxUIds);

    public static readonly SettingBound BondsMovingAverage = new(
        $"owner: at most {OwnerBondsMovingAverageMax}",
        attempt => attempt.IsRoot || attempt.Value <= OwnerBondsMovingAverageMax ? LedgerError.None : LedgerError.BondsMovingAverageMaxReached);

    public static readonly SettingBound Steepness = new(
        "owner: 0 or more", attempt => attempt.IsRoot || attempt.Value >= 0 ? LedgerError.None : LedgerError.NegativeSigmoidSteepness);

    public static readonly SettingBound AlphaValues = new($"liquid alpha on; {AlphaMin} <= low <= high", CheckAlphaValues);

    public static readonly SettingBound MinBurn = new(
        $"under {MinBurnUpperBound} and under max_burn",
        attempt => attempt.Value < MinBurnUpperBound && attempt.Value < attempt.Books!.MaxBurn.Rao ? LedgerError.None : LedgerError.ValueNotInBounds);

    public static readonly SettingBound MaxBurn = new(
        $"above {MaxBurnLowerBound} and above min_burn",
        attempt => attempt.Value > MaxBurnLowerBound && attempt.Value > attempt.Books!.MinBurn.Rao ? LedgerError.None : LedgerError.ValueNotInBounds);

    public static readonly SettingBound BurnHalfLife = NotOnRoot(Between(1, BurnHalfLifeMax, LedgerError.InvalidValue));

    public static readonly SettingBound BurnMultiplier = NotOnRoot(new(
        $"1 to {BurnMultiplierMax}, that is 2^64 to {BurnMultiplierMax} * 2^64",
        attempt => attempt.Value >= (Int128)1 << 64 && attempt.Value <= (Int128)BurnMultiplierMax << 64 ? LedgerError.None : LedgerError.InvalidValue));

    public static readonly SettingBound RevealPeriod = new(
        $"1 to {RevealPeriodMax}",
        attempt => attempt.Value > RevealPeriodMax ? LedgerError.RevealPeriodTooLarge
            : attempt.Value < 1 ? LedgerError.RevealPeriodTooSmall : LedgerError.None);

    public static readonly SettingBound MinChildTake = new(
        "the network's min_child_take to max_child_take",
        attempt => attempt.Value >= attempt.Scope.Parameters.MinChildTake.Parts && attempt.Value <= attempt.Scope.Parameters.MaxChildTake.Parts
            ? LedgerError.None
            : LedgerError.InvalidValue);

    public static readonly SettingBound ImmuneOwnerUids = Between(1, 10, LedgerError.InvalidValue);

    public static readonly SettingBound RootClaimThreshold = Between(0, ClaimCalls.MaxThreshold, LedgerError.InvalidRootClaimThreshold);

    public static readonly SettingBound NumRootClaim = Between(0, AutoClaims.MaxPerBlock, LedgerError.InvalidNumRootClaim);

    public static readonly SettingBound FeeRate = Between(0, Economics.FeeRate.PartsMax, LedgerError.FeeRateTooHigh);

    public static readonly SettingBound AtLeastOne = new("1 or more", attempt => attempt.Value >= 1 ? LedgerError.None : LedgerError.ValueNotInBounds);

    public static readonly SettingBound OnSubnetsOnly = new("not on root", CheckNotRoot);

    public static readonly SettingBound Tempo = new(
        $"owner: {OwnerControls.TempoMin} to {OwnerControls.TempoMax}",
        attempt => attempt.IsRoot || (attempt.Value >= OwnerControls.TempoMin && attempt.Value <= OwnerControls.TempoMax)
            ? LedgerError.None
            : LedgerError.TempoOutOfBounds);

    public static readonly SettingBound ActivityCutoffFactor = Between(
        OwnerControls.ActivityCutoffFactorMin, OwnerControls.ActivityCutoffFactorMax, LedgerError.ActivityCutoffFactorMilliOutOfBounds);

    public static readonly SettingBound MechanismCount = new($"1 to max_mechanism_count; times max_uids at most {MaxAllowedUids}", CheckMechanismCount);

    public static readonly SettingBound MaxMechanismCount = Between(1, MechanismCounts.Most, LedgerError.InvalidValue);

    private static SettingBound Between(ulong lowest, ulong highest, LedgerError error) => new(
        string.Create(CultureInfo.InvariantCulture, $"{lowest} to {highest}"),
        attempt => attempt.Value >= lowest && attempt.Value <= highest ? LedgerError.None : error);

    private static SettingBound NotOnRoot(SettingBound bound) => new(
        $"not on root; {bound.Text}", attempt => CheckNotRoot(attempt) is var error and not LedgerError.None ? error : bound.Check(attempt));

    private static LedgerError CheckNotRoot(SettingAttempt attempt) =>
        attempt.Books!.IsRoot ? LedgerError.NotPermittedOnRootSubnet : LedgerError.None;

    private static LedgerError CheckMaxUids(SettingAttempt attempt)
    {
        var books = attempt.Books!;
        if (attempt.Value < MinAllowedUids) return LedgerError.MaxAllowedUidsLessThanMinAllowedUids;
        if (attempt.Value < attempt.Scope.GetMetagraph(books.Netuid).Neurons.Length) return LedgerError.MaxAllowedUIdsLessThanCurrentUIds;
        if (attempt.Value > MaxAllowedUids) return LedgerError.MaxAllowedUidsGreaterThanDefaultMaxAllowedUids;
        return attempt.Value * books.Hyper.MechanismCount > MaxAllowedUids ? LedgerError.TooManyUIDsPerMechanism : LedgerError.None;
    }

    private static LedgerError CheckMechanismCount(SettingAttempt attempt)
    {
        if (attempt.Value < 1 || attempt.Value > attempt.Scope.Parameters.MaxMechanismCount) return LedgerError.InvalidValue;
        if (attempt.Value * attempt.Books!.Hyper.MaxUids > MaxAllowedUids) return LedgerError.TooManyUIDsPerMechanism;
        return attempt.Value <= MechanismCounts.Most ? LedgerError.None : LedgerError.InvalidValue;
    }

    private static LedgerError CheckAlphaValues(SettingAttempt attempt)
    {
        if (!attempt.Books!.Hyper.LiquidAlpha) return LedgerError.LiquidAlphaDisabled;
        if (attempt.Second < AlphaMin) return LedgerError.AlphaHighTooLow;
        return attempt.Value >= AlphaMin && attempt.Value <= attempt.Second ? LedgerError.None : LedgerError.AlphaLowOutOfRange;
    }
}

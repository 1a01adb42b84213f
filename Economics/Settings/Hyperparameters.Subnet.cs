using System.Globalization;
using Dtao.Economics.Ledger;
using static Dtao.Economics.Settings.SettingAuthority;

namespace Dtao.Economics.Settings;

/// <content>The values of a subnet.</content>
public static partial class Hyperparameters
{
    private const string OfParts = "of 65535";
    private const string Blocks = "blocks";
    private const string Rao = "rao";

    /// <summary>In the order in which they are listed.</summary>
    public static IReadOnlyList<Hyperparameter> OfSubnet { get; } =
    [
        // The numbers of Limited are the reference's own, so that they need no list beside it.
        Hyper("max_uids", "max_allowed_uids", hyper => hyper.MaxUids).Limited(25) with { Bound = SettingBounds.MaxUids },
        Hyper("max_validators", "max_allowed_validators", hyper => hyper.MaxValidators) with
        {
            SetBy = Root,
            IsFrozenNearEpoch = true,
            Bound = SettingBounds.MaxValidators,
        },
        Hyper("min_allowed_weights", "min_allowed_weights", hyper => hyper.MinAllowedWeights).Limited(6),
        Hyper("immunity_period", "immunity_period", hyper => hyper.ImmunityPeriod, Blocks).Limited(5),
        Hyper("activity_cutoff_factor", "activity_cutoff_factor_milli", hyper => hyper.ActivityCutoffFactor, "thousandths of a tempo").Limited(0) with
        {
            Bound = SettingBounds.ActivityCutoffFactor,
        },
        Switch("yuma3", "yuma3_enabled", hyper => hyper.Yuma3).Limited(21),
        Switch("liquid_alpha", "liquid_alpha_enabled", hyper => hyper.LiquidAlpha).Limited(16),
        Fixed(Hyper("alpha_low", "alpha_low", hyper => hyper.AlphaLow, OfParts)),
        Fixed(Hyper("alpha_high", "alpha_high", hyper => hyper.AlphaHigh, OfParts)),
        AlphaValues.Limited(17) with { Bound = SettingBounds.AlphaValues },
        Hyper("steepness", "alpha_sigmoid_steepness", hyper => hyper.Steepness, "hundredths").Limited(20) with { Bound = SettingBounds.Steepness },
        Hyper("kappa", "kappa", hyper => hyper.Kappa, OfParts) with { SetBy = Root },
        Hyper("rho", "rho", hyper => hyper.Rho).Limited(8),
        Hyper("bonds_moving_average", "bonds_moving_avg", hyper => hyper.BondsMovingAverage, "of a million").Limited(13) with
        {
            Bound = SettingBounds.BondsMovingAverage,
        },
        Hyper("bonds_penalty", "bonds_penalty", hyper => hyper.BondsPenalty, OfParts).Limited(14),
        Switch("bonds_reset", "bonds_reset_enabled", hyper => hyper.BondsReset).Limited(22),
        Switch("commit_reveal", "commit_reveal_weights_enabled", hyper => hyper.CommitReveal).Limited(15),
        Hyper("reveal_period", "commit_reveal_period", hyper => hyper.RevealPeriod, "epochs").Limited(18) with { Bound = SettingBounds.RevealPeriod },
        Hyper("weights_rate_limit", "weights_set_rate_limit", hyper => hyper.WeightsRateLimit, Blocks) with { SetBy = Root },
        Hyper("weights_version_key", "weights_version", hyper => hyper.WeightsVersionKey).Limited(VersionKeySlot) with { Rate = OwnerRate.VersionTempos },
        Hyper("min_child_take", "min_childkey_take", hyper => hyper.MinChildTake, OfParts).Limited(29) with { Bound = SettingBounds.MinChildTake },
        Hyper("immune_owner_uids", "owner_immune_neuron_limit", hyper => hyper.ImmuneOwnerUids).Limited(23) with { Bound = SettingBounds.ImmuneOwnerUids },
        Hyper("min_non_immune_uids", "min_non_immune_uids", hyper => hyper.MinNonImmuneUids) with { SetBy = Root },
        Hyper("root_claim_threshold", "root_claim_threshold", hyper => hyper.RootClaimThreshold, "whole alpha rao") with
        {
            SetBy = Owner,
            Bound = SettingBounds.RootClaimThreshold,
        },
        Switch("recycle_incentive", "recycle_or_burn", hyper => hyper.RecycleIncentive).Limited(24),
        Switch("owner_cut_auto_lock", "owner_cut_auto_lock_enabled", hyper => hyper.OwnerCutAutoLock) with
        {
            SetBy = Owner,
            IsFrozenNearEpoch = true,
            Bound = SettingBounds.OnSubnetsOnly,
        },
        Hyper(MechanismCount, "mechanism_count", hyper => hyper.MechanismCount).Mechanisms(MechanismCountSlot) with { Bound = SettingBounds.MechanismCount },
        Books(MechanismSplit, MechanismSplit, _ => null, OfParts).Mechanisms(MechanismSplitSlot) with { Kind = SettingKind.List },
        Books("tempo", "tempo", books => Text(books.Tempo), Blocks) with
        {
            SetBy = Owner,
            IsFrozenNearEpoch = true,
            Rate = OwnerRate.TempoBlocks,
            Bound = SettingBounds.Tempo,
        },
        Flag("registration_allowed", "network_registration_allowed", books => books.RegistrationAllowed) with { SetBy = Root },
        Flag("emission_enabled", "subnet_emission_enabled", books => books.EmissionEnabled) with { SetBy = Root, Bound = SettingBounds.OnSubnetsOnly },
        Flag("subtoken_enabled", "subnet_is_active", books => books.SubtokenEnabled) with { SetBy = Root, IsFrozenNearEpoch = true },
        Flag("transfer_enabled", "transfers_enabled", books => books.TransferEnabled).Limited(19),
        Flag("owner_cut_enabled", "subnet_owner_cut_enabled", books => books.OwnerCutEnabled) with
        {
            SetBy = Owner,
            IsFrozenNearEpoch = true,
            Bound = SettingBounds.OnSubnetsOnly,
        },
        Books("min_burn", "min_burn", books => Text(books.MinBurn.Rao), Rao).Limited(11) with { Bound = SettingBounds.MinBurn },
        Books("max_burn", "max_burn", books => Text(books.MaxBurn.Rao), Rao).Limited(12) with { Bound = SettingBounds.MaxBurn },
        Books("burn_half_life", "burn_half_life", books => Text(books.BurnHalfLife), Blocks).Limited(26) with { Bound = SettingBounds.BurnHalfLife },
        Books("burn_multiplier", "burn_increase_mult", books => Text(books.BurnMultiplier.Bits), "x 2^64").Limited(27) with
        {
            Bound = SettingBounds.BurnMultiplier,
        },
        Books("fee_rate", "fee_rate", books => Text(books.FeeRate.Parts), OfParts) with { SetBy = Root, Bound = SettingBounds.FeeRate },
        Books("price_halving_blocks", "ema_price_halving_period", books => Text(books.PriceHalvingBlocks), Blocks) with
        {
            SetBy = Root,
            Bound = SettingBounds.AtLeastOne,
        },
        Books("owner_hotkey", "sn_owner_hotkey", books => books.OwnerHotkey?.ToString()) with
        {
            Kind = SettingKind.Account,
            SetBy = Owner,
            Rate = OwnerRate.OwnerHotkeyBlocks,
            Slot = OwnerHotkeySlot,
        },
        Fixed(Books("owner", "subnet_owner", books => books.Owner?.ToString()) with { Kind = SettingKind.Account }),
        Fixed(Books("mechanism", "subnet_mechanism", books => Text(books.Mechanism))),
    ];

    /// <summary>Beside the reference's numbers, which its own list ends long before.</summary>
    private const byte VersionKeySlot = 200;
    private const byte OwnerHotkeySlot = 201;
    private const byte MechanismCountSlot = 202;
    private const byte MechanismSplitSlot = 203;

    internal const string MechanismCount = "mechanism_count";

    /// <summary>It stands with the neurons, and not in the books that values are read of.</summary>
    internal const string MechanismSplit = "mechanism_emission_split";

    private static Hyperparameter AlphaValues => Hyper(
        "alpha_values", "alpha_values", hyper => string.Create(CultureInfo.InvariantCulture, $"{hyper.AlphaLow},{hyper.AlphaHigh}"), OfParts) with
    {
        Kind = SettingKind.Pair,
    };

    /// <summary>What an owner may set once in so many tempos, and nobody near the epoch: nearly everything.</summary>
    private static Hyperparameter Limited(this Hyperparameter value, byte slot) =>
        value with { SetBy = Owner, IsFrozenNearEpoch = true, Rate = OwnerRate.Tempos, Slot = slot };

    private static Hyperparameter Mechanisms(this Hyperparameter value, byte slot) =>
        value with { SetBy = Owner, IsFrozenNearEpoch = true, Rate = OwnerRate.MechanismBlocks, Slot = slot };

    private static Hyperparameter Fixed(Hyperparameter value) => value with { SetBy = Nobody };

    private static Hyperparameter Hyper(string name, string chainName, Func<SubnetHyperparameters, IFormattable> read, string unit = "") =>
        Hyper(name, chainName, hyper => Text(read(hyper)), unit);

    private static Hyperparameter Hyper(string name, string chainName, Func<SubnetHyperparameters, string> read, string unit) => new()
    {
        Name = name,
        ChainName = chainName,
        Kind = SettingKind.Number,
        SetBy = Nobody,
        Unit = unit,
        Store = nameof(SubnetHyperparameters),
        OfBooks = books => read(books.Hyper),
    };

    private static Hyperparameter Switch(string name, string chainName, Func<SubnetHyperparameters, bool> read) =>
        Hyper(name, chainName, hyper => Text(read(hyper)), string.Empty) with { Kind = SettingKind.Flag };

    private static Hyperparameter Books(string name, string chainName, Func<SubnetBooks, string?> read, string unit = "") => new()
    {
        Name = name,
        ChainName = chainName,
        Kind = SettingKind.Number,
        SetBy = Nobody,
        Unit = unit,
        Store = nameof(SubnetBooks),
        OfBooks = read,
    };

    private static Hyperparameter Flag(string name, string chainName, Func<SubnetBooks, bool> read) =>
        Books(name, chainName, books => Text(read(books))) with { Kind = SettingKind.Flag };

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    private static string Text(bool flag) => flag ? "true" : "false";
}

using System.Globalization;

namespace Dtao.Economics.Ledger;

/// <summary>The fields of a subnet that a genesis document gives and an administrator can set, by their name there.</summary>
/// <remarks>
/// Source: scenarios, "Subnet fields" and "Admin". Settings are unchecked: they change the field and nothing that would follow from it.
/// account_surplus is not among them: it is money, and exists at genesis only.
/// </remarks>
public static class SubnetSettings
{
    private delegate bool Setter(SubnetBooks books, string? text);

    private static readonly Dictionary<string, Setter> s_setters = new(StringComparer.Ordinal)
    {
        ["mechanism"] = UShort((books, value) => books.Mechanism = value),
        ["owner"] = Account((books, value) => books.Owner = value),
        ["owner_hotkey"] = Account((books, value) => books.OwnerHotkey = value),
        ["tao_in"] = ULong((books, value) => books.TaoReserve = new Tao(value)),
        ["alpha_in"] = ULong((books, value) => books.AlphaReserve = new Alpha(value)),
        ["alpha_out"] = ULong((books, value) => books.AlphaOutstanding = new Alpha(value)),
        ["protocol_alpha"] = ULong((books, value) => books.ProtocolAlpha = new Alpha(value)),
        ["weight"] = SetWeight,
        ["swap_initialised"] = Flag((books, value) => books.SwapInitialised = value),
        ["fee_rate"] = UShort((books, value) => books.FeeRate = new FeeRate(value)),
        ["moving_price"] = SetMovingPrice,
        ["first_emission_block"] = SetFirstEmissionBlock,
        ["subtoken_enabled"] = Flag((books, value) => books.SubtokenEnabled = value),
        ["registration_allowed"] = Flag((books, value) => books.RegistrationAllowed = value),
        ["emission_enabled"] = Flag((books, value) => books.EmissionEnabled = value),
        ["owner_cut_enabled"] = Flag((books, value) => books.OwnerCutEnabled = value),
        ["transfer_enabled"] = Flag((books, value) => books.TransferEnabled = value),
        ["tempo"] = UShort((books, value) => books.Tempo = value),
        ["last_epoch_block"] = ULong((books, value) => books.LastEpochBlock = value),
        ["price_halving_blocks"] = ULong((books, value) => books.PriceHalvingBlocks = value),
        ["burn"] = ULong((books, value) => books.Burn = new Tao(value)),
        ["min_burn"] = ULong((books, value) => books.MinBurn = new Tao(value)),
        ["max_burn"] = ULong((books, value) => books.MaxBurn = new Tao(value)),
        ["burn_half_life"] = UShort((books, value) => books.BurnHalfLife = value),
        ["burn_multiplier"] = SetBurnMultiplier,
        ["registered_at"] = ULong((books, value) => books.RegisteredAt = new BlockNumber(value)),
        ["max_uids"] = UShort((books, value) => books.Hyper = books.Hyper with { MaxUids = value }),
        ["max_validators"] = UShort((books, value) => books.Hyper = books.Hyper with { MaxValidators = value }),
        ["min_allowed_weights"] = UShort((books, value) => books.Hyper = books.Hyper with { MinAllowedWeights = value }),
        ["immunity_period"] = UShort((books, value) => books.Hyper = books.Hyper with { ImmunityPeriod = value }),
        ["activity_cutoff_factor"] = UInt((books, value) => books.Hyper = books.Hyper with { ActivityCutoffFactor = value }),
        ["mechanism_count"] = (books, text) => SettingText.TryRead(text, out byte value) && Set(books, books.Hyper with { MechanismCount = value }),
        ["yuma3"] = Flag((books, value) => books.Hyper = books.Hyper with { Yuma3 = value }),
        ["liquid_alpha"] = Flag((books, value) => books.Hyper = books.Hyper with { LiquidAlpha = value }),
        ["alpha_low"] = UShort((books, value) => books.Hyper = books.Hyper with { AlphaLow = value }),
        ["alpha_high"] = UShort((books, value) => books.Hyper = books.Hyper with { AlphaHigh = value }),
        ["steepness"] = SetSteepness,
        ["kappa"] = UShort((books, value) => books.Hyper = books.Hyper with { Kappa = value }),
        ["bonds_moving_average"] = ULong((books, value) => books.Hyper = books.Hyper with { BondsMovingAverage = value }),
        ["bonds_penalty"] = UShort((books, value) => books.Hyper = books.Hyper with { BondsPenalty = value }),
        ["bonds_reset"] = Flag((books, value) => books.Hyper = books.Hyper with { BondsReset = value }),
        ["commit_reveal"] = Flag((books, value) => books.Hyper = books.Hyper with { CommitReveal = value }),
        ["reveal_period"] = ULong((books, value) => books.Hyper = books.Hyper with { RevealPeriod = value }),
        ["weights_rate_limit"] = ULong((books, value) => books.Hyper = books.Hyper with { WeightsRateLimit = value }),
        ["weights_version_key"] = ULong((books, value) => books.Hyper = books.Hyper with { WeightsVersionKey = value }),
        ["min_child_take"] = UShort((books, value) => books.Hyper = books.Hyper with { MinChildTake = value }),
        ["immune_owner_uids"] = UShort((books, value) => books.Hyper = books.Hyper with { ImmuneOwnerUids = value }),
        ["min_non_immune_uids"] = UShort((books, value) => books.Hyper = books.Hyper with { MinNonImmuneUids = value }),
        ["root_claim_threshold"] = ULong((books, value) => books.Hyper = books.Hyper with { RootClaimThreshold = value }),
        ["recycle_incentive"] = Flag((books, value) => books.Hyper = books.Hyper with { RecycleIncentive = value }),
        ["rho"] = UShort((books, value) => books.Hyper = books.Hyper with { Rho = value }),
        ["owner_cut_auto_lock"] = Flag((books, value) => books.Hyper = books.Hyper with { OwnerCutAutoLock = value }),
    };

    /// <summary>Every name, in no particular order.</summary>
    public static IReadOnlyCollection<string> Names => s_setters.Keys;

    public static bool IsKnown(string name) => s_setters.ContainsKey(name);

    /// <summary>Sets a field from its text; null clears one that can be absent.</summary>
    public static LedgerError Set(SubnetBooks books, string name, string? text)
    {
        if (!s_setters.TryGetValue(name, out var setter)) return LedgerError.UnknownParameter;
        return setter(books, text) ? LedgerError.None : LedgerError.InvalidParameterValue;
    }

    private static Setter ULong(Action<SubnetBooks, ulong> set) => (books, text) =>
    {
        if (!SettingText.TryRead(text, out ulong value)) return false;
        set(books, value);
        return true;
    };

    private static Setter UInt(Action<SubnetBooks, uint> set) => (books, text) =>
    {
        if (!SettingText.TryRead(text, out ulong value) || value > uint.MaxValue) return false;
        set(books, (uint)value);
        return true;
    };

    private static bool Set(SubnetBooks books, SubnetHyperparameters hyper)
    {
        books.Hyper = hyper;
        return true;
    }

    private static bool SetSteepness(SubnetBooks books, string? text)
    {
        if (!short.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)) return false;
        books.Hyper = books.Hyper with { Steepness = value };
        return true;
    }

    private static Setter UShort(Action<SubnetBooks, ushort> set) => (books, text) =>
    {
        if (!SettingText.TryRead(text, out ushort value)) return false;
        set(books, value);
        return true;
    };

    private static Setter Flag(Action<SubnetBooks, bool> set) => (books, text) =>
    {
        if (!SettingText.TryRead(text, out bool value)) return false;
        set(books, value);
        return true;
    };

    private static Setter Account(Action<SubnetBooks, AccountId?> set) => (books, text) =>
    {
        if (!SettingText.TryRead(text, out AccountId? value)) return false;
        set(books, value);
        return true;
    };

    private static bool SetWeight(SubnetBooks books, string? text)
    {
        if (!SettingText.TryRead(text, out ulong parts) || parts > Perquintill.One) return false;
        books.QuoteWeight = new Perquintill(parts);
        return true;
    }

    private static bool SetMovingPrice(SubnetBooks books, string? text)
    {
        if (!SettingText.TryRead(text, out Int128 bits)) return false;
        books.MovingPrice = new I96F32(bits);
        return true;
    }

    private static bool SetBurnMultiplier(SubnetBooks books, string? text)
    {
        if (!SettingText.TryRead(text, out UInt128 bits)) return false;
        books.BurnMultiplier = new U64F64(bits);
        return true;
    }

    private static bool SetFirstEmissionBlock(SubnetBooks books, string? text)
    {
        if (text is null)
        {
            books.FirstEmissionBlock = null;
            return true;
        }

        if (!SettingText.TryRead(text, out ulong block)) return false;
        books.FirstEmissionBlock = new BlockNumber(block);
        return true;
    }
}

using Dtao.Economics.Rules;

namespace Dtao.Economics.Ledger;

/// <summary>The network-wide values that a genesis document gives and an administrator can set, by their name there.</summary>
/// <remarks>Source: scenarios, "Parameters" and "Admin". <c>author</c> is set like a parameter; null leaves the network without one.</remarks>
public static class ParameterSettings
{
    private delegate NetworkParameters? Setter(NetworkParameters parameters, string? text);

    private static readonly Dictionary<string, Setter> s_setters = new(StringComparer.Ordinal)
    {
        ["author"] = (parameters, text) => SettingText.TryRead(text, out AccountId? value) ? parameters with { Author = value } : null,
        ["existential_deposit"] = ULong((parameters, value) => parameters with { ExistentialDeposit = new Tao(value) }),
        ["tao_weight"] = ULong((parameters, value) => parameters with { TaoWeight = value }),
        ["owner_cut"] = UShort((parameters, value) => parameters with { OwnerCut = value }),
        ["child_burn"] = ULong((parameters, value) => parameters with { ChildBurn = value }),
        ["stake_threshold"] = ULong((parameters, value) => parameters with { StakeThreshold = value }),
        ["nominator_min_required_stake"] = ULong((parameters, value) => parameters with { NominatorMinRequiredStake = value }),
        ["moving_alpha"] = (parameters, text) =>
            SettingText.TryRead(text, out Int128 bits) ? parameters with { MovingAlpha = new I96F32(bits) } : null,
        ["max_epochs_per_block"] = (parameters, text) =>
            SettingText.TryRead(text, out byte value) ? parameters with { MaxEpochsPerBlock = value } : null,
        ["num_root_claim"] = ULong((parameters, value) => parameters with { NumRootClaim = value }),
        ["child_cooldown"] = ULong((parameters, value) => parameters with { ChildCooldown = value }),
        ["set_children_rate_limit"] = ULong((parameters, value) => parameters with { SetChildrenRateLimit = value }),
        ["child_take_rate_limit"] = ULong((parameters, value) => parameters with { ChildTakeRateLimit = value }),
        ["max_child_take"] = UShort((parameters, value) => parameters with { MaxChildTake = new Take(value) }),
        ["min_child_take"] = UShort((parameters, value) => parameters with { MinChildTake = new Take(value) }),
        ["max_mechanism_count"] = (parameters, text) =>
            SettingText.TryRead(text, out byte value) ? parameters with { MaxMechanismCount = value } : null,
        ["take_rate_limit"] = ULong((parameters, value) => parameters with { TakeRateLimit = value }),
        ["min_take"] = UShort((parameters, value) => parameters with { MinTake = new Take(value) }),
        ["max_take"] = UShort((parameters, value) => parameters with { MaxTake = new Take(value) }),
        ["network_rate_limit"] = ULong((parameters, value) => parameters with { NetworkRateLimit = value }),
        ["network_min_lock"] = ULong((parameters, value) => parameters with { NetworkMinLock = new Tao(value) }),
        ["network_last_lock"] = ULong((parameters, value) => parameters with { NetworkLastLock = new Tao(value) }),
        ["network_last_lock_block"] = ULong((parameters, value) => parameters with { NetworkLastLockBlock = value }),
        ["network_lock_interval"] = ULong((parameters, value) => parameters with { NetworkLockInterval = value }),
        ["network_immunity"] = ULong((parameters, value) => parameters with { NetworkImmunity = value }),
        ["network_registration_start_block"] = ULong((parameters, value) => parameters with { NetworkRegistrationStartBlock = value }),
        ["tao_in_refund_deployment_block"] = ULong((parameters, value) => parameters with { TaoInRefundDeploymentBlock = value }),
        ["subnet_limit"] = UShort((parameters, value) => parameters with { SubnetLimit = value }),
        ["start_call_delay"] = ULong((parameters, value) => parameters with { StartCallDelay = value }),
        ["default_tempo"] = UShort((parameters, value) => parameters with { DefaultTempo = value }),
        ["admin_freeze_window"] = ULong((parameters, value) => parameters with { AdminFreezeWindow = value }),
        ["owner_hyperparam_rate_limit"] = ULong((parameters, value) => parameters with { OwnerHyperparamRateLimit = value }),
        ["tempo_rate_limit"] = ULong((parameters, value) => parameters with { TempoRateLimit = value }),
        ["weights_version_key_rate_limit"] = ULong((parameters, value) => parameters with { WeightsVersionKeyRateLimit = value }),
        ["owner_hotkey_rate_limit"] = ULong((parameters, value) => parameters with { OwnerHotkeyRateLimit = value }),
        ["default_weights_rate_limit"] = ULong((parameters, value) => parameters with { DefaultWeightsRateLimit = value }),
        ["tx_rate_limit"] = ULong((parameters, value) => parameters with { TxRateLimit = value }),
        ["hotkey_swap_interval"] = ULong((parameters, value) => parameters with { HotkeySwapInterval = value }),
        ["coldkey_swap_delay"] = ULong((parameters, value) => parameters with { ColdkeySwapDelay = value }),
        ["coldkey_swap_reannouncement_delay"] = ULong((parameters, value) => parameters with { ColdkeySwapReannouncementDelay = value }),
        ["sudo_key"] = (parameters, text) => SettingText.TryRead(text, out AccountId? value) ? parameters with { SudoKey = value } : null,
        ["chain_id"] = ULong((parameters, value) => parameters with { ChainId = value }),
        ["limit_orders"] = (parameters, text) => SettingText.TryRead(text, out bool value) ? parameters with { LimitOrders = value } : null,
        ["transaction_fees"] = (parameters, text) => SettingText.TryRead(text, out bool value) ? parameters with { TransactionFees = value } : null,
    };

    /// <summary>The changes of the rule set at heights to come: <c>BLOCK:NAME</c>, several with commas between; see <see cref="RuleSchedule"/>.</summary>
    public const string RuleChanges = "rules_at";

    /// <summary>Every name of a value, in no particular order; <see cref="RuleChanges"/> is none.</summary>
    public static IReadOnlyCollection<string> Names => s_setters.Keys;

    public static bool IsKnown(string name) => name == RuleChanges || s_setters.ContainsKey(name);

    /// <summary>The parameters with one of them set from its text.</summary>
    /// <param name="now">The block made last; what takes effect at a height is bound to it.</param>
    public static LedgerError Set(
        NetworkParameters parameters, string name, string? text, out NetworkParameters changed, BlockNumber now = default)
    {
        changed = parameters;
        if (name == RuleChanges) return SetRuleChanges(parameters, text, now, out changed);
        if (!s_setters.TryGetValue(name, out var setter)) return LedgerError.UnknownParameter;
        if (setter(parameters, text) is not { } after) return LedgerError.InvalidParameterValue;
        changed = after;
        return LedgerError.None;
    }

    private static LedgerError SetRuleChanges(NetworkParameters parameters, string? text, BlockNumber now, out NetworkParameters changed)
    {
        changed = parameters;
        if (!RuleSchedule.TryReadChanges(text, out var ahead)) return LedgerError.InvalidParameterValue;
        if (parameters.Rules.Rescheduled(now, ahead) is not { } rules) return LedgerError.InvalidParameterValue;
        changed = parameters with { Rules = rules };
        return LedgerError.None;
    }

    private static Setter ULong(Func<NetworkParameters, ulong, NetworkParameters> set) =>
        (parameters, text) => SettingText.TryRead(text, out ulong value) ? set(parameters, value) : null;

    private static Setter UShort(Func<NetworkParameters, ushort, NetworkParameters> set) =>
        (parameters, text) => SettingText.TryRead(text, out ushort value) ? set(parameters, value) : null;
}

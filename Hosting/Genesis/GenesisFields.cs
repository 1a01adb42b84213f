using System.Numerics;
using Dtao.Economics;

namespace Dtao.Hosting.Genesis;

/// <summary>How the value of a field is written.</summary>
internal enum FieldKind
{
    Number,
    Flag,
    Account,
    /// <summary>Read by name where it stands; not a setting.</summary>
    Own,
}

/// <summary>One field of a parameter set or of a subnet: its name in the document, its kind, and its bounds.</summary>
internal sealed record FieldRule(string Name, FieldKind Kind, BigInteger Lowest, BigInteger Highest);

/// <summary>The names, kinds, and bounds of all fields of a genesis document, by the object in which they stand.</summary>
internal static class GenesisFields
{
    // Source of the bounds: rule book 01, section 15; rule book 01, 4.2 for the weight.
    private const ulong WeightLowest = Perquintill.One / 100;
    private const ulong WeightHighest = Perquintill.One / 100 * 99;
    // Source of the bounds: rule book 02, 2.2.
    private const ulong RevealPeriodLowest = 1;
    private const ulong RevealPeriodHighest = 100;
    private const ulong I96F32One = 1UL << I96F32.FractionBits;

    public const string SignaturesRequired = "required";
    public const string SignaturesOff = "off";

    /// <summary>What a scenario's genesis has.</summary>
    public static readonly IReadOnlyCollection<string> State =
        ["author", "parameters", "balances", "hotkeys", "subnets", "stakes", "total_stake"];

    public static readonly IReadOnlyCollection<string> Document =
    [
        "$schema", "format", "name", "about", "networkId", "signatures", "ruleSet", "blockIntervalMilliseconds", "feeAccount", "sudoKey", "rateLimits", "importedFrom",
        "accounts", "devAccounts", .. State,
    ];

    public static readonly IReadOnlyCollection<string> Scenario =
        ["format", "name", "about", "rules", "accounts", "genesis", "steps", "expect"];

    public static readonly IReadOnlyCollection<string> RuleSet = ["name", "date"];

    public static readonly IReadOnlyCollection<string> Hotkey = ["owner", "take"];

    public static readonly IReadOnlyCollection<string> Stake = ["hotkey", "coldkey", "netuid", "amount"];

    public static readonly IReadOnlyCollection<string> Neuron = ["hotkey", "registered", "last_update", "permit"];

    public static readonly IReadOnlyCollection<string> Lease = ["beneficiary", "emissions_share", "end_block", "contributions"];

    public static readonly IReadOnlyCollection<string> Contribution = ["coldkey", "amount"];

    public static readonly IReadOnlyList<FieldRule> Parameters =
    [
        U64("existential_deposit"), U64("tao_weight"), U16("owner_cut"), U64("child_burn"), U64("stake_threshold"),
        U64("nominator_min_required_stake"), Number("moving_alpha", 0, I96F32One), Number("max_epochs_per_block", 0, byte.MaxValue),
        U64("num_root_claim"), U64("child_cooldown"), U64("set_children_rate_limit"), U64("child_take_rate_limit"), U16("max_child_take"), U16("min_child_take"), Number("max_mechanism_count", 1, 16),
        U64("take_rate_limit"), U16("min_take"), U16("max_take"), U64("network_rate_limit"), U64("network_min_lock"), U64("network_last_lock"),
        U64("network_last_lock_block"), U64("network_lock_interval"), U64("network_immunity"), U16("subnet_limit"), U64("start_call_delay"),
        U16("default_tempo"), U64("admin_freeze_window"), U64("owner_hyperparam_rate_limit"), U64("tempo_rate_limit"),
        U64("weights_version_key_rate_limit"), U64("owner_hotkey_rate_limit"), U64("default_weights_rate_limit"), Account("sudo_key"), Flag("transaction_fees"),
        U64("chain_id"), Flag("limit_orders"),
        U64("network_registration_start_block"), U64("tao_in_refund_deployment_block"),
        U64("tx_rate_limit"), U64("hotkey_swap_interval"), U64("coldkey_swap_delay"), U64("coldkey_swap_reannouncement_delay"),
    ];

    public static readonly IReadOnlyCollection<string> ParameterNames = [.. Parameters.Select(rule => rule.Name)];

    public static readonly IReadOnlyList<FieldRule> Subnet =
    [
        Own("netuid"), Own("name"), Own("symbol"), Own("alpha_out"), Own("account_surplus"), Own("neurons"), Own("lease"),
        U16("mechanism"), Account("owner"), Account("owner_hotkey"), U64("tao_in"), U64("alpha_in"), U64("protocol_alpha"),
        Number("weight", WeightLowest, WeightHighest), Flag("swap_initialised"), Number("fee_rate", 0, FeeRate.PartsMax),
        Number("moving_price", 0, (BigInteger)Int128.MaxValue), U64("first_emission_block"), Flag("subtoken_enabled"),
        Flag("registration_allowed"), Flag("emission_enabled"), Flag("owner_cut_enabled"), Flag("transfer_enabled"), U16("tempo"),
        U64("last_epoch_block"), Number("price_halving_blocks", 1, ulong.MaxValue), U64("burn"), U64("min_burn"), U64("max_burn"),
        U16("burn_half_life"), Number("burn_multiplier", 0, (BigInteger)UInt128.MaxValue), U64("registered_at"),
        U16("max_uids"), U16("max_validators"), U16("min_allowed_weights"), U16("immunity_period"),
        Number("activity_cutoff_factor", 0, uint.MaxValue), Flag("yuma3"), Flag("liquid_alpha"), U16("alpha_low"), U16("alpha_high"),
        Number("steepness", short.MinValue, short.MaxValue), U16("kappa"), U64("bonds_moving_average"), U16("bonds_penalty"), Flag("bonds_reset"),
        Flag("commit_reveal"), Number("reveal_period", RevealPeriodLowest, RevealPeriodHighest), U64("weights_rate_limit"), U64("weights_version_key"),
        U16("min_child_take"), U16("immune_owner_uids"), U16("min_non_immune_uids"), U64("root_claim_threshold"), Flag("recycle_incentive"),
        Flag("owner_cut_auto_lock"), U16("rho"), Number("mechanism_count", 1, 16),
    ];

    public static readonly IReadOnlyCollection<string> SubnetNames = [.. Subnet.Select(rule => rule.Name)];

    private static FieldRule Number(string name, BigInteger lowest, BigInteger highest) => new(name, FieldKind.Number, lowest, highest);

    private static FieldRule U64(string name) => Number(name, 0, ulong.MaxValue);

    private static FieldRule U16(string name) => Number(name, 0, ushort.MaxValue);

    private static FieldRule Flag(string name) => new(name, FieldKind.Flag, 0, 0);

    private static FieldRule Account(string name) => new(name, FieldKind.Account, 0, 0);

    private static FieldRule Own(string name) => new(name, FieldKind.Own, 0, 0);
}

using Dtao.Economics.Ledger;
using static Dtao.Economics.Settings.SettingAuthority;

namespace Dtao.Economics.Settings;

/// <content>The values of the network as a whole.</content>
public static partial class Hyperparameters
{
    private const string OfWhole = "of 2^64-1";

    /// <summary>In the order in which they are listed.</summary>
    public static IReadOnlyList<Hyperparameter> OfNetwork { get; } =
    [
        Network("tao_weight", "tao_weight", values => Text(values.TaoWeight), OfWhole),
        Network("owner_cut", "subnet_owner_cut", values => Text(values.OwnerCut), OfParts) with { SetBy = Root },
        Network("child_burn", "ck_burn", values => Text(values.ChildBurn), OfWhole) with { SetBy = Root },
        Network("stake_threshold", "stake_threshold", values => Text(values.StakeThreshold), Rao) with { SetBy = Root },
        Network("nominator_min_required_stake", "nominator_min_required_stake", values => Text(values.NominatorMinRequiredStake), "millionths of 0.002 TAO") with
        {
            SetBy = Root,
        },
        Network("moving_alpha", "subnet_moving_alpha", values => Text(values.MovingAlpha.Bits), "x 2^32") with { SetBy = Root },
        Network("max_epochs_per_block", "max_epochs_per_block", values => Text(values.MaxEpochsPerBlock)) with
        {
            SetBy = Root,
            Bound = SettingBounds.AtLeastOne,
        },
        Network("num_root_claim", "num_root_claims", values => Text(values.NumRootClaim)) with { SetBy = Root, Bound = SettingBounds.NumRootClaim },
        Network("child_cooldown", "pending_childkey_cooldown", values => Text(values.ChildCooldown), Blocks) with { SetBy = Root },
        Network("set_children_rate_limit", "set_children_rate_limit", values => Text(values.SetChildrenRateLimit), Blocks),
        Network("child_take_rate_limit", "tx_childkey_take_rate_limit", values => Text(values.ChildTakeRateLimit), Blocks) with { SetBy = Root },
        Network("max_child_take", "max_childkey_take", values => Text(values.MaxChildTake.Parts), OfParts) with { SetBy = Root },
        Network("min_child_take", "min_childkey_take", values => Text(values.MinChildTake.Parts), OfParts) with { SetBy = Root },
        Network("max_mechanism_count", "max_mechanism_count", values => Text(values.MaxMechanismCount)) with
        {
            SetBy = Root,
            Bound = SettingBounds.MaxMechanismCount,
        },
        Network("take_rate_limit", "tx_delegate_take_rate_limit", values => Text(values.TakeRateLimit), Blocks) with { SetBy = Root },
        Network("min_take", "min_delegate_take", values => Text(values.MinTake.Parts), OfParts) with { SetBy = Root },
        Network("max_take", "default_take", values => Text(values.MaxTake.Parts), OfParts) with { SetBy = Root },
        Network("network_rate_limit", "network_rate_limit", values => Text(values.NetworkRateLimit), Blocks) with { SetBy = Root },
        Network("network_min_lock", "network_min_lock_cost", values => Text(values.NetworkMinLock.Rao), Rao) with { SetBy = Root },
        Network("network_lock_interval", "lock_reduction_interval", values => Text(values.NetworkLockInterval), Blocks) with { SetBy = Root },
        Network("network_immunity", "network_immunity_period", values => Text(values.NetworkImmunity), Blocks) with { SetBy = Root },
        Network("network_registration_start_block", "network_registration_start_block", values => Text(values.NetworkRegistrationStartBlock), "block"),
        Network("tao_in_refund_deployment_block", "tao_in_refund_deployment_block", values => Text(values.TaoInRefundDeploymentBlock), "block"),
        Network("subnet_limit", "subnet_limit", values => Text(values.SubnetLimit)) with { SetBy = Root },
        Network("start_call_delay", "start_call_delay", values => Text(values.StartCallDelay), Blocks) with { SetBy = Root },
        Network("default_tempo", "default_tempo", values => Text(values.DefaultTempo), Blocks),
        Network("admin_freeze_window", "admin_freeze_window", values => Text(values.AdminFreezeWindow), Blocks) with { SetBy = Root },
        Network("owner_hyperparam_rate_limit", "owner_hparam_rate_limit", values => Text(values.OwnerHyperparamRateLimit), "tempos") with { SetBy = Root },
        Network("tempo_rate_limit", "tempo_rate_limit", values => Text(values.TempoRateLimit), Blocks),
        Network("weights_version_key_rate_limit", "weights_version_key_rate_limit", values => Text(values.WeightsVersionKeyRateLimit), "tempos"),
        Network("owner_hotkey_rate_limit", "set_sn_owner_hotkey_rate_limit", values => Text(values.OwnerHotkeyRateLimit), Blocks),
        Network("default_weights_rate_limit", "default_weights_set_rate_limit", values => Text(values.DefaultWeightsRateLimit), Blocks),
        Network("tx_rate_limit", "tx_rate_limit", values => Text(values.TxRateLimit), Blocks) with { SetBy = Root },
        Network("hotkey_swap_interval", "hotkey_swap_on_subnet_interval", values => Text(values.HotkeySwapInterval), Blocks),
        Network("coldkey_swap_delay", "coldkey_swap_announcement_delay", values => Text(values.ColdkeySwapDelay), Blocks) with { SetBy = Root },
        Network("coldkey_swap_reannouncement_delay", "coldkey_swap_reannouncement_delay", values => Text(values.ColdkeySwapReannouncementDelay), Blocks) with
        {
            SetBy = Root,
        },
        Network("existential_deposit", "existential_deposit", values => Text(values.ExistentialDeposit.Rao), Rao),
        Network("author", "fee_account", values => values.Author?.ToString()) with { Kind = SettingKind.Account },
        Network("sudo_key", "key", values => values.SudoKey?.ToString()) with { Kind = SettingKind.Account, SetBy = Root },
        Network("transaction_fees", "transaction_fees", values => Text(values.TransactionFees)) with { Kind = SettingKind.Flag, SetBy = Root },
        Network("chain_id", "evm_chain_id", values => Text(values.ChainId)) with { SetBy = Root },
        Network("limit_orders", "limit_orders_enabled", values => Text(values.LimitOrders)) with { Kind = SettingKind.Flag, SetBy = Root },
    ];

    private static Hyperparameter Network(string name, string chainName, Func<NetworkParameters, string?> read, string unit = "") => new()
    {
        Name = name,
        ChainName = chainName,
        Kind = SettingKind.Number,
        SetBy = Nobody,
        Unit = unit,
        Store = nameof(NetworkParameters),
        OfParameters = read,
    };
}

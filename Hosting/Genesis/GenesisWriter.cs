using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Hosting.Genesis;

/// <summary>Writes a document as JSON that <see cref="GenesisDocumentReader"/> reads back as the same document; accounts as SS58 addresses, defaults left out.</summary>
public static class GenesisWriter
{
    // The relaxed encoder keeps names and symbols readable; the file is not meant for embedding in HTML.
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Write(GenesisDocument document)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options)) WriteDocument(json, document);
        return buffer.ToArray();
    }

    private static void WriteDocument(Utf8JsonWriter json, GenesisDocument document)
    {
        json.WriteStartObject();
        json.WriteString("format", GenesisDocument.Format);
        json.WriteString("name", document.Name);
        json.WriteString("networkId", document.NetworkId);
        if (document.RequiresSignatures) json.WriteString("signatures", GenesisFields.SignaturesRequired);
        json.WriteStartObject("ruleSet");
        json.WriteString("name", document.RuleSet.Name);
        json.WriteString("date", document.RuleSet.Date);
        json.WriteEndObject();
        json.WriteNumber("blockIntervalMilliseconds", document.BlockIntervalMilliseconds);
        if (document.ImportedFrom is { } source) json.WriteString("importedFrom", source);
        if (document.Parameters.Author is { } author) json.WriteString("feeAccount", Ss58.Encode(author));
        if (document.Parameters.SudoKey is { } sudoKey) json.WriteString("sudoKey", Ss58.Encode(sudoKey));
        WriteParameters(json, document.Parameters);
        WriteAliases(json, document.Aliases);
        WriteHolders(json, document);
        WriteHotkeys(json, document.Hotkeys);
        json.WriteStartArray("subnets");
        foreach (var subnet in document.Subnets) WriteSubnet(json, subnet);
        json.WriteEndArray();
        WriteStakes(json, document.Stakes);
        if (document.TotalStake is { } total) Amount(json, "total_stake", total.Rao);
        json.WriteEndObject();
    }

    private static void WriteParameters(Utf8JsonWriter json, NetworkParameters parameters)
    {
        json.WriteStartObject("parameters");
        var defaults = NetworkParameters.Default;
        foreach (var (name, read) in ParameterFigures)
        {
            if (read(parameters) != read(defaults)) json.WriteString(name, Digits(read(parameters)));
        }

        if (parameters.TransactionFees) json.WriteBoolean("transaction_fees", parameters.TransactionFees);
        if (!parameters.LimitOrders) json.WriteBoolean("limit_orders", parameters.LimitOrders);
        json.WriteEndObject();
    }

    private static void WriteAliases(Utf8JsonWriter json, IReadOnlyList<NamedAccount> aliases)
    {
        if (aliases.Count == 0) return;
        json.WriteStartObject("accounts");
        foreach (var alias in aliases) json.WriteString(alias.Name, Ss58.Encode(alias.Account));
        json.WriteEndObject();
    }

    private static void WriteHolders(Utf8JsonWriter json, GenesisDocument document)
    {
        json.WriteStartObject("balances");
        foreach (var balance in document.Balances) Amount(json, Ss58.Encode(balance.Account), balance.Free.Rao);
        json.WriteEndObject();
    }

    private static void WriteHotkeys(Utf8JsonWriter json, IReadOnlyList<DocumentHotkey> hotkeys)
    {
        json.WriteStartObject("hotkeys");
        foreach (var hotkey in hotkeys)
        {
            json.WriteStartObject(Ss58.Encode(hotkey.Hotkey));
            json.WriteString("owner", Ss58.Encode(hotkey.Owner));
            if (hotkey.Take is { } take) json.WriteNumber("take", take.Parts);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteSubnet(Utf8JsonWriter json, DocumentSubnet subnet)
    {
        var books = subnet.Books;
        json.WriteStartObject();
        json.WriteNumber("netuid", subnet.Netuid.Value);
        json.WriteString("name", subnet.Name);
        json.WriteString("symbol", subnet.Symbol);
        if (books.Owner is { } owner) json.WriteString("owner", Ss58.Encode(owner));
        if (books.OwnerHotkey is { } hotkey) json.WriteString("owner_hotkey", Ss58.Encode(hotkey));
        if (subnet.AlphaOutstanding is { } outstanding) Amount(json, "alpha_out", outstanding.Rao);
        if (!subnet.AccountSurplus.IsZero) Amount(json, "account_surplus", subnet.AccountSurplus.Rao);
        if (books.FirstEmissionBlock is { } first) json.WriteNumber("first_emission_block", first.Value);
        var defaults = new SubnetBooks();
        foreach (var (name, read) in SubnetFigures)
        {
            if (read(books) != read(defaults)) json.WriteString(name, Digits(read(books)));
        }
        foreach (var (name, read) in SubnetFlags)
        {
            if (read(books) != read(defaults)) json.WriteBoolean(name, read(books));
        }
        WriteNeurons(json, subnet.Neurons);
        if (subnet.Lease is { } lease) WriteLease(json, lease);
        json.WriteEndObject();
    }

    private static void WriteLease(Utf8JsonWriter json, DocumentLease lease)
    {
        json.WriteStartObject("lease");
        json.WriteString("beneficiary", Ss58.Encode(lease.Beneficiary));
        json.WriteNumber("emissions_share", lease.EmissionsShare);
        if (lease.EndBlock is { } end) json.WriteNumber("end_block", end.Value);
        json.WriteStartArray("contributions");
        foreach (var entry in lease.Contributions)
        {
            json.WriteStartObject();
            json.WriteString("coldkey", Ss58.Encode(entry.Coldkey));
            Amount(json, "amount", entry.Amount.Rao);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNeurons(Utf8JsonWriter json, IReadOnlyList<DocumentNeuron> neurons)
    {
        if (neurons.Count == 0) return;
        json.WriteStartArray("neurons");
        foreach (var neuron in neurons)
        {
            json.WriteStartObject();
            json.WriteString("hotkey", Ss58.Encode(neuron.Hotkey));
            if (neuron.RegisteredAt != 0) json.WriteNumber("registered", neuron.RegisteredAt);
            if (neuron.LastUpdate != neuron.RegisteredAt) json.WriteNumber("last_update", neuron.LastUpdate);
            if (neuron.HasPermit) json.WriteBoolean("permit", true);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteStakes(Utf8JsonWriter json, IReadOnlyList<DocumentStake> stakes)
    {
        json.WriteStartArray("stakes");
        foreach (var stake in stakes)
        {
            json.WriteStartObject();
            json.WriteString("hotkey", Ss58.Encode(stake.Hotkey));
            json.WriteString("coldkey", Ss58.Encode(stake.Coldkey));
            json.WriteNumber("netuid", stake.Netuid.Value);
            Amount(json, "amount", stake.Amount.Rao);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Amount(Utf8JsonWriter json, string name, ulong rao) => json.WriteString(name, Digits(rao));

    private static string Digits(BigInteger number) => number.ToString(CultureInfo.InvariantCulture);

    private static readonly (string Name, Func<NetworkParameters, UInt128> Read)[] ParameterFigures =
    [
        ("existential_deposit", parameters => parameters.ExistentialDeposit.Rao), ("tao_weight", parameters => parameters.TaoWeight),
        ("owner_cut", parameters => parameters.OwnerCut), ("child_burn", parameters => parameters.ChildBurn),
        ("stake_threshold", parameters => parameters.StakeThreshold),
        ("nominator_min_required_stake", parameters => parameters.NominatorMinRequiredStake),
        ("moving_alpha", parameters => (UInt128)parameters.MovingAlpha.Bits), ("max_epochs_per_block", parameters => parameters.MaxEpochsPerBlock),
        ("num_root_claim", parameters => parameters.NumRootClaim), ("child_cooldown", parameters => parameters.ChildCooldown),
        ("set_children_rate_limit", parameters => parameters.SetChildrenRateLimit),
        ("child_take_rate_limit", parameters => parameters.ChildTakeRateLimit), ("max_child_take", parameters => parameters.MaxChildTake.Parts),
        ("min_child_take", parameters => parameters.MinChildTake.Parts), ("max_mechanism_count", parameters => parameters.MaxMechanismCount),
        ("take_rate_limit", parameters => parameters.TakeRateLimit), ("min_take", parameters => parameters.MinTake.Parts),
        ("max_take", parameters => parameters.MaxTake.Parts), ("network_rate_limit", parameters => parameters.NetworkRateLimit),
        ("network_min_lock", parameters => parameters.NetworkMinLock.Rao), ("network_last_lock", parameters => parameters.NetworkLastLock.Rao),
        ("network_last_lock_block", parameters => parameters.NetworkLastLockBlock),
        ("network_lock_interval", parameters => parameters.NetworkLockInterval), ("network_immunity", parameters => parameters.NetworkImmunity),
        ("subnet_limit", parameters => parameters.SubnetLimit), ("start_call_delay", parameters => parameters.StartCallDelay),
        ("default_tempo", parameters => parameters.DefaultTempo), ("admin_freeze_window", parameters => parameters.AdminFreezeWindow),
        ("owner_hyperparam_rate_limit", parameters => parameters.OwnerHyperparamRateLimit),
        ("tempo_rate_limit", parameters => parameters.TempoRateLimit),
        ("weights_version_key_rate_limit", parameters => parameters.WeightsVersionKeyRateLimit),
        ("owner_hotkey_rate_limit", parameters => parameters.OwnerHotkeyRateLimit),
        ("default_weights_rate_limit", parameters => parameters.DefaultWeightsRateLimit),
        ("network_registration_start_block", parameters => parameters.NetworkRegistrationStartBlock),
        ("tao_in_refund_deployment_block", parameters => parameters.TaoInRefundDeploymentBlock),
        ("tx_rate_limit", parameters => parameters.TxRateLimit), ("hotkey_swap_interval", parameters => parameters.HotkeySwapInterval),
        ("coldkey_swap_delay", parameters => parameters.ColdkeySwapDelay),
        ("coldkey_swap_reannouncement_delay", parameters => parameters.ColdkeySwapReannouncementDelay),
        ("chain_id", parameters => parameters.ChainId),
    ];

    private static readonly (string Name, Func<SubnetBooks, BigInteger> Read)[] SubnetFigures =
    [
        ("mechanism", books => books.Mechanism), ("tao_in", books => books.TaoReserve.Rao), ("alpha_in", books => books.AlphaReserve.Rao),
        ("protocol_alpha", books => books.ProtocolAlpha.Rao), ("weight", books => books.QuoteWeight.Parts), ("fee_rate", books => books.FeeRate.Parts),
        ("moving_price", books => (BigInteger)books.MovingPrice.Bits), ("tempo", books => books.Tempo),
        ("last_epoch_block", books => books.LastEpochBlock), ("price_halving_blocks", books => books.PriceHalvingBlocks),
        ("burn", books => books.Burn.Rao), ("min_burn", books => books.MinBurn.Rao), ("max_burn", books => books.MaxBurn.Rao),
        ("burn_half_life", books => books.BurnHalfLife), ("burn_multiplier", books => books.BurnMultiplier.Bits),
        ("registered_at", books => books.RegisteredAt.Value),
        ("max_uids", books => books.Hyper.MaxUids), ("max_validators", books => books.Hyper.MaxValidators),
        ("min_allowed_weights", books => books.Hyper.MinAllowedWeights), ("immunity_period", books => books.Hyper.ImmunityPeriod),
        ("activity_cutoff_factor", books => books.Hyper.ActivityCutoffFactor), ("alpha_low", books => books.Hyper.AlphaLow),
        ("alpha_high", books => books.Hyper.AlphaHigh), ("steepness", books => books.Hyper.Steepness), ("kappa", books => books.Hyper.Kappa),
        ("rho", books => books.Hyper.Rho),
        ("bonds_moving_average", books => books.Hyper.BondsMovingAverage), ("bonds_penalty", books => books.Hyper.BondsPenalty),
        ("reveal_period", books => books.Hyper.RevealPeriod), ("weights_rate_limit", books => books.Hyper.WeightsRateLimit),
        ("weights_version_key", books => books.Hyper.WeightsVersionKey), ("min_child_take", books => books.Hyper.MinChildTake),
        ("immune_owner_uids", books => books.Hyper.ImmuneOwnerUids), ("min_non_immune_uids", books => books.Hyper.MinNonImmuneUids),
        ("root_claim_threshold", books => books.Hyper.RootClaimThreshold), ("mechanism_count", books => books.Hyper.MechanismCount),
    ];

    private static readonly (string Name, Func<SubnetBooks, bool> Read)[] SubnetFlags =
    [
        ("swap_initialised", books => books.SwapInitialised), ("subtoken_enabled", books => books.SubtokenEnabled),
        ("registration_allowed", books => books.RegistrationAllowed), ("emission_enabled", books => books.EmissionEnabled),
        ("owner_cut_enabled", books => books.OwnerCutEnabled), ("transfer_enabled", books => books.TransferEnabled),
        ("yuma3", books => books.Hyper.Yuma3), ("liquid_alpha", books => books.Hyper.LiquidAlpha), ("bonds_reset", books => books.Hyper.BondsReset),
        ("commit_reveal", books => books.Hyper.CommitReveal), ("recycle_incentive", books => books.Hyper.RecycleIncentive),
        ("owner_cut_auto_lock", books => books.Hyper.OwnerCutAutoLock),
    ];
}

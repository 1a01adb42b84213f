using System.Globalization;
using Dtao.Economics.Ledger;
using Dtao.Economics.Neurons;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Settings;

/// <summary>A subnet's owner, or the network's sudo key, sets one hyperparameter, within the reference's bounds.</summary>
/// <remarks>
/// Source: rule book 02, 6.4; admin-utils/lib.rs :: sudo_set_*; utils/misc.rs :: ensure_sn_owner_or_root_with_limits. Of a subnet: origin, the owner's
/// rate, the freeze window, existence, then the value; the tempo and the activity cutoff have the order of their own calls.
/// </remarks>
internal static class SetHyperparameter
{
    private const string Tempo = "tempo";
    private const string ActivityCutoffFactor = "activity_cutoff_factor";
    private const string RecycleOrBurn = "recycle_or_burn";

    /// <summary>The reference's limit on the count and on the split, each for itself.</summary>
    private const ulong MechanismBlocks = 7_200;

    // Nothing that is longer is a name or a value here.
    private const int NameLengthMax = 64;
    private const int ValueLengthMax = 128;

    /// <summary>Whether the call names something and gives a value for it.</summary>
    public static bool IsWellFormed(Call call) =>
        call.Parameter is { Length: > 0 and <= NameLengthMax } && (call.Value is null || call.Value.Length <= ValueLengthMax);

    public static LedgerError OfSubnet(CallRun run, Call call)
    {
        var scope = run.Scope;
        if (!Hyperparameters.TryGetOfSubnet(call.Parameter!, out var setting)) return LedgerError.UnknownParameter;
        var exists = scope.TryGetBooks(call.Netuid, out var books);
        var isRoot = Sudo.IsSigner(scope.Parameters, run.Signer);
        var isOwner = !isRoot && exists && books!.Owner == run.Signer;
        if (!MaySet(setting!, isRoot, isOwner)) return LedgerError.BadOrigin;
        if (isOwner && OwnCall(setting!) is { } own) return ByOwnCall(run, call, own);

        if ((isOwner || setting!.Rate == OwnerRate.OwnerHotkeyBlocks) && exists && !PassesRate(scope, books!, setting!)) return LedgerError.TxRateLimitExceeded;
        if (setting!.IsFrozenNearEpoch && exists && OwnerControls.IsFrozen(books!, scope)) return LedgerError.AdminActionProhibitedDuringWeightsWindow;
        if (!exists) return setting.Rate == OwnerRate.MechanismBlocks ? LedgerError.MechanismDoesNotExist : LedgerError.SubnetNotExists;

        var error = Check(new SettingAttempt(scope, books, isRoot, 0, 0), setting, call.Value);
        if (error != LedgerError.None) return error;
        Store(scope, scope.Books(call.Netuid), setting, call.Value, isOwner);
        return LedgerError.None;
    }

    /// <summary>Sets a value of the network; the sudo key's alone.</summary>
    public static LedgerError OfNetwork(CallRun run, Call call)
    {
        var scope = run.Scope;
        if (!Hyperparameters.TryGetOfNetwork(call.Parameter!, out var setting)) return LedgerError.UnknownParameter;
        if (!MaySet(setting!, Sudo.IsSigner(scope.Parameters, run.Signer), isOwner: false)) return LedgerError.BadOrigin;
        var error = Check(new SettingAttempt(scope, null, true, 0, 0), setting!, call.Value);
        if (error != LedgerError.None) return error;
        error = ParameterSettings.Set(scope.Parameters, setting!.Name, call.Value, out var changed);
        if (error == LedgerError.None) scope.SetParameters(changed);
        return error;
    }

    private static bool MaySet(Hyperparameter setting, bool isRoot, bool isOwner) => setting.SetBy switch
    {
        SettingAuthority.Root => isRoot,
        SettingAuthority.Owner => isRoot || isOwner,
        _ => false,
    };

    /// <summary>The call by which owners set this value on the chain; null when there is none but this.</summary>
    private static CallKind? OwnCall(Hyperparameter setting) => setting.Name switch
    {
        Tempo => CallKind.SetTempo,
        ActivityCutoffFactor => CallKind.SetActivityCutoffFactor,
        _ => null,
    };

    private static LedgerError ByOwnCall(CallRun run, Call call, CallKind kind)
    {
        if (!SettingText.TryRead(call.Value, out ulong value)) return LedgerError.InvalidParameterValue;
        return kind == CallKind.SetTempo
            ? OwnerControls.SetTempo(run, call.Netuid, value)
            : OwnerControls.SetActivityCutoffFactor(run, call.Netuid, value);
    }

    private static bool PassesRate(LedgerScope scope, SubnetBooks books, Hyperparameter setting) =>
        setting.Rate == OwnerRate.None || RateLimit.Passes(scope.Block, books.SettingMarks.Last(setting.Slot), LimitOf(setting.Rate, scope.Parameters, books.Tempo));

    /// <summary>Blocks between two settings of one value.</summary>
    private static ulong LimitOf(OwnerRate rate, NetworkParameters parameters, ushort tempo) => rate switch
    {
        OwnerRate.Tempos => SaturatingMath.Multiply(tempo, parameters.OwnerHyperparamRateLimit),
        OwnerRate.VersionTempos => SaturatingMath.Multiply(tempo, parameters.WeightsVersionKeyRateLimit),
        OwnerRate.TempoBlocks => parameters.TempoRateLimit,
        OwnerRate.OwnerHotkeyBlocks => parameters.OwnerHotkeyRateLimit,
        OwnerRate.MechanismBlocks => parameters.OwnerHyperparamRateLimit == 0 ? 0 : MechanismBlocks,
        _ => 0,
    };

    private static LedgerError Check(SettingAttempt attempt, Hyperparameter setting, string? text)
    {
        switch (setting.Kind)
        {
            case SettingKind.Number:
                if (!Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)) return LedgerError.InvalidParameterValue;
                if (!IsReadable(attempt, setting, text!)) return LedgerError.InvalidParameterValue;
                attempt = attempt with { Value = value };
                break;
            case SettingKind.Flag:
                if (FlagText(setting, text) is null) return LedgerError.InvalidParameterValue;
                break;
            case SettingKind.Pair:
                if (!TryReadPair(text, out var low, out var high)) return LedgerError.InvalidParameterValue;
                attempt = attempt with { Value = low, Second = high };
                break;
            case SettingKind.Account:
                if (!SettingText.TryRead(text, out AccountId? account)) return LedgerError.InvalidParameterValue;
                if (setting.IsOfSubnet && account is null) return LedgerError.InvalidParameterValue;
                if (account is { IsSubnetAccount: true }) return LedgerError.CannotUseSystemAccount;
                break;
            case SettingKind.List:
                return MechanismCounts.TrySplit(text, attempt.Books!.Hyper.MechanismCount, out _);
        }

        return setting.Bound?.Check(attempt) ?? LedgerError.None;
    }

    /// <summary>Whether the number fits the type in which it is kept: tried on a copy, before its bounds, as the chain cannot even be asked otherwise.</summary>
    private static bool IsReadable(SettingAttempt attempt, Hyperparameter setting, string text) => attempt.Books is { } books
        ? SubnetSettings.Set(books.Copy(), setting.Name, text) == LedgerError.None
        : ParameterSettings.Set(attempt.Scope.Parameters, setting.Name, text, out _) == LedgerError.None;

    private static void Store(LedgerScope scope, SubnetBooks books, Hyperparameter setting, string? text, bool isOwner)
    {
        var mechanisms = books.Hyper.MechanismCount;
        if (setting.Kind == SettingKind.Pair && TryReadPair(text, out var low, out var high))
        {
            books.Hyper = books.Hyper with { AlphaLow = low, AlphaHigh = high };
        }
        else if (setting.Kind == SettingKind.List)
        {
            MechanismCounts.TrySplit(text, mechanisms, out var split);
            scope.SetMetagraph(books.Netuid, scope.GetMetagraph(books.Netuid) with { MechanismSplit = split });
        }
        else
        {
            SubnetSettings.Set(books, setting.Name, setting.Kind == SettingKind.Flag ? FlagText(setting, text) : text);
        }

        MechanismCounts.Changed(scope, books.Netuid, mechanisms, books.Hyper.MechanismCount);

        if (setting.Name == Tempo) books.LastEpochBlock = scope.Block.Value;
        if (setting.Slot == 0 || (!isOwner && setting.Rate != OwnerRate.OwnerHotkeyBlocks)) return;
        books.SettingMarks = books.SettingMarks.With(setting.Slot, scope.Block);
    }

    /// <summary>The chain's own words for what becomes of an owner's incentive are a flag here.</summary>
    private static string? FlagText(Hyperparameter setting, string? text) => text switch
    {
        "true" => "true",
        "false" => "false",
        "recycle" when setting.ChainName == RecycleOrBurn => "true",
        "burn" when setting.ChainName == RecycleOrBurn => "false",
        _ => null,
    };

    private static bool TryReadPair(string? text, out ushort first, out ushort second)
    {
        (first, second) = (0, 0);
        var parts = text?.Split(',');
        return parts is { Length: 2 } && SettingText.TryRead(parts[0], out first) && SettingText.TryRead(parts[1], out second);
    }
}

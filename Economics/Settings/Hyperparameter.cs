using Dtao.Economics.Ledger;

namespace Dtao.Economics.Settings;

/// <summary>Who may set a value by a call. The operator of a network sets anything, unchecked, through the registry.</summary>
public enum SettingAuthority : byte
{
    /// <summary>Fixed at genesis, or a result of other calls.</summary>
    Nobody = 0,
    /// <summary>The network's sudo key.</summary>
    Root = 1,
    /// <summary>The subnet's owner, and the sudo key.</summary>
    Owner = 2,
}

/// <summary>How the text of a value is written.</summary>
public enum SettingKind : byte
{
    /// <summary>A whole number; its unit stands with the value.</summary>
    Number = 0,
    /// <summary><c>true</c> or <c>false</c>.</summary>
    Flag = 1,
    /// <summary>64 hexadecimal digits; null where there may be none.</summary>
    Account = 2,
    /// <summary>Two whole numbers with a comma between.</summary>
    Pair = 3,
    /// <summary>Whole numbers with commas between; null where there may be none.</summary>
    List = 4,
}

/// <summary>Between two settings of one value by an owner there must be so much time. The sudo key is not bound, but where it says so.</summary>
public enum OwnerRate : byte
{
    None = 0,
    /// <summary><see cref="NetworkParameters.OwnerHyperparamRateLimit"/> tempos.</summary>
    Tempos = 1,
    /// <summary><see cref="NetworkParameters.WeightsVersionKeyRateLimit"/> tempos.</summary>
    VersionTempos = 2,
    /// <summary><see cref="NetworkParameters.TempoRateLimit"/> blocks.</summary>
    TempoBlocks = 3,
    /// <summary><see cref="NetworkParameters.OwnerHotkeyRateLimit"/> blocks; binds the sudo key, too.</summary>
    OwnerHotkeyBlocks = 4,
    /// <summary>7200 blocks; none where owners have no limits, since <see cref="NetworkParameters.OwnerHyperparamRateLimit"/> is 0.</summary>
    MechanismBlocks = 5,
}

/// <summary>What a value must hold to besides being readable; a check in words and as code.</summary>
internal sealed record SettingBound(string Text, Func<SettingAttempt, LedgerError> Check);

/// <summary>A value that somebody wants to set, read as numbers.</summary>
/// <param name="Books">The subnet as it is; null for a value of the network.</param>
/// <param name="IsRoot">Whether the sudo key signed.</param>
/// <param name="Value">The number; of a pair the first; 1 for true.</param>
/// <param name="Second">The second number of a pair.</param>
internal readonly record struct SettingAttempt(LedgerScope Scope, SubnetBooks? Books, bool IsRoot, Int128 Value, Int128 Second);

/// <summary>One value of a subnet or of the network that the rules read and that has a name.</summary>
public sealed record Hyperparameter
{
    /// <summary>The name here: in genesis documents, and of an administrator's settings.</summary>
    public required string Name { get; init; }

    /// <summary>The name in the reference's calls and in its command line; either finds the value.</summary>
    public required string ChainName { get; init; }

    public required SettingKind Kind { get; init; }

    public required SettingAuthority SetBy { get; init; }

    /// <summary>Refused while the subnet's epoch is near, to the sudo key as well.</summary>
    public bool IsFrozenNearEpoch { get; init; }

    public OwnerRate Rate { get; init; }

    /// <summary>The stable number under which an owner's last setting is remembered; 0 where it is not, or has a place of its own.</summary>
    public byte Slot { get; init; }

    /// <summary>Of one unit what the number counts: rao, blocks, of 65535.</summary>
    public string Unit { get; init; } = string.Empty;

    /// <summary>The bounds of a value that is set by a call, in words; empty when its type is the only bound.</summary>
    public string Bounds => Bound?.Text ?? string.Empty;

    /// <summary>The type in which it is kept.</summary>
    public required string Store { get; init; }

    internal SettingBound? Bound { get; init; }

    internal Func<SubnetBooks, string?>? OfBooks { get; init; }

    internal Func<NetworkParameters, string?>? OfParameters { get; init; }

    public bool IsOfSubnet => OfBooks is not null;

    /// <summary>The value of a subnet as text; null where there is none.</summary>
    public string? Read(SubnetBooks books) => OfBooks is { } read ? read(books) : throw new InvalidOperationException($"'{Name}' is of the network.");

    /// <summary>The value of the network as text; null where there is none.</summary>
    public string? Read(NetworkParameters parameters) =>
        OfParameters is { } read ? read(parameters) : throw new InvalidOperationException($"'{Name}' is of a subnet.");
}

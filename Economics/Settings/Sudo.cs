using Dtao.Economics.Ledger;

namespace Dtao.Economics.Settings;

/// <summary>Who speaks for the network as a whole.</summary>
public static class Sudo
{
    /// <summary>Whether an account is the network's sudo key. A network without one has nobody who is.</summary>
    public static bool IsSigner(NetworkParameters parameters, AccountId account) => parameters.SudoKey is { } key && key == account;

    /// <summary>Calls that only the sudo key may sign.</summary>
    public static bool IsOnlyFor(CallKind kind) => kind is CallKind.SudoSet or CallKind.DissolveNetwork;
}

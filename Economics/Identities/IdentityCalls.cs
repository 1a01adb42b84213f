using Dtao.Economics.Ledger;
using Dtao.Economics.Registration;
using Dtao.Economics.Settings;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Identities;

/// <summary>set_subnet_identity, update_symbol, and set_identity: how subnets and coldkeys present themselves.</summary>
/// <remarks>Source: utils/identity.rs; macros/dispatches.rs, call 112; subnets/symbols.rs. No rule of the economy reads any of it.</remarks>
internal static class IdentityCalls
{
    /// <summary>The owner's alone: the sudo key may not.</summary>
    public static LedgerError SetSubnet(CallRun run, NetUid netuid, IdentityDetail identity)
    {
        var scope = run.Scope;
        if (!scope.TryGetBooks(netuid, out var books) || books.Owner != run.Signer) return LedgerError.NotSubnetOwner;
        if (!identity.IsWithinBounds) return LedgerError.InvalidIdentity;
        scope.SetMetagraph(netuid, scope.GetMetagraph(netuid) with { Identity = identity });
        return LedgerError.None;
    }

    /// <summary>The owner's, or the sudo key's. A symbol that the subnet has itself is in use as well.</summary>
    /// <remarks>On the chain root may give a symbol to a netuid without a subnet; after the chain's own checks that is refused here.</remarks>
    public static LedgerError UpdateSymbol(CallRun run, NetUid netuid, string symbol)
    {
        var scope = run.Scope;
        var exists = scope.TryGetBooks(netuid, out var books);
        if (!(exists && books!.Owner == run.Signer) && !Sudo.IsSigner(scope.Parameters, run.Signer)) return LedgerError.BadOrigin;
        if (!SubnetSymbols.CanBeChosen(symbol)) return LedgerError.SymbolDoesNotExist;
        if (scope.Symbols.Any(entry => entry.Value == symbol)) return LedgerError.SymbolAlreadyInUse;
        if (!exists) return LedgerError.SubnetNotExists;
        scope.SetSymbol(netuid, symbol);
        return LedgerError.None;
    }

    /// <summary>For a coldkey that owns a hotkey with a uid somewhere, root included.</summary>
    public static LedgerError SetColdkey(CallRun run, ColdkeyIdentityDetail identity)
    {
        var scope = run.Scope;
        if (!scope.OwnedHotkeys(run.Signer).Any(hotkey => IsRegistered(scope, hotkey))) return LedgerError.HotKeyNotRegisteredInNetwork;
        if (!identity.IsWithinBounds) return LedgerError.InvalidIdentity;
        scope.SetIdentity(run.Signer, identity);
        return LedgerError.None;
    }

    private static bool IsRegistered(LedgerScope scope, AccountId hotkey) =>
        scope.Subnets.Any(netuid => scope.GetMetagraph(netuid).UidOf(hotkey) is not null);
}

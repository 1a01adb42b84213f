using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Identities;

/// <summary>Which parts of a network the calls about texts can touch, and whether they have what they need.</summary>
public static class IdentityShapes
{
    /// <summary>Whether a call is about how subnets or coldkeys present themselves.</summary>
    public static bool IsMeant(CallKind kind) => kind is CallKind.SetSubnetIdentity or CallKind.UpdateSymbol or CallKind.SetIdentity;

    internal static CallShape Of(Call call) => call.Kind switch
    {
        CallKind.SetSubnetIdentity => new(CallReach.SubnetSettings, [call.Netuid], false, null, [], false),
        CallKind.UpdateSymbol => new(CallReach.Network, [call.Netuid], false, null, [], false),
        _ => new(CallReach.Registrations, [], false, null, [], false),
    };

    internal static bool IsWellFormed(Call call) => call switch
    {
        { Kind: CallKind.SetSubnetIdentity, Detail: IdentityDetail identity } => !identity.Texts.Contains(null!),
        { Kind: CallKind.UpdateSymbol, Detail: SymbolDetail { Symbol: not null } } => true,
        { Kind: CallKind.SetIdentity, Detail: ColdkeyIdentityDetail identity } => !identity.Texts.Contains(null!),
        _ => false,
    };
}

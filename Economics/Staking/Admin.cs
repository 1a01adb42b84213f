using Dtao.Economics.Ledger;
using Dtao.Economics.Neurons;

namespace Dtao.Economics.Staking;

/// <summary>An administrator's setting of one field of a subnet or one parameter of the network, at once.</summary>
/// <remarks>Source: scenarios, "Admin".</remarks>
internal static class Admin
{
    public static LedgerError Execute(LedgerScope scope, Call call)
    {
        var name = call.Parameter!;
        if (call.IsSubnetParameter) return SetSubnet(scope, call.Netuid, name, call.Value);

        var error = ParameterSettings.Set(scope.Parameters, name, call.Value, out var changed, scope.Block);
        if (error == LedgerError.None) scope.SetParameters(changed);
        return error;
    }

    private static LedgerError SetSubnet(LedgerScope scope, NetUid netuid, string name, string? value)
    {
        if (!SubnetSettings.IsKnown(name)) return LedgerError.UnknownParameter;
        if (!scope.TryGetBooks(netuid, out _)) return LedgerError.SubnetNotExists;

        var books = scope.Books(netuid);
        var mechanisms = books.Hyper.MechanismCount;
        var error = SubnetSettings.Set(books, name, value);
        if (error == LedgerError.None && name == "tempo") books.LastEpochBlock = scope.Block.Value;
        if (books.Hyper.MechanismCount is 0 or > MechanismCounts.Most) return LedgerError.InvalidParameterValue;
        if (error == LedgerError.None) MechanismCounts.Changed(scope, netuid, mechanisms, books.Hyper.MechanismCount);
        return error;
    }
}

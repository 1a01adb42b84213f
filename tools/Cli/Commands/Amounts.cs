using System.CommandLine;
using Dtao.Economics;

namespace Dtao.Cli.Commands;

/// <summary>The choice between an amount and everything.</summary>
internal static class Amounts
{
    /// <summary>An amount of stake that means the whole position: the ledger takes at most what is there.</summary>
    public static readonly Alpha WholePosition = Alpha.Max;

    public static void RequireOne(Command command, Option<ulong?> amount, Option<bool> all) => command.Validators.Add(result =>
    {
        var hasAmount = result.GetResult(amount) is { Implicit: false };
        if (hasAmount == result.GetValue(all)) result.AddError($"Give either {amount.Name} or {all.Name}.");
    });
}

using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;

namespace Dtao.Hosting.Scenarios;

/// <summary>Writes the outcome of a call as an entry of the results list.</summary>
/// <remarks>Source: scenarios, "Results".</remarks>
public static class CanonicalResults
{
    public static CanonicalObject Of(CallOutcome outcome, Aliases aliases)
    {
        var entry = new CanonicalObject { ["ok"] = outcome.IsOk };
        if (outcome.Fee is { IsPaid: true } paidFee) entry["transaction_fee"] = FeeOf(paidFee);
        if (!outcome.IsOk)
        {
            entry["error"] = outcome.Error.ToString();
            return entry;
        }

        if (outcome.Moves.Count > 0) entry["moves"] = outcome.Moves.Select(move => (object?)MoveOf(move, aliases)).ToArray();
        if (outcome.Amount is { } amount) entry["amount"] = amount.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (outcome.Uid is { } uid) entry["uid"] = uid.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (outcome.Netuid is { } netuid) entry["netuid"] = netuid.ToString();
        if (outcome.Paid is { } paid) entry["paid"] = paid.ToString();
        if (outcome.Orders.Count > 0) entry["orders"] = outcome.Orders.Select(result => (object?)ResultOf(result)).ToArray();
        if (outcome.Parts.Count > 0) entry["parts"] = outcome.Parts.Select(part => (object?)PartOf(part)).ToArray();
        return entry;
    }

    private static CanonicalObject PartOf(PartResult part)
    {
        var entry = new CanonicalObject { ["netuid"] = part.Netuid.ToString() };
        if (part.Error != LedgerError.None) entry["error"] = part.Error.ToString();
        return entry;
    }

    private static CanonicalObject FeeOf(TransactionFee fee)
    {
        var entry = new CanonicalObject { ["tao"] = fee.Tao.ToString() };
        if (fee.Netuid is { } netuid) (entry["alpha"], entry["netuid"]) = (fee.Alpha.ToString(), netuid.ToString());
        return entry;
    }

    private static CanonicalObject ResultOf(OrderResult result)
    {
        if (result.Error != LedgerError.None) return new CanonicalObject { ["order"] = result.Id.ToString(), ["error"] = result.Error.ToString() };
        return new CanonicalObject
        {
            ["order"] = result.Id.ToString(),
            ["in"] = result.AmountIn.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["out"] = result.AmountOut.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["fee"] = result.Fee.ToString(),
        };
    }

    private static CanonicalObject MoveOf(StakeMove move, Aliases aliases) => new()
    {
        ["kind"] = move.Kind == StakeMoveKind.In ? "in" : "out",
        ["netuid"] = move.Netuid.ToString(),
        ["hotkey"] = aliases.Name(move.Hotkey),
        ["coldkey"] = aliases.Name(move.Coldkey),
        ["tao"] = move.Tao.ToString(),
        ["alpha"] = move.Alpha.ToString(),
        ["fee"] = move.Fee.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}

using System.Globalization;
using Dtao.Grains;

namespace Dtao.TestKit;

/// <summary>Everything that a receipt says, as one line: two receipts are the same when their lines are.</summary>
public static class ReceiptText
{
    public static string Of(Receipt receipt) => string.Create(
        CultureInfo.InvariantCulture,
        $"{receipt.Id} {receipt.Status} {receipt.Code} block {receipt.Block} order {receipt.Order} by {receipt.DecidedBy} {receipt.Outcome?.Error} {receipt.Outcome?.Amount} [{string.Join("; ", receipt.Outcome?.Moves ?? [])}]");
}

using System.Globalization;
using Dtao.Economics;
using Dtao.Grains;

namespace Dtao.Client;

/// <summary>What makes a call one particular operation: its id, and the last block in which it may be decided.</summary>
/// <remarks>
/// Make it before the first try and keep it, and the same call with the same ticket takes effect once, however often it is sent and from wherever.
/// Both parts belong to the operation's content: the same id with another last valid block is refused as a conflict.
/// </remarks>
public readonly record struct OperationTicket(OperationId Id, BlockNumber LastValidBlock)
{
    /// <summary>Reads what <see cref="ToString"/> wrote: 32 hexadecimal digits, an at sign, and a block number.</summary>
    public static bool TryParse(string? text, out OperationTicket ticket)
    {
        ticket = default;
        var at = text?.IndexOf('@') ?? -1;
        if (at < 0) return false;
        if (!Guid.TryParseExact(text.AsSpan(0, at), "N", out var id)) return false;
        if (!ulong.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var block)) return false;
        ticket = new(new OperationId(id), new BlockNumber(block));
        return true;
    }

    public override string ToString() => $"{Id}@{LastValidBlock}";
}

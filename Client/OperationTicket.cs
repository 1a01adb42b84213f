using System.Globalization;
using Dtao.Economics;
using Dtao.Grains;

namespace Dtao.Client;

/// <summary>What makes a call one particular operation: its id, the last block in which it may be decided, and, where it is signed, its nonce.</summary>
/// <remarks>
/// Make it before the first try and keep it, and the same call with the same ticket takes effect once, however often it is sent and from wherever.
/// All parts belong to the operation's content: the same id with another last valid block or nonce is refused as a conflict.
/// </remarks>
public readonly record struct OperationTicket(OperationId Id, BlockNumber LastValidBlock)
{
    /// <summary>Null where the operation was not signed, or where the nonce is to be chosen.</summary>
    public ulong? Nonce { get; init; }

    /// <summary>Reads what <see cref="ToString"/> wrote: 32 hexadecimal digits, an at sign, a block number, and of a signed operation another at sign and its nonce.</summary>
    public static bool TryParse(string? text, out OperationTicket ticket)
    {
        ticket = default;
        var at = text?.IndexOf('@') ?? -1;
        if (at < 0) return false;
        if (!Guid.TryParseExact(text.AsSpan(0, at), "N", out var id)) return false;
        var rest = text.AsSpan(at + 1);
        var second = rest.IndexOf('@');
        ulong? nonce = null;
        if (second >= 0)
        {
            if (!ulong.TryParse(rest[(second + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
            nonce = number;
            rest = rest[..second];
        }

        if (!ulong.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var block)) return false;
        ticket = new(new OperationId(id), new BlockNumber(block)) { Nonce = nonce };
        return true;
    }

    public override string ToString() => Nonce is null ? $"{Id}@{LastValidBlock}" : $"{Id}@{LastValidBlock}@{Nonce}";
}

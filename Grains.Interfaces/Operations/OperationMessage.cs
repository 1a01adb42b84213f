using Dtao.Grains.Wire;

namespace Dtao.Grains;

/// <summary>The bytes of an operation that its signer signs. Stable: what was signed before a version of the ledger is worth the same after it.</summary>
/// <remarks>
/// In this order: a tag that no other signed text of Substrate begins with, the network's id, the signer, the operation's id, the nonce, the last valid block, and the call
/// as it is stored. The tag carries the version of the layout. Each field has its length or is of fixed length, so no two operations have the same bytes.
/// </remarks>
public static class OperationMessage
{
    /// <summary>Bytes of <see cref="Operation.Signature"/>: the scheme's number, and a signature of 64 bytes.</summary>
    public const int SignatureLength = 65;

    private static ReadOnlySpan<byte> Tag => "dtao-operation/1\0"u8;

    /// <summary>Writes what is signed; the signature itself is not part of it.</summary>
    public static void Write(RecordWriter writer, Operation operation)
    {
        writer.Fixed(Tag);
        writer.Text(operation.NetworkId);
        writer.Account(operation.Signer);
        writer.Guid(operation.Id.Value);
        writer.OptionalUInt64(operation.Nonce);
        writer.UInt64(operation.LastValidBlock.Value);
        LedgerCodec.Write(writer, operation.Call);
    }

    public static byte[] Of(Operation operation)
    {
        RecordWriter writer = new();
        Write(writer, operation);
        return writer.ToArray();
    }
}

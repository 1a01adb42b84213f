using Dtao.Grains.Wire;

namespace Dtao.Grains;

/// <summary>How large an operation is in a batch, by a rule that whoever sends and whoever takes it count by.</summary>
public static class BatchSize
{
    /// <summary>What an operation without texts or lists counts: all of its fields, nonce and signature included.</summary>
    private const int PlainBytes = 512;

    [ThreadStatic]
    private static RecordWriter? t_writer;

    public static int Of(Operation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var bytes = PlainBytes + (operation.NetworkId?.Length ?? 0) + (operation.Signature?.Length ?? 0);
        if (operation.Call is not { } call || call is { Detail: null, Parameter: null, Value: null }) return bytes;
        var writer = t_writer ??= new RecordWriter(512);
        writer.Clear();
        LedgerCodec.Write(writer, call);
        return bytes + writer.WrittenSpan.Length;
    }

    /// <summary>Whether so many operations of so many bytes may travel together.</summary>
    public static bool Fits(int count, long bytes) => count <= OperationLimits.BatchMax && bytes <= OperationLimits.BatchBytesMax;
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Dtao.Api.ReadSide.Sql;

/// <summary>A hash over all tables, cell by cell. Where the read side stands in the feed is not part of it.</summary>
internal static class ReadDigest
{
    public static async Task<string> OfAsync(ReadView view, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var table in ReadSchema.All) await Add(hash, view, table, cancellationToken).ConfigureAwait(false);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The hash of one table alone.</summary>
    public static async Task<string> OfTableAsync(ReadView view, ReadTable table, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await Add(hash, view, table, cancellationToken).ConfigureAwait(false);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task Add(IncrementalHash hash, ReadView view, ReadTable table, CancellationToken cancellationToken)
    {
        Text(hash, table.Name);
        await view.EachAsync(
            $"SELECT {table.ColumnList} FROM {table.Name} ORDER BY {table.KeyList}",
            row =>
            {
                for (var place = 0; place < table.Columns.Count; place++) Cell(hash, row.GetValue(place));
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static void Cell(IncrementalHash hash, object cell)
    {
        switch (cell)
        {
            case long number:
                Span<byte> eight = stackalloc byte[9];
                eight[0] = 1;
                BinaryPrimitives.WriteInt64BigEndian(eight[1..], number);
                hash.AppendData(eight);
                break;
            case byte[] bytes:
                Mark(hash, 2, bytes.Length);
                hash.AppendData(bytes);
                break;
            case string text:
                Text(hash, text);
                break;
            case DBNull:
                hash.AppendData([0]);
                break;
            default:
                throw new InvalidOperationException($"A cell is a {cell.GetType().Name}, which no column of the read side is.");
        }
    }

    private static void Text(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Mark(hash, 3, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Mark(IncrementalHash hash, byte kind, int length)
    {
        Span<byte> mark = stackalloc byte[5];
        mark[0] = kind;
        BinaryPrimitives.WriteInt32BigEndian(mark[1..], length);
        hash.AppendData(mark);
    }
}

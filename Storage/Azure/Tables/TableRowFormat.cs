using System.Text;
using Azure.Data.Tables;

namespace Dtao.Storage;

/// <summary>A row as it is stored: no value when it is what a clear left.</summary>
/// <param name="Value">The state's bytes, when they are in the row.</param>
/// <param name="BlobName">The blob that has them, when they are too large for the row.</param>
/// <param name="WriteId">Which write made the row; none in a row of the official provider.</param>
/// <param name="ETag">The row's tag.</param>
internal sealed record TableRow(ReadOnlyMemory<byte>? Value, string? BlobName, Guid? WriteId, string ETag);

/// <summary>How a state lies in the properties of a row. The names are stable: rows that are written stay readable.</summary>
/// <remarks>
/// Bytes are in <c>Data</c>, <c>Data1</c> and so on, 64 KiB each; text is in <c>StringData</c>, <c>StringData1</c> and so on, 32 Ki
/// characters each. These are the official provider's names. <c>Blob</c>, <c>WriteId</c> and <c>Key</c> are this provider's.
/// </remarks>
internal static class TableRowFormat
{
    public const int PiecesMax = 15;
    public const int BytesPerPiece = 64 * 1024;
    public const int CharsPerPiece = 32 * 1024;
    public const string WriteIdProperty = "WriteId";
    public const string BlobProperty = "Blob";
    public const string KeyProperty = "Key";
    private const string BytesProperty = "Data";
    private const string TextProperty = "StringData";

    // Names, types, and the envelope of one operation in a transaction's text.
    private const int OperationOverhead = 700;

    private static readonly string[] RowProperties =
    [
        "PartitionKey", "RowKey", "Timestamp", WriteIdProperty, BlobProperty, KeyProperty,
        .. Enumerable.Range(0, PiecesMax).Select(piece => NameOf(BytesProperty, piece)),
        .. Enumerable.Range(0, PiecesMax).Select(piece => NameOf(TextProperty, piece)),
    ];

    /// <summary>What a clear leaves: a row with a tag and nothing else.</summary>
    public static TableEntity Empty(TableAddress address, Guid writeId)
    {
        TableEntity entity = new(address.PartitionKey, address.RowKey) { [WriteIdProperty] = writeId };
        if (address.FullKey is { } key) entity[KeyProperty] = key;
        return entity;
    }

    public static TableEntity WithBlob(TableAddress address, Guid writeId, string blobName)
    {
        var entity = Empty(address, writeId);
        entity[BlobProperty] = blobName;
        return entity;
    }

    /// <exception cref="ArgumentOutOfRangeException">The bytes do not fit into a row.</exception>
    public static TableEntity WithBytes(TableAddress address, Guid writeId, ReadOnlySpan<byte> value)
    {
        if (value.Length > PiecesMax * BytesPerPiece) throw TooLarge($"{value.Length} bytes", $"{PiecesMax * BytesPerPiece}");
        var entity = Empty(address, writeId);
        var piece = 0;
        do
        {
            var length = Math.Min(BytesPerPiece, value.Length);
            entity[NameOf(BytesProperty, piece++)] = value[..length].ToArray();
            value = value[length..];
        }
        while (!value.IsEmpty);
        return entity;
    }

    /// <exception cref="ArgumentOutOfRangeException">The text does not fit into a row.</exception>
    /// <exception cref="InvalidOperationException">The serializer does not make text.</exception>
    public static TableEntity WithText(TableAddress address, Guid writeId, ReadOnlySpan<byte> value)
    {
        var text = TextOf(value).AsSpan();
        var entity = Empty(address, writeId);
        for (var piece = 0; piece == 0 || !text.IsEmpty; piece++)
        {
            if (piece == PiecesMax) throw TooLarge("the text", $"{PiecesMax * CharsPerPiece} characters");
            var length = Math.Min(CharsPerPiece, text.Length);
            // A pair that is parted would be two signs that no text can hold.
            if (length < text.Length && char.IsHighSurrogate(text[length - 1])) length--;
            entity[NameOf(TextProperty, piece)] = text[..length].ToString();
            text = text[length..];
        }

        return entity;
    }

    public static int BatchBytesOf(TableAddress address, int valueLength) =>
        (int)Math.Min(int.MaxValue, (valueLength * 4L / 3) + OperationOverhead + (3L * (address.PartitionKey.Length + address.RowKey.Length)));

    /// <exception cref="StoreException">The row is of another record whose shortened key is the same.</exception>
    public static TableRow Read(TableAddress address, TableEntity entity)
    {
        if (address.FullKey is { } key && entity.GetString(KeyProperty) != key)
            throw new StoreException(StoreErrorCode.Corrupt, $"Row {address.RowKey} has the key '{entity.GetString(KeyProperty)}'.");
        return new(ReadValue(entity), entity.GetString(BlobProperty), WriteIdOf(entity), AzureTags.ToText(entity.ETag)!);
    }

    public static Guid? WriteIdOf(TableEntity entity) => entity.TryGetValue(WriteIdProperty, out var id) ? id as Guid? : null;

    /// <summary>Properties that a whole row can have; a reader that names them gets no others.</summary>
    public static IEnumerable<string> Properties => RowProperties;

    private static ReadOnlyMemory<byte>? ReadValue(TableEntity entity)
    {
        if (entity.TryGetValue(BytesProperty, out var first) && first is byte[] only)
        {
            if (!entity.ContainsKey(NameOf(BytesProperty, 1))) return only;
            return Pieces<byte[]>(entity, BytesProperty).SelectMany(piece => piece).ToArray();
        }

        if (!entity.ContainsKey(TextProperty)) return null;
        return StoreText.Encode(string.Concat(Pieces<string>(entity, TextProperty)));
    }

    private static IEnumerable<T> Pieces<T>(TableEntity entity, string property)
    {
        for (var piece = 0; piece < PiecesMax && entity.TryGetValue(NameOf(property, piece), out var value); piece++)
            yield return (T)value;
    }

    private static string NameOf(string property, int piece) =>
        piece == 0 ? property : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{property}{piece}");

    private static string TextOf(ReadOnlySpan<byte> value)
    {
        try
        {
            return StoreText.Decode(value);
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidOperationException("The serializer of a grain storage with UseStringFormat has to make UTF-8 text.", e);
        }
    }

    private static ArgumentOutOfRangeException TooLarge(string size, string bound) =>
        new(paramName: null, $"The state is {size} and a row takes {bound}; give the provider an account for large states.");
}

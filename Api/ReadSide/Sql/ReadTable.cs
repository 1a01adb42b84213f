using System.Globalization;
using System.Text;

namespace Dtao.Api.ReadSide.Sql;

/// <summary>How a column's values are kept. Both databases keep all three exactly; there is no floating point among them.</summary>
internal enum ColumnKind
{
    /// <summary>64 bits, signed. Amounts are unsigned and are kept by their bits, so that every one comes back as it was.</summary>
    Integer,

    /// <summary>Bytes, which both databases compare as unsigned numbers, the first byte first.</summary>
    Bytes,

    Text,
}

/// <summary>One column.</summary>
/// <param name="IsOptional">Whether it may be empty.</param>
internal sealed record ReadColumn(string Name, ColumnKind Kind, bool IsOptional = false);

/// <summary>What a row that comes to a key which is taken already does to the one that is there.</summary>
internal enum OnTaken
{
    /// <summary>It is a mistake: facts come once, so a second row of the same key shows that one came twice.</summary>
    Fail,

    /// <summary>It takes the place of a row whose event is not above its own.</summary>
    Replace,

    /// <summary>As the table says in its own words.</summary>
    Merge,
}

/// <summary>A table of the read side, in words that make its statements for both databases, and its part of the digest.</summary>
/// <param name="Key">How many of the first columns are the key.</param>
/// <param name="Indexes">Columns of each further index, separated by commas.</param>
/// <param name="Merge">Of <see cref="OnTaken.Merge"/>: what is set, by column.</param>
internal sealed record ReadTable(string Name, IReadOnlyList<ReadColumn> Columns, int Key, OnTaken OnTaken, IReadOnlyList<string> Indexes, string Merge = "")
{
    /// <summary>The columns of the key, separated by commas.</summary>
    public string KeyList { get; } = string.Join(", ", Columns.Take(Key).Select(column => column.Name));

    /// <summary>All columns, separated by commas.</summary>
    public string ColumnList { get; } = string.Join(", ", Columns.Select(column => column.Name));

    /// <summary>Writes one row; parameters are @p0, @p1, and so on, by column.</summary>
    public string InsertText { get; } = Insert(Name, Columns, Key, OnTaken, Merge);

    public static string Parameter(int place) => string.Create(CultureInfo.InvariantCulture, $"@p{place}");

    private static string Insert(string name, IReadOnlyList<ReadColumn> columns, int key, OnTaken onTaken, string merge)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"INSERT INTO {name} ({string.Join(", ", columns.Select(column => column.Name))}) VALUES (");
        text.AppendJoin(", ", columns.Select((_, place) => Parameter(place))).Append(')');
        if (onTaken == OnTaken.Fail) return text.ToString();

        text.Append(" ON CONFLICT (").AppendJoin(", ", columns.Take(key).Select(column => column.Name)).Append(") DO UPDATE SET ");
        if (onTaken == OnTaken.Merge) return text.Append(merge).ToString();

        text.AppendJoin(", ", columns.Skip(key).Select(column => $"{column.Name} = excluded.{column.Name}"));
        return text.Append(CultureInfo.InvariantCulture, $" WHERE excluded.event >= {name}.event").ToString();
    }
}

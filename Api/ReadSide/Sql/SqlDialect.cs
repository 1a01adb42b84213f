using System.Data.Common;
using System.Globalization;

namespace Dtao.Api.ReadSide.Sql;

/// <summary>What differs between the databases. Everything else is written once, in SQL that both understand.</summary>
internal abstract class SqlDialect : IAsyncDisposable
{
    /// <summary>The table that says where the read side stands: one row.</summary>
    public const string Position = "read_position";

    /// <summary>How the database is called in messages.</summary>
    public abstract string Name { get; }

    protected abstract string IntegerType { get; }

    protected abstract string BytesType { get; }

    /// <summary>What ends the definition of a table that is kept in the order of its key.</summary>
    protected abstract string KeyedSuffix { get; }

    public abstract Task<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>A transaction that will write, and that waits for another one that does.</summary>
    public abstract Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>A transaction that sees one state of the database throughout.</summary>
    public abstract Task<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Lets nobody else prepare the database until the transaction ends; false when the database holds something that is not a read side.</summary>
    public abstract Task<bool> TryClaimAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken);

    /// <summary>Removes all tables of a read side, of whatever version, and nothing else.</summary>
    public abstract Task DropAllAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken);

    /// <summary>Whether the table is there.</summary>
    public abstract Task<bool> HasTableAsync(DbConnection connection, DbTransaction? transaction, string table, CancellationToken cancellationToken);

    /// <summary>Writes many rows in one transaction.</summary>
    public abstract RowWriter CreateWriter(DbConnection connection, DbTransaction transaction);

    /// <summary>How a statement would be carried out, one step a line: which index, or which table from end to end.</summary>
    public abstract string ExplainPrefix { get; }

    public abstract ValueTask DisposeAsync();

    /// <summary>The statements that make all tables, empty.</summary>
    public IEnumerable<string> CreateStatements()
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            CREATE TABLE {Position} (
              id {IntegerType} NOT NULL PRIMARY KEY, version {IntegerType} NOT NULL, network TEXT NOT NULL, feed_cursor TEXT NOT NULL, revision {IntegerType} NOT NULL,
              facts {IntegerType} NOT NULL, head_block {IntegerType} NOT NULL, complete_block {IntegerType} NOT NULL, is_at_end {IntegerType} NOT NULL)
            """);
        foreach (var table in ReadSchema.All)
        {
            var columns = table.Columns.Select(column => $"{column.Name} {TypeOf(column.Kind)}{(column.IsOptional ? string.Empty : " NOT NULL")}");
            yield return $"CREATE TABLE {table.Name} ({string.Join(", ", columns)}, PRIMARY KEY ({table.KeyList})){KeyedSuffix}";
            for (var place = 0; place < table.Indexes.Count; place++)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"CREATE INDEX {table.Name}_by_{place} ON {table.Name} ({table.Indexes[place]})");
            }
        }
    }

    private string TypeOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Integer => IntegerType,
        ColumnKind.Bytes => BytesType,
        ColumnKind.Text => "TEXT",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind."),
    };
}

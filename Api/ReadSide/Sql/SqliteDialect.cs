using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Dtao.Api.ReadSide.Sql;

/// <summary>One file, by default. Readers go on while a page is being written.</summary>
/// <remarks>
/// The file's log is synchronised when it is taken over, not with every page: after a power cut the last pages can be missing, with the cursor that stood behind them, and are read
/// again. That is enough for what can be built anew.
/// </remarks>
internal sealed class SqliteDialect(string path) : SqlDialect
{
    /// <summary>Marks a file as a read side ("DtRd"): no other file is ever emptied.</summary>
    private const int ApplicationId = 0x44745264;

    private readonly string _connection = new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = SqliteOpenMode.ReadWriteCreate,
        Cache = SqliteCacheMode.Private,
        DefaultTimeout = 30,
        Pooling = true,
    }.ToString();

    public override string Name => "SQLite";

    public override string ExplainPrefix => "EXPLAIN QUERY PLAN ";

    protected override string IntegerType => "INTEGER";

    protected override string BytesType => "BLOB";

    protected override string KeyedSuffix => " WITHOUT ROWID";

    public override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(_connection);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            // 64 MiB of pages for each connection at most; the log is taken over every 16 MiB.
            await Sql.ExecuteAsync(
                connection, null, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4096; PRAGMA temp_store = MEMORY",
                cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: false));

    public override Task<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: true));

    public override async Task<bool> TryClaimAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var mark = await Sql.ScalarAsync(connection, transaction, "PRAGMA application_id", cancellationToken).ConfigureAwait(false);
        if (mark is long and ApplicationId) return true;
        if (await Sql.ScalarAsync(connection, transaction, "SELECT COUNT(*) FROM sqlite_master", cancellationToken).ConfigureAwait(false) is not 0L) return false;
        await Sql.ExecuteAsync(connection, transaction, string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}"), cancellationToken)
            .ConfigureAwait(false);
        return true;
    }

    public override async Task DropAllAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var tables = await Sql.ReadAsync(
            connection, transaction, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", row => row.GetString(0), cancellationToken)
            .ConfigureAwait(false);
        foreach (var table in tables) await Sql.ExecuteAsync(connection, transaction, $"DROP TABLE \"{table}\"", cancellationToken).ConfigureAwait(false);
    }

    public override async Task<bool> HasTableAsync(DbConnection connection, DbTransaction? transaction, string table, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(connection, transaction, $"SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '{table}'", cancellationToken)
            .ConfigureAwait(false) is not 0L;

    public override RowWriter CreateWriter(DbConnection connection, DbTransaction transaction) =>
        new Writer((SqliteConnection)connection, (SqliteTransaction)transaction);

    public override ValueTask DisposeAsync()
    {
        using var connection = new SqliteConnection(_connection);
        SqliteConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }

    /// <summary>Keeps one prepared statement for each table.</summary>
    private sealed class Writer(SqliteConnection connection, SqliteTransaction transaction) : RowWriter
    {
        private readonly Dictionary<string, SqliteCommand> _commands = [];

        public override void Write(ReadTable table, params ReadOnlySpan<object> cells)
        {
            if (!_commands.TryGetValue(table.InsertText, out var command)) _commands.Add(table.InsertText, command = Prepare(table));
            if (cells.Length != table.Columns.Count) throw new ArgumentException($"A row of {table.Name} has {table.Columns.Count} cells, not {cells.Length}.", nameof(cells));
            for (var place = 0; place < cells.Length; place++) command.Parameters[place].Value = cells[place];
            command.ExecuteNonQuery();
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override async ValueTask DisposeAsync()
        {
            foreach (var command in _commands.Values) await command.DisposeAsync().ConfigureAwait(false);
        }

        private SqliteCommand Prepare(ReadTable table)
        {
            var command = connection.CreateCommand();
            command.CommandText = table.InsertText;
            command.Transaction = transaction;
            for (var place = 0; place < table.Columns.Count; place++)
            {
                command.Parameters.Add(new SqliteParameter(ReadTable.Parameter(place), TypeOf(table.Columns[place].Kind)));
            }

            command.Prepare();
            return command;
        }

        private static SqliteType TypeOf(ColumnKind kind) => kind switch
        {
            ColumnKind.Integer => SqliteType.Integer,
            ColumnKind.Bytes => SqliteType.Blob,
            _ => SqliteType.Text,
        };
    }
}

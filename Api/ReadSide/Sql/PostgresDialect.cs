using System.Data;
using System.Data.Common;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Dtao.Api.ReadSide.Sql;

/// <summary>A PostgreSQL database, shared by any number of API processes. All tables are in the schema <c>dtao_read</c>, and nothing else of the database is touched.</summary>
internal sealed class PostgresDialect(string connection) : SqlDialect
{
    private const string Schema = "dtao_read";

    /// <summary>The key of the lock under which tables are made; any number will do that nobody else uses.</summary>
    private const long PrepareLock = 0x44745264_52656164;

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection)
    {
        SearchPath = Schema,
        ApplicationName = "dtao-api",
        MaxAutoPrepare = 64,
    });

    public override string Name => "PostgreSQL";

    public override string ExplainPrefix => "EXPLAIN ";

    protected override string IntegerType => "BIGINT";

    protected override string BytesType => "BYTEA";

    protected override string KeyedSuffix => string.Empty;

    public override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken) => await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);

    public override async Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);

    public override async Task<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);

    public override async Task<bool> TryClaimAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        await Sql.ExecuteAsync(
            connection, transaction, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({PrepareLock})"), cancellationToken).ConfigureAwait(false);
        await Sql.ExecuteAsync(connection, transaction, $"CREATE SCHEMA IF NOT EXISTS {Schema}", cancellationToken).ConfigureAwait(false);
        return true;
    }

    public override async Task DropAllAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var tables = await Sql.ReadAsync(
            connection, transaction, $"SELECT tablename FROM pg_tables WHERE schemaname = '{Schema}' ORDER BY tablename", row => row.GetString(0), cancellationToken)
            .ConfigureAwait(false);
        foreach (var table in tables) await Sql.ExecuteAsync(connection, transaction, $"DROP TABLE {Schema}.\"{table}\"", cancellationToken).ConfigureAwait(false);
    }

    public override async Task<bool> HasTableAsync(DbConnection connection, DbTransaction? transaction, string table, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(
            connection, transaction, $"SELECT COUNT(*) FROM pg_tables WHERE schemaname = '{Schema}' AND tablename = '{table}'", cancellationToken)
            .ConfigureAwait(false) is not 0L;

    public override RowWriter CreateWriter(DbConnection connection, DbTransaction transaction) => new Writer((NpgsqlConnection)connection, (NpgsqlTransaction)transaction);

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>Sends rows many at a time, so that a page costs few round trips.</summary>
    private sealed class Writer(NpgsqlConnection connection, NpgsqlTransaction transaction) : RowWriter
    {
        private const int RowsAtOnce = 500;

        private NpgsqlBatch _batch = new(connection, transaction);

        public override void Write(ReadTable table, params ReadOnlySpan<object> cells)
        {
            if (cells.Length != table.Columns.Count) throw new ArgumentException($"A row of {table.Name} has {table.Columns.Count} cells, not {cells.Length}.", nameof(cells));
            if (_batch.BatchCommands.Count >= RowsAtOnce) Send();
            var command = new NpgsqlBatchCommand(table.InsertText);
            for (var place = 0; place < cells.Length; place++)
            {
                command.Parameters.Add(new NpgsqlParameter(ReadTable.Parameter(place), TypeOf(table.Columns[place].Kind)) { Value = cells[place] });
            }

            _batch.BatchCommands.Add(command);
        }

        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            if (_batch.BatchCommands.Count == 0) return;
            await _batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            await Renew().ConfigureAwait(false);
        }

        public override ValueTask DisposeAsync() => _batch.DisposeAsync();

        private void Send()
        {
            _batch.ExecuteNonQuery();
            _batch.Dispose();
            _batch = new NpgsqlBatch(connection, transaction);
        }

        private async Task Renew()
        {
            await _batch.DisposeAsync().ConfigureAwait(false);
            _batch = new NpgsqlBatch(connection, transaction);
        }

        private static NpgsqlDbType TypeOf(ColumnKind kind) => kind switch
        {
            ColumnKind.Integer => NpgsqlDbType.Bigint,
            ColumnKind.Bytes => NpgsqlDbType.Bytea,
            _ => NpgsqlDbType.Text,
        };
    }
}

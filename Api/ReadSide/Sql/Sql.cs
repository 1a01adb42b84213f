using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Dtao.Api.ReadSide.Sql;

/// <summary>Short forms of ADO.NET's calls. Texts are made of constants and of the names in <see cref="ReadSchema"/>; values travel as parameters.</summary>
internal static class Sql
{
    public static async Task<int> ExecuteAsync(
        DbConnection connection, DbTransaction? transaction, string text, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        var command = Command(connection, transaction, text, parameters);
        await using (command.ConfigureAwait(false))
        {
            return await Ending(connection, () => command.ExecuteNonQueryAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The first cell of the first row; null when there is none.</summary>
    public static async Task<object?> ScalarAsync(
        DbConnection connection, DbTransaction? transaction, string text, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        var command = Command(connection, transaction, text, parameters);
        await using (command.ConfigureAwait(false))
        {
            return await Ending(connection, () => command.ExecuteScalarAsync(cancellationToken), cancellationToken).ConfigureAwait(false) is { } value and not DBNull ? value : null;
        }
    }

    public static async Task<List<T>> ReadAsync<T>(
        DbConnection connection, DbTransaction? transaction, string text, Func<DbDataReader, T> map, CancellationToken cancellationToken,
        params (string Name, object Value)[] parameters)
    {
        var command = Command(connection, transaction, text, parameters);
        await using (command.ConfigureAwait(false))
        {
            return await Ending(connection, () => RowsOf(command, map, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<List<T>> RowsOf<T>(DbCommand command, Func<DbDataReader, T> map, CancellationToken cancellationToken)
    {
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) rows.Add(map(reader));
            return rows;
        }
    }

    /// <summary>Has a statement end with its token. SQLite's driver carries statements out on the caller's thread and looks at no token meanwhile: it is interrupted.</summary>
    private static async Task<T> Ending<T>(DbConnection connection, Func<Task<T>> statement, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var interrupting = connection is SqliteConnection { Handle: { } handle } ? cancellationToken.Register(() => SQLitePCL.raw.sqlite3_interrupt(handle)) : default;
        try
        {
            return await statement().ConfigureAwait(false);
        }
        catch (DbException ended) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The statement was ended.", ended, cancellationToken);
        }
    }

    private static DbCommand Command(DbConnection connection, DbTransaction? transaction, string text, (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        command.Transaction = transaction;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}

using System.Data.Common;
using Dtao.Api.ReadSide.Sql;

namespace Dtao.Api.ReadSide;

/// <summary>A look at one state of the read side: whatever is asked through it is of the same <see cref="Position"/>. Not safe for use by several threads.</summary>
/// <param name="asked">Is told each query, for tests that look how it is carried out.</param>
internal sealed class ReadView(DbConnection connection, DbTransaction transaction, ReadPosition position, Action<string>? asked = null) : IAsyncDisposable
{
    public ReadPosition Position => position;

    /// <summary>Is told when the look is over.</summary>
    public Action? Ended { get; set; }

    /// <summary>The rows of a query. Its text is made of constants; values travel as parameters.</summary>
    public Task<List<T>> QueryAsync<T>(string text, Func<DbDataReader, T> map, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        asked?.Invoke(text);
        return Sql.Sql.ReadAsync(connection, transaction, text, map, cancellationToken, parameters);
    }

    /// <summary>The first cell of the first row; null when there is none or it is empty.</summary>
    public Task<object?> ScalarAsync(string text, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        asked?.Invoke(text);
        return Sql.Sql.ScalarAsync(connection, transaction, text, cancellationToken, parameters);
    }

    /// <summary>Goes over the rows of a query without keeping them.</summary>
    public async Task EachAsync(string text, Action<DbDataReader> see, CancellationToken cancellationToken, params (string Name, object Value)[] parameters) =>
        await QueryAsync(
            text,
            row =>
            {
                see(row);
                return 0;
            },
            cancellationToken, parameters).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            Ended?.Invoke();
            Ended = null;
        }
    }
}

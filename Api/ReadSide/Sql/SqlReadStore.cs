using System.Data.Common;
using System.Globalization;
using Dtao.Api.ReadSide.Ingest;
using Dtao.Grains.Feed;

namespace Dtao.Api.ReadSide.Sql;

/// <inheritdoc cref="IReadStore"/>
internal sealed class SqlReadStore(SqlDialect dialect) : IReadStore
{
    private const string SelectPosition =
        $"SELECT network, feed_cursor, revision, facts, head_block, complete_block, is_at_end, version FROM {SqlDialect.Position} WHERE id = 1";

    public string Name => dialect.Name;

    internal SqlDialect Dialect => dialect;

    /// <summary>Is told each query of each view; for tests that look how they are carried out.</summary>
    internal Action<string>? Asked { get; set; }

    public async Task PrepareAsync(bool isRebuilt, CancellationToken cancellationToken)
    {
        var connection = await dialect.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var transaction = await dialect.BeginWriteAsync(connection, cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                if (!await dialect.TryClaimAsync(connection, transaction, cancellationToken).ConfigureAwait(false))
                {
                    throw new ReadSideException("The file holds another database, and is left alone. Name a file of its own for the read side.");
                }

                var version = await VersionOf(connection, transaction, cancellationToken).ConfigureAwait(false);
                if (version > ReadSchema.Version && !isRebuilt)
                {
                    throw new ReadSideException("A newer version of this program has built the read side. Update this one, name a store of its own for it, or have it build the store anew.");
                }

                if (isRebuilt || version != ReadSchema.Version) await Make(connection, transaction, cancellationToken).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public async Task<ReadPosition> GetPositionAsync(CancellationToken cancellationToken)
    {
        var connection = await dialect.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false)) return await PositionOf(connection, null, cancellationToken).ConfigureAwait(false);
    }

    public async Task<ReadPosition?> ApplyAsync(ReadPosition before, FeedPage page, CancellationToken cancellationToken)
    {
        var connection = await dialect.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var transaction = await dialect.BeginWriteAsync(connection, cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var after = before with
                {
                    NetworkId = page.NetworkId,
                    Cursor = page.Next,
                    Revision = before.Revision + 1,
                    Facts = before.Facts + page.Facts.Length,
                    IsAtEnd = page.IsAtEnd,
                };
                if (!await Move(connection, transaction, before, after, cancellationToken).ConfigureAwait(false)) return null;
                var writer = dialect.CreateWriter(connection, transaction);
                await using (writer.ConfigureAwait(false))
                {
                    var (head, complete) = await new PageApplier(connection, transaction, writer, before).ApplyAsync(page, cancellationToken).ConfigureAwait(false);
                    after = after with { Head = head, Complete = complete };
                }

                await Sql.ExecuteAsync(
                    connection, transaction, $"UPDATE {SqlDialect.Position} SET head_block = @head, complete_block = @complete WHERE id = 1", cancellationToken,
                    ("@head", Cells.Of(after.Head)), ("@complete", Cells.Of(after.Complete))).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return after;
            }
        }
    }

    public async Task<bool> ResetAsync(ReadPosition before, CancellationToken cancellationToken)
    {
        var connection = await dialect.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var transaction = await dialect.BeginWriteAsync(connection, cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await dialect.TryClaimAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
                var now = await PositionOf(connection, transaction, cancellationToken).ConfigureAwait(false);
                if (now.Cursor != before.Cursor || now.NetworkId != before.NetworkId) return false;
                await Make(connection, transaction, cancellationToken).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return true;
            }
        }
    }

    public async Task<ReadView> ReadAsync(CancellationToken cancellationToken)
    {
        var connection = await dialect.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var transaction = await dialect.BeginReadAsync(connection, cancellationToken).ConfigureAwait(false);
            return new ReadView(connection, transaction, await PositionOf(connection, transaction, cancellationToken).ConfigureAwait(false), Asked);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<string> DigestAsync(CancellationToken cancellationToken)
    {
        var view = await ReadAsync(cancellationToken).ConfigureAwait(false);
        await using (view.ConfigureAwait(false)) return await ReadDigest.OfAsync(view, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => dialect.DisposeAsync();

    /// <summary>Moves the cursor, if nobody else has: of two who try at once, one waits for the other's end and finds it moved.</summary>
    private static async Task<bool> Move(DbConnection connection, DbTransaction transaction, ReadPosition before, ReadPosition after, CancellationToken cancellationToken) =>
        await Sql.ExecuteAsync(
            connection, transaction,
            $"""
            UPDATE {SqlDialect.Position} SET network = @network, feed_cursor = @after, revision = @revision, facts = @facts, is_at_end = @end
            WHERE id = 1 AND version = @version AND feed_cursor = @before AND revision = @expected AND (network = @network OR network = '')
            """,
            cancellationToken, ("@network", after.NetworkId), ("@after", after.Cursor), ("@revision", after.Revision), ("@facts", after.Facts),
            ("@end", Cells.Of(after.IsAtEnd)), ("@before", before.Cursor), ("@expected", before.Revision), ("@version", (long)ReadSchema.Version))
            .ConfigureAwait(false) == 1;

    private async Task<int?> VersionOf(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        if (!await dialect.HasTableAsync(connection, transaction, SqlDialect.Position, cancellationToken).ConfigureAwait(false)) return null;
        // Every version has this column; the others are looked at only when it is this version.
        return await Sql.ScalarAsync(connection, transaction, $"SELECT version FROM {SqlDialect.Position}", cancellationToken).ConfigureAwait(false) is long version
            ? (int)version
            : null;
    }

    private async Task Make(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        await dialect.DropAllAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        foreach (var statement in dialect.CreateStatements()) await Sql.ExecuteAsync(connection, transaction, statement, cancellationToken).ConfigureAwait(false);
        await Sql.ExecuteAsync(
            connection, transaction,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                INSERT INTO {SqlDialect.Position} (id, version, network, feed_cursor, revision, facts, head_block, complete_block, is_at_end)
                VALUES (1, {ReadSchema.Version}, '', '', 0, 0, 0, 0, 0)
                """),
            cancellationToken).ConfigureAwait(false);
    }

    private static async Task<ReadPosition> PositionOf(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        var rows = await Sql.ReadAsync(
            connection, transaction, SelectPosition,
            row => (
                Position: new ReadPosition(
                    row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), Cells.UInt64(row.GetInt64(4)), Cells.UInt64(row.GetInt64(5)), row.GetInt64(6) != 0),
                Version: row.GetInt64(7)),
            cancellationToken).ConfigureAwait(false);
        if (rows.Count == 0) return ReadPosition.Empty;
        // A process that goes on while another version of the program takes the store over neither reads its tables nor writes to them.
        return rows[0].Version == ReadSchema.Version ? rows[0].Position : throw new ReadSideException("Another version of this program has taken the read side over: start this process anew.");
    }
}

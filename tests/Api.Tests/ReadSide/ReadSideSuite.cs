using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Grains.Feed;
using Xunit;

namespace Dtao.Api.Tests.ReadSide;

/// <summary>What holds of a read side in either database.</summary>
public abstract class ReadSideSuite : IDisposable
{
    private const int Seed = 20_261_130;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-read-");

    protected string NewFile => Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.db");

    /// <summary>How often the process that ingests is killed.</summary>
    private protected virtual int Kills => 10;

    /// <summary>A database of its own for one read side.</summary>
    private protected abstract Task<ReadSideOptions> New();

    [Fact]
    public async Task Ingest_SameFactsCutAndOrderedAnyWay_SameTables()
    {
        const ulong Blocks = 24;
        var book = MadeHistory.Of(Seed, (int)Blocks, 5);
        var expected = await ReadStores.DigestOf(book, NewFile);

        // Pages end within events, too.
        foreach (var (facts, pageFacts) in new[] { (book.Facts.ToArray(), 11), (book.Facts.ToArray(), 97), (book.ByActor(), 10_000), (book.ByActor(), 31) })
        {
            await using var store = await ReadStores.OpenAsync(await New());
            await store.CatchUpAsync(new MadeFeed(facts), pageFacts);

            Assert.Equal(expected, await store.DigestAsync(ReadStores.Cancelled));
            var position = await store.GetPositionAsync(ReadStores.Cancelled);
            Assert.Equal((facts.Length, Blocks, Blocks, true), ((int)position.Facts, position.Head, position.Complete, position.IsAtEnd));
        }
    }

    [Fact]
    public async Task Ingest_KilledAgainAndAgain_NeitherMissesNorDoublesAFact()
    {
        const int Blocks = 60, Operations = 6, PageFacts = 30;
        var options = await New();
        var random = new Random(Seed);
        var killed = 0;
        for (var start = 0; ; start++)
        {
            using var child = IngestChild.Start(options.Store, Seed, Blocks, Operations, PageFacts);
            var pages = start < Kills ? random.Next(2, 9) : int.MaxValue;
            var isWorking = true;
            while (isWorking && pages-- > 0) isWorking = await child.StandardOutput.ReadLineAsync(ReadStores.Cancelled) is not null;
            if (isWorking)
            {
                // Somewhere within the page: while it is read, written, or committed.
                Thread.SpinWait(random.Next(200_000));
                child.Kill();
                killed++;
            }

            await child.WaitForExitAsync(ReadStores.Cancelled).WaitAsync(TestKit.Patience.Max, ReadStores.Cancelled);
            if (isWorking) continue;
            Assert.True(child.ExitCode == 0, await child.StandardError.ReadToEndAsync(ReadStores.Cancelled));
            break;
        }

        Assert.Equal(Kills, killed);
        await using var store = await ReadStores.OpenAsync(options);
        Assert.Equal(await ReadStores.DigestOf(MadeHistory.Of(Seed, Blocks, Operations), NewFile), await store.DigestAsync(ReadStores.Cancelled));
    }

    [Fact]
    public async Task Ingest_ByTwoAtOnce_EachPageIsTakenInOnce()
    {
        var book = MadeHistory.Of(Seed, 24, 5);
        var options = await New();
        await using var first = await ReadStores.OpenAsync(options);
        await using var second = await ReadStores.OpenAsync(options);

        await Task.WhenAll(
            Task.Run(() => first.CatchUpAsync(new MadeFeed(book.Facts), 25), ReadStores.Cancelled),
            Task.Run(() => second.CatchUpAsync(new MadeFeed(book.Facts), 40), ReadStores.Cancelled));

        Assert.Equal(await ReadStores.DigestOf(book, NewFile), await first.DigestAsync(ReadStores.Cancelled));
        Assert.Equal(book.Facts.Count, (await second.GetPositionAsync(ReadStores.Cancelled)).Facts);
    }

    [Fact]
    public async Task Prepare_RebuiltOrOfAnotherNetwork_ComesOutTheSame()
    {
        var book = MadeHistory.Of(Seed, 20, 4);
        var options = await New();
        await using (var other = await ReadStores.OpenAsync(options))
        {
            await other.CatchUpAsync(new MadeFeed(MadeHistory.Of(1, 10, 2).Facts, "other"), 100);
            Assert.Equal("other", (await other.GetPositionAsync(ReadStores.Cancelled)).NetworkId);
        }

        await using var store = await ReadStores.OpenAsync(options);
        await store.CatchUpAsync(new MadeFeed(book.Facts), 100);
        var made = await store.DigestAsync(ReadStores.Cancelled);
        await using var rebuilt = await ReadStores.OpenAsync(options with { IsRebuilt = true });
        var emptied = await rebuilt.GetPositionAsync(ReadStores.Cancelled);
        await rebuilt.CatchUpAsync(new MadeFeed(book.Facts), 1_000);

        Assert.Equal((0L, string.Empty), (emptied.Facts, emptied.Cursor));
        Assert.Equal(made, await rebuilt.DigestAsync(ReadStores.Cancelled));
        Assert.Equal(await ReadStores.DigestOf(book, NewFile), made);
    }

    [Fact]
    public async Task Ingest_WholeHistory_BalancesAndPositionsAreTheLedgers()
    {
        var book = MadeHistory.Of(Seed, 60, 6);
        await using var store = await ReadStores.OpenAsync(await New());
        await store.CatchUpAsync(new MadeFeed(book.Facts), 333);
        await using var view = await store.ReadAsync(ReadStores.Cancelled);

        var free = await view.QueryAsync("SELECT account, free FROM accounts_now", row => (Cells.Account((byte[])row.GetValue(0)), Cells.UInt64(row.GetInt64(1))), ReadStores.Cancelled);
        var sums = await view.QueryAsync(
            "SELECT account, CAST(SUM(delta) AS BIGINT) FROM balance_changes GROUP BY account", row => (Cells.Account((byte[])row.GetValue(0)), Cells.UInt64(row.GetInt64(1))),
            ReadStores.Cancelled);
        var positions = await view.QueryAsync(
            """
            SELECT shares_now.netuid, shares_now.hotkey, shares_now.coldkey, share, value, denominator
            FROM shares_now JOIN hotkey_pools_now ON hotkey_pools_now.netuid = shares_now.netuid AND hotkey_pools_now.hotkey = shares_now.hotkey
            """,
            row => (
                Key: new PositionKey(new NetUid((ushort)row.GetInt64(0)), Cells.Account((byte[])row.GetValue(1)), Cells.Account((byte[])row.GetValue(2))),
                Value: SharePool.Value(new HotkeyPool(new Alpha(Cells.UInt64(row.GetInt64(4))), Cells.Share((byte[])row.GetValue(5))), Cells.Share((byte[])row.GetValue(3)))),
            ReadStores.Cancelled);

        Assert.Equal(book.Free.Select(account => (account.Key, account.Value)).Order(), free.Order());
        Assert.Equal(free.Order(), sums.Order());
        Assert.True(positions.Count(position => !position.Value.IsZero) > 50, "There are hardly any positions.");
        Assert.All(positions, position => Assert.Equal(book.Position(position.Key.Netuid, position.Key.Hotkey, position.Key.Coldkey), position.Value));
    }

    /// <summary>A subnet that takes the place of another one has its own settings from the beginning, also those that are the same.</summary>
    [Fact]
    public async Task Ingest_SettingsOfSubnets_EachChangeIsARowAndAReplacedSubnetBeginsAnew()
    {
        var book = MadeHistory.Of(Seed, 24, 2);
        await using var store = await ReadStores.OpenAsync(await New());
        await store.CatchUpAsync(new MadeFeed(book.Facts), 50);
        await using var view = await store.ReadAsync(ReadStores.Cancelled);

        var rows = await view.QueryAsync(
            "SELECT netuid, cause, old_value, new_value FROM setting_changes WHERE name = 'tempo' AND netuid > 0 ORDER BY netuid, block, event, place",
            row => (Netuid: new NetUid((ushort)row.GetInt64(0)), Cause: (BooksChange)row.GetInt64(1), Before: row.IsDBNull(2) ? null : row.GetString(2), After: row.GetString(3)), ReadStores.Cancelled);

        foreach (var subnet in rows.GroupBy(row => row.Netuid))
        {
            string? known = null;
            Assert.All(subnet, row =>
            {
                Assert.Equal(row.Cause is BooksChange.Genesis or BooksChange.Registered ? null : known, row.Before);
                known = row.After;
            });
            Assert.Equal($"{book.Tempo(subnet.Key)}", known);
        }

        Assert.Equal([1, 2, 3], rows.Select(row => (int)row.Netuid.Value).Distinct());
        Assert.Equal(3, rows.Count(row => row.Cause == BooksChange.Genesis));
        Assert.Equal(new NetUid(3), Assert.Single(rows, row => row.Cause == BooksChange.Registered).Netuid);
        Assert.Equal(4, rows.Count(row => row.Cause == BooksChange.Operation));
    }

    /// <summary>All who came less all who left are those who sit there; and each epoch has left a row for each of them.</summary>
    [Fact]
    public async Task Ingest_SeatsOfSubnets_ComeAndGoInTurnUpToTheLedgersAndEachEpochIsThere()
    {
        var book = MadeHistory.Of(Seed, 96, 1);
        await using var store = await ReadStores.OpenAsync(await New());
        await store.CatchUpAsync(new MadeFeed(book.Facts), 23);
        await using var view = await store.ReadAsync(ReadStores.Cancelled);

        var rows = await view.QueryAsync(
            "SELECT netuid, uid, is_in, cause, hotkey, other, registered_at FROM seat_changes ORDER BY netuid, uid, event, place, is_in",
            row => (
                Seat: (Netuid: new NetUid((ushort)row.GetInt64(0)), Uid: (int)row.GetInt64(1)), IsIn: row.GetInt64(2) == 1, Cause: (SeatCause)row.GetInt64(3),
                Hotkey: Cells.Account((byte[])row.GetValue(4)), Other: row.IsDBNull(5) ? (AccountId?)null : Cells.Account((byte[])row.GetValue(5)), At: Cells.UInt64(row.GetInt64(6))),
            ReadStores.Cancelled);
        var epochs = await view.ScalarAsync("SELECT COUNT(*) FROM neurons", ReadStores.Cancelled);

        var seated = new Dictionary<(NetUid, int), (AccountId Hotkey, ulong At)>();
        foreach (var row in rows)
        {
            if (row.IsIn) Assert.True(seated.TryAdd(row.Seat, (row.Hotkey, row.At)), $"{row} came to a uid that somebody had.");
            else Assert.True(seated.Remove(row.Seat, out var left) && left == (row.Hotkey, row.At), $"{row} left a uid that it did not have.");
        }

        var expected = Enumerable.Range(1, 3).SelectMany(number => book.Seats(new NetUid((ushort)number)).Select((seat, uid) => ((new NetUid((ushort)number), uid), seat)));
        Assert.Equal(expected, seated.OrderBy(entry => entry.Key).Select(entry => (entry.Key, (entry.Value.Hotkey, entry.Value.At))));
        Assert.Equal(
            [SeatCause.Registered, SeatCause.Replaced, SeatCause.Swapped, SeatCause.Trimmed, SeatCause.Dissolved], rows.Select(row => row.Cause).Distinct().Order());
        Assert.All(rows.Where(row => row.Cause is SeatCause.Replaced or SeatCause.Swapped), row => Assert.NotNull(row.Other));
        Assert.True(book.EpochRows > 3, $"{book.EpochRows} rows of epochs");
        Assert.Equal((long)book.EpochRows, epochs);
    }

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}

/// <inheritdoc cref="ReadSideSuite"/>
public sealed class SqliteReadSideTests : ReadSideSuite
{
    private protected override Task<ReadSideOptions> New() => Task.FromResult(new ReadSideOptions { Store = NewFile });

    [Fact]
    public async Task Prepare_FileOfAnotherProgram_IsLeftAlone()
    {
        var path = NewFile;
        await using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={path};Pooling=false"))
        {
            await connection.OpenAsync(ReadStores.Cancelled);
            await using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE segments (body BLOB)";
            await command.ExecuteNonQueryAsync(ReadStores.Cancelled);
        }

        var caught = await Assert.ThrowsAsync<ReadSideException>(() => ReadStores.OpenAsync(new ReadSideOptions { Store = path, IsRebuilt = true }));

        Assert.Contains("left alone", caught.Message, StringComparison.Ordinal);
    }
}

/// <inheritdoc cref="ReadSideSuite"/>
public sealed class PostgresReadSideTests(PostgresServer server) : ReadSideSuite
{
    private protected override int Kills => 4;

    private protected override async Task<ReadSideOptions> New() => new() { Store = await server.CreateDatabase() };
}

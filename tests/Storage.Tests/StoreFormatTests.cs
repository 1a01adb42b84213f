using System.Globalization;
using System.Text;

namespace Dtao.Storage.Tests;

/// <summary>
/// Holds the file format against a dump that stands in the repository: files written by any earlier version are read for
/// ever, and no layout changes by accident. A new format gets a fixture of its own; old ones stay as they are.
/// </summary>
public sealed class StoreFormatTests : IDisposable
{
    private const string First = "store-format-1.sql";

    /// <summary>Heads tell who has nothing under way. A program of the first kind reads and writes these files too.</summary>
    private const string Finished = "store-format-1-finished.sql";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(First, new[] { "account/ä", "pool/1" })]
    [InlineData(Finished, new[] { "account/ä" })]
    public async Task Open_FileOfFormat1_ReadsEverythingInIt(string file, string[] unfinished)
    {
        foreach (var statement in Fixture(file).Split(";\n", StringSplitOptions.RemoveEmptyEntries))
            LogTesting.Execute(folder.DatabasePath, statement);

        using var database = SqliteDatabase.Open(folder.DatabasePath);
        using var log = OrderedLog.Open(database);
        using var records = SqliteRecordStore.Open(database);
        var pool = await log.ReadImage("pool/1");
        var account = await log.ReadImage("account/ä");
        var record = await records.ReadAsync(new("grain/ä", "state"), TestContext.Current.CancellationToken);

        Assert.Equal((2, "pool after 2", 4), (pool.SnapshotVersion, Text(pool.Snapshot!.Value), pool.Version));
        Assert.Equal(["three", new string('x', 200)], pool.Events.Texts());
        Assert.Equal(LogTesting.ChainOf("one", "", "three", new('x', 200)), pool.Digest.ToArray());
        Assert.Equal(["one", "", "three", new('x', 200)], log.ReadEvents("pool/1").Texts());
        Assert.Equal(("genesis", 1), (Text(account.Snapshot!.Value), account.Version));
        Assert.Equal((5, 5), (log.DurablePosition, log.AppendedPosition));
        Assert.Equal(("value", "3"), (Text(record!.Value), record.ETag));
        using var view = log.OpenReadView();
        Assert.Empty(view.VerifyChains(cancellationToken: TestContext.Current.CancellationToken).Faults);
        Assert.Equal(unfinished, view.ScanUnfinished(""));
        await log.AppendDurably(await log.OpenLoaded("pool/1"), "five");
        Assert.Equal(5, (await log.ReadImage("pool/1")).Version);
    }

    [Fact]
    public async Task Write_SameContent_GivesTheSameRows()
    {
        await WriteContent();

        Assert.Equal(Fixture(Finished), Dump());
    }

    private static string Fixture(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", file));

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private async Task WriteContent()
    {
        using ManualResetEventSlim release = new(initialState: true);
        using SemaphoreSlim begun = new(0);
        using var database = SqliteDatabase.Open(folder.DatabasePath);
        using (var genesis = OrderedLog.Open(database)) genesis.BulkLoad([("account/ä", LogTesting.Bytes("genesis"))]);
        var writer = new WatchedLogWriter(new SqliteLogWriter(database))
        {
            BeforeWrite = _ =>
            {
                begun.Release();
                WatchedLogWriter.WaitFor(release);
            },
        };
        using var log = new OrderedLog(database, writer);
        var (pool, account) = (await log.OpenLoaded("pool/1"), await log.OpenLoaded("account/ä"));
        await log.AppendDurably(pool, "one", "");
        await log.PutSnapshot(pool, 2, LogTesting.Bytes("pool after 2"));
        for (var batch = 0; batch < 3; batch++) await begun.WaitAsync(TestContext.Current.CancellationToken);

        // While the account's event is held back, the two of the pool gather and so share a segment.
        release.Reset();
        log.Append(account, "hold");
        await begun.WaitAsync(TestContext.Current.CancellationToken);
        log.Append(pool, "three");
        log.Append(pool, LogTesting.Bytes(new string('x', 200)), isFinished: true);
        release.Set();
        await log.WhenDurable(log.AppendedPosition);

        using var records = SqliteRecordStore.Open(database);
        RecordKey key = new("grain/ä", "state");
        await records.CommitAsync([RecordWrite.Insert(key, LogTesting.Bytes("first")), RecordWrite.Insert(new("raw", ""), default)]);
        await records.CommitAsync([RecordWrite.Update(key, LogTesting.Bytes("value"), "1")]);
    }

    private string Dump()
    {
        using var session = SqliteSession.Open(folder.DatabasePath, isReadOnly: true);
        StringBuilder text = new();
        foreach (var pragma in (string[])["application_id", "user_version"])
            text.Append(CultureInfo.InvariantCulture, $"PRAGMA {pragma}={session.QueryInt64($"PRAGMA {pragma}")};\n");
        using var tables = session.Rent("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name");
        while (tables.Step())
        {
            text.Append(tables.Text(1)).Append(";\n");
            DumpRows(session, tables.Text(0), text);
        }

        return text.ToString();
    }

    private static void DumpRows(SqliteSession session, string table, StringBuilder text)
    {
        List<string> columns = [];
        using (var info = session.Rent($"SELECT name FROM pragma_table_info('{table}') ORDER BY cid"))
            while (info.Step()) columns.Add($"quote({info.Text(0)})");
        using var rows = session.Rent($"SELECT {string.Join(" || ', ' || ", columns)} FROM {table} ORDER BY 1");
        while (rows.Step()) text.Append(CultureInfo.InvariantCulture, $"INSERT INTO {table} VALUES({rows.Text(0)});\n");
    }
}

using System.Globalization;

namespace Dtao.Storage;

/// <summary>The tables of a database file and the marks by which it is known again.</summary>
/// <remarks>
/// Keys are UTF-8 bytes, so that their order is the same everywhere and no two texts fall together. Digests are 32 bytes.
/// Segments stand in the order of the log, each naming the actor's segment before it (0: none), and an actor's head names
/// its last one. An index by actor would dirty a page of its own for nearly every row of a commit: measured, that halves
/// the rate; the heads of many actors share a page. Long journals have a waypoint at every 512th event instead, so that
/// reading from the middle need not start at the head.
/// A head's "finished" is the segment after which its actor had nothing under way; any other value says nothing. A program
/// that does not know the column leaves it behind the segment, and so takes nothing back that it has not seen.
/// A reader of an old file needs nothing but this text and <see cref="SegmentFormat"/>.
/// </remarks>
internal static class StoreSchema
{
    /// <summary>Goes up with every change that an older program would misread.</summary>
    public const int Version = 1;

    /// <summary>"dTAO" in ASCII, in the place of the file's header that SQLite keeps for it.</summary>
    public const int ApplicationId = 0x6454414F;

    /// <summary>A segment that holds an event whose number is a multiple of this has a waypoint.</summary>
    public const int EventsPerWaypoint = 512;

    /// <summary>Counters: number of actors and of events (the log's position), last record version, bulk load under way.</summary>
    public const string ActorsCounter = "actors";
    public const string EventsCounter = "events";
    public const string RecordVersionCounter = "record_version";
    public const string BulkLoadMark = "bulk_load";

    private static readonly string[] Tables =
    [
        "CREATE TABLE counters(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
        """
        CREATE TABLE records(owner BLOB NOT NULL, name BLOB NOT NULL, version INTEGER NOT NULL, checksum INTEGER NOT NULL,
            value BLOB NOT NULL, PRIMARY KEY(owner, name)) WITHOUT ROWID
        """,
        "CREATE TABLE actors(key BLOB PRIMARY KEY, id INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE heads(actor INTEGER PRIMARY KEY, events INTEGER NOT NULL, segment INTEGER NOT NULL, finished INTEGER)",
        """
        CREATE TABLE segments(id INTEGER PRIMARY KEY, actor INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
            previous INTEGER NOT NULL, digest BLOB NOT NULL, payload BLOB NOT NULL)
        """,
        "CREATE TABLE waypoints(actor INTEGER NOT NULL, first INTEGER NOT NULL, segment INTEGER NOT NULL, PRIMARY KEY(actor, first)) WITHOUT ROWID",
        """
        CREATE TABLE snapshots(actor INTEGER NOT NULL, version INTEGER NOT NULL, digest BLOB NOT NULL,
            checksum INTEGER NOT NULL, state BLOB NOT NULL, PRIMARY KEY(actor, version)) WITHOUT ROWID
        """,
    ];

    /// <summary>The tables that grow, with their keys and the last column of a row.</summary>
    public static readonly IReadOnlyList<(string Name, string[] Key, string Last)> GrowingTables =
    [
        ("records", ["owner", "name"], "value"),
        ("actors", ["key"], "id"),
        ("heads", ["actor"], "segment"),
        ("segments", ["id"], "payload"),
        ("waypoints", ["actor", "first"], "segment"),
        ("snapshots", ["actor", "version"], "state"),
    ];

    public static void Create(SqliteSession session)
    {
        session.Execute("BEGIN IMMEDIATE");
        foreach (var table in Tables) session.Execute(table);
        foreach (var counter in (string[])[ActorsCounter, EventsCounter, RecordVersionCounter, BulkLoadMark])
            session.Execute($"INSERT INTO counters VALUES('{counter}', 0)");
        session.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id={ApplicationId}"));
        session.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={Version}"));
        session.Execute("COMMIT");
    }

    /// <summary>Adds to the tables of an older file what this program keeps in them.</summary>
    public static void Extend(SqliteSession session)
    {
        if (!KnowsFinished(session)) session.Execute("ALTER TABLE heads ADD COLUMN finished INTEGER");
    }

    /// <summary>Whether heads tell who has nothing under way: those of a file that only older programs have written do not.</summary>
    public static bool KnowsFinished(SqliteSession session) =>
        session.QueryInt64("SELECT count(*) FROM pragma_table_info('heads') WHERE name='finished'") > 0;

    public static long ReadCounter(SqliteSession session, string name) =>
        session.QueryInt64($"SELECT value FROM counters WHERE name='{name}'");

    public static void WriteCounter(SqliteSession session, string name, long value)
    {
        using var statement = session.Rent($"UPDATE counters SET value=?1 WHERE name='{name}'");
        if (statement.Bind(1, value).RunAndCount() != 1)
            throw new StoreException(StoreErrorCode.Corrupt, $"The counter '{name}' is missing.");
    }
}

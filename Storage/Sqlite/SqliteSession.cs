using System.Globalization;
using SQLitePCL;

namespace Dtao.Storage;

/// <summary>
/// One connection to a database file with its prepared statements. Used by one thread at a time. It speaks to SQLite
/// without ADO.NET in between, so that rows are bound from pooled bytes and error codes arrive as they are.
/// </summary>
internal sealed class SqliteSession : IDisposable
{
    private const int BusyTimeoutMs = 5_000;

    /// <summary>Steps of SQLite's machine, or pages of a check.</summary>
    private const int StepsBetweenLooks = 500;

    /// <summary>SQLITE_DBSTATUS_CACHE_WRITE: pages written, which in this journal mode go to the write-ahead log.</summary>
    private const int PagesWrittenStatus = 9;
    private readonly sqlite3 handle;
    private readonly string path;
    private readonly Dictionary<string, Stack<SqliteStatement>> idle = [];
    private readonly List<SqliteStatement> kept = [];

    private SqliteSession(string path, sqlite3 handle)
    {
        this.path = path;
        this.handle = handle;
    }

    public int Changes => raw.sqlite3_changes(handle);

    public bool IsInTransaction => raw.sqlite3_get_autocommit(handle) == 0;

    /// <summary>How many pages this connection has written since it was asked last.</summary>
    public int TakePagesWritten()
    {
        Check(raw.sqlite3_db_status(handle, PagesWrittenStatus, out var pages, out _, resetFlg: 1));
        return pages;
    }

    public static SqliteSession Open(string path, bool isReadOnly)
    {
        Batteries_V2.Init();
        var access = isReadOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE;
        var code = raw.sqlite3_open_v2(path, out var handle, access | raw.SQLITE_OPEN_NOMUTEX, null);
        var session = new SqliteSession(path, handle);
        try
        {
            session.Check(code);
            session.Check(raw.sqlite3_busy_timeout(handle, BusyTimeoutMs));
            session.Check(raw.sqlite3_extended_result_codes(handle, 1));
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public void Execute(string sql)
    {
        using var statement = Rent(sql);
        while (statement.Step())
        {
            // Pragmas answer with rows that nobody needs.
        }
    }

    public long QueryInt64(string sql)
    {
        using var statement = Rent(sql);
        return statement.Step() ? statement.Int64(0) : throw new StoreException(StoreErrorCode.Corrupt, $"'{sql}' in {path} gave no row.");
    }

    public string QueryText(string sql)
    {
        using var statement = Rent(sql);
        return statement.Step() ? statement.Text(0) : "";
    }

    /// <summary>A prepared statement: an idle one of the same text, or a new one.</summary>
    public SqliteStatement Rent(string sql)
    {
        return idle.TryGetValue(sql, out var stack) && stack.TryPop(out var statement) ? statement : Prepare(sql);
    }

    /// <summary>A prepared statement that is never given back and ends with the session: for those that run very often.</summary>
    public SqliteStatement Keep(string sql)
    {
        var statement = Prepare(sql);
        kept.Add(statement);
        return statement;
    }

    /// <summary>Asks again and again, while a statement runs, whether to end it; one that is ended throws <see cref="OperationCanceledException"/>.</summary>
    public void EndWhen(Func<bool> mustEnd) => raw.sqlite3_progress_handler(handle, StepsBetweenLooks, _ => mustEnd() ? 1 : 0, null);

    /// <summary>Whether the last statement that failed could not read the file.</summary>
    public bool CouldNotRead => (raw.sqlite3_errcode(handle) & 0xff) == raw.SQLITE_IOERR;

    public void Rollback()
    {
        if (IsInTransaction) Execute("ROLLBACK");
    }

    public void Dispose()
    {
        foreach (var statement in idle.Values.SelectMany(stack => stack).Concat(kept)) statement.Close();
        idle.Clear();
        kept.Clear();
        handle.Dispose();
    }

    internal void GiveBack(SqliteStatement statement)
    {
        statement.Reset();
        if (!idle.TryGetValue(statement.Sql, out var stack)) idle.Add(statement.Sql, stack = []);
        stack.Push(statement);
    }

    private SqliteStatement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(handle, sql, out var prepared));
        return new(this, sql, prepared);
    }

    internal void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw Error(code);
    }

    internal StoreException Error(int code)
    {
        var said = handle.IsInvalid ? raw.sqlite3_errstr(code).utf8_to_string() : raw.sqlite3_errmsg(handle).utf8_to_string();
        var number = code.ToString(CultureInfo.InvariantCulture);
        return new(CodeOf(code & 0xff), $"The database {path} failed: {said} (SQLite error {number}).");
    }

    private static StoreErrorCode CodeOf(int primaryCode) => primaryCode switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => StoreErrorCode.Locked,
        // The file's first bytes were seen to be a database's, so what SQLite cannot make out behind them is damaged.
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => StoreErrorCode.Corrupt,
        raw.SQLITE_FULL => StoreErrorCode.Full,
        raw.SQLITE_READONLY => StoreErrorCode.ReadOnly,
        _ => StoreErrorCode.Unavailable,
    };
}

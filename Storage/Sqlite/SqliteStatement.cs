using SQLitePCL;

namespace Dtao.Storage;

/// <summary>One prepared statement, rented from its session and given back by disposing it.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteSession session;
    private readonly sqlite3_stmt handle;

    internal SqliteStatement(SqliteSession session, string sql, sqlite3_stmt handle)
    {
        this.session = session;
        this.handle = handle;
        Sql = sql;
    }

    public string Sql { get; }

    public SqliteStatement Bind(int index, long value)
    {
        session.Check(raw.sqlite3_bind_int64(handle, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        session.Check(raw.sqlite3_bind_blob(handle, index, value));
        return this;
    }

    /// <summary>Moves to the next row; false after the last one.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW) return true;
        if (code == raw.SQLITE_DONE) return false;
        if ((code & 0xff) == raw.SQLITE_INTERRUPT) throw new OperationCanceledException("The statement was ended.");
        throw session.Error(code);
    }

    /// <summary>Runs a statement that returns no rows, and readies it for the next run.</summary>
    public void Run()
    {
        Step();
        Reset();
    }

    /// <summary>As <see cref="Run"/>.</summary>
    /// <returns>How many rows it changed.</returns>
    public int RunAndCount()
    {
        Run();
        return session.Changes;
    }

    public long Int64(int column) => raw.sqlite3_column_int64(handle, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public bool IsInteger(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_INTEGER;

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string() ?? "";

    /// <summary>A column's bytes, valid until the next step.</summary>
    public ReadOnlySpan<byte> Span(int column) => raw.sqlite3_column_blob(handle, column);

    public byte[] Blob(int column) => Span(column).ToArray();

    // A reset repeats the error of the last step, which was thrown already.
    public void Reset() => _ = raw.sqlite3_reset(handle);

    public void Dispose() => session.GiveBack(this);

    internal void Close() => handle.Dispose();
}

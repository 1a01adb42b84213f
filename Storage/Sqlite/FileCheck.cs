using System.Diagnostics;

namespace Dtao.Storage;

/// <summary>Looks for damage in a file that is in use, on a thread and a read-only connection of its own.</summary>
/// <remarks>
/// First all at one instant. The write-ahead log cannot begin anew while somebody reads an older instant, so this try is given up when very much is written meanwhile.
/// Then row by row, each table from one end to the other, in many short reads: between them the log begins anew. That finds every row that cannot be read, and rows that
/// are out of order; not pages that two tables use, nor what is wrong in space that is free.
/// What others write meanwhile is no damage: each read sees one instant.
/// </remarks>
internal sealed class FileCheck : IDisposable
{
    private const int RowsPerRead = 8_192;
    private const int BytesPerRead = 4 * 1024 * 1024;
    private const int RestLooksMax = 500;
    private static readonly TimeSpan RestLook = TimeSpan.FromMilliseconds(10);

    private readonly SqliteDatabase database;
    private readonly SqliteDatabaseOptions options;
    private readonly Checkpointer checkpointer;
    private readonly CancellationTokenSource closing = new();
    private Thread? thread;
    private long pagesAtBegin;
    private long pagesAtRest;
    private long pagesMax;

    public FileCheck(SqliteDatabase database, SqliteDatabaseOptions options, Checkpointer checkpointer) =>
        (this.database, this.options, this.checkpointer) = (database, options, checkpointer);

    public void Begin()
    {
        thread = new(Run) { IsBackground = true, Name = "file check", Priority = ThreadPriority.Lowest };
        thread.Start();
    }

    /// <summary>Ends the check, wherever it is. May be called more than once.</summary>
    public void Dispose()
    {
        if (thread is null) return;
        closing.Cancel();
        thread.Join();
        thread = null;
        closing.Dispose();
    }

    private void Run()
    {
        LowPriority.Enter();
        var start = Stopwatch.GetTimestamp();
        FileCheckReport report;
        try
        {
            options.CheckedAfter.Wait(closing.Token);
            start = Stopwatch.GetTimestamp();
            using var session = database.OpenReader();
            session.Execute("PRAGMA cell_size_check=ON");
            session.EndWhen(MustEnd);
            report = Check(session, start);
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // Nobody waits for this thread: what went wrong is told, and the file is used as if it had not been looked at.
        catch (Exception e)
#pragma warning restore CA1031
        {
            report = new(FileCheckResult.NotMade, Stopwatch.GetElapsedTime(start), e.Message);
        }

        options.OnChecked?.Invoke(report);
    }

    private FileCheckReport Check(SqliteSession session, long start)
    {
        try
        {
            var result = FileCheckResult.Sound;
            if (FindDamage(session, table: null) is not { } damage)
            {
                result = FileCheckResult.EveryRowReadable;
                damage = ReadEveryRow(session);
            }

            return damage.Count == 0 ? new(result, Stopwatch.GetElapsedTime(start)) : Damaged(damage[0], start);
        }
        catch (StoreException e) when (e.Code == StoreErrorCode.Corrupt || session.CouldNotRead)
        {
            return Damaged(e.Message, start);
        }
    }

    private FileCheckReport Damaged(string what, long start)
    {
        var damage = SqliteDatabase.DamageOf(database.Path, what);
        database.EndWriting(damage);
        return new(FileCheckResult.Damaged, Stopwatch.GetElapsedTime(start), damage.Message);
    }

    /// <summary>SQLite's own check, at one instant; null when too much was written meanwhile.</summary>
    private List<string>? FindDamage(SqliteSession session, string? table)
    {
        BeginRead(options.CheckLogPagesMax);
        try
        {
            var damage = SqliteDatabase.FindDamage(session, "quick_check", table);

            // One that was ended may say so as if it were damage.
            return MustEnd() ? GivenUp() : damage;
        }
        catch (OperationCanceledException)
        {
            return GivenUp();
        }
    }

    private List<string>? GivenUp()
    {
        closing.Token.ThrowIfCancellationRequested();
        Rest();
        return null;
    }

    private List<string> ReadEveryRow(SqliteSession session)
    {
        foreach (var (table, key, last) in StoreSchema.GrowingTables)
        {
            string? damage = null;
            try
            {
                object[]? from = null;
                do
                {
                    closing.Token.ThrowIfCancellationRequested();
                    BeginRead(long.MaxValue);
                    (from, damage) = ReadRows(session, table, key, last, from);
                    if (checkpointer.PagesWritten - pagesAtRest >= options.CheckRestPages) Rest();
                }
                while (from is not null);
            }
            catch (StoreException e) when (e.Code == StoreErrorCode.Corrupt || session.CouldNotRead)
            {
                damage = $"{table}: {e.Message}";
            }

            // SQLite's check of the one table says which page it is.
            if (damage is not null) return FindDamage(session, table) is { Count: > 0 } pages ? pages : [damage];
        }

        return [];
    }

    /// <summary>One read: some rows behind a key, with all that is in them.</summary>
    /// <returns>The last key; null at the table's end.</returns>
    private (object[]? Last, string? Damage) ReadRows(SqliteSession session, string table, string[] key, string last, object[]? from)
    {
        var columns = string.Join(", ", key);
        var behind = from is null ? "" : $" WHERE ({columns}) > ({string.Join(", ", key.Select((_, index) => $"?{index + 1}"))})";
        using var rows = session.Rent($"SELECT {columns}, {last} FROM {table}{behind} ORDER BY {columns}");
        for (var i = 0; from is not null && i < key.Length; i++)
        {
            if (from[i] is long number) rows.Bind(i + 1, number);
            else rows.Bind(i + 1, (byte[])from[i]);
        }

        var before = from;
        var bytes = 0L;
        for (var count = 0; count < RowsPerRead && bytes < BytesPerRead; count++)
        {
            if (!rows.Step()) return (null, null);
            var now = new object[key.Length];
            for (var i = 0; i < now.Length; i++) now[i] = rows.IsInteger(i) ? rows.Int64(i) : rows.Blob(i);
            if (before is not null && Compare(before, now) >= 0) return (null, $"{table}: a row is not in the order of its key.");
            before = now;
            if (!rows.IsInteger(key.Length)) bytes += rows.Span(key.Length).Length;
        }

        return (before, null);
    }

    private static int Compare(object[] one, object[] other)
    {
        for (var i = 0; i < one.Length; i++)
        {
            var order = (one[i], other[i]) switch
            {
                (long a, long b) => a.CompareTo(b),
                (byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b),
                // Numbers stand before bytes.
                (long, _) => -1,
                _ => 1,
            };
            if (order != 0) return order;
        }

        return 0;
    }

    private void BeginRead(long pages)
    {
        pagesAtBegin = checkpointer.PagesWritten;
        pagesMax = pages;
    }

    private bool MustEnd()
    {
        options.DuringCheck?.Invoke(closing.Token);
        return closing.IsCancellationRequested || checkpointer.PagesWritten - pagesAtBegin > pagesMax;
    }

    /// <summary>Reads nothing until the log was carried over and a commit could begin it anew, or until nobody writes.</summary>
    private void Rest()
    {
        var rounds = checkpointer.Rounds;
        checkpointer.Request();
        Until(() => checkpointer.Rounds > rounds);
        var pages = checkpointer.PagesWritten;
        Until(() => checkpointer.PagesWritten > pages);
        pagesAtRest = checkpointer.PagesWritten;
    }

    private void Until(Func<bool> holds)
    {
        for (var look = 0; look < RestLooksMax && !holds(); look++)
        {
            if (closing.Token.WaitHandle.WaitOne(RestLook)) closing.Token.ThrowIfCancellationRequested();
        }
    }
}

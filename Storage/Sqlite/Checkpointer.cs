using System.Diagnostics;

namespace Dtao.Storage;

/// <summary>Carries what stands in the write-ahead log over into the file, on a thread and a connection of its own, so that commits do not wait for it.</summary>
/// <remarks>
/// SQLite begins its log anew only when all of it has been carried over, and syncs the file only then; and a busy writer always adds to it. So most is carried over
/// beside the writer, and the rest, which is little then, while the writer is held. Were it held more seldom, more would have to be synced at once, and it would
/// be held for longer. Where somebody still reads an older instant it goes as far as it can, and on after some more pages.
/// What is durable stands in the log until it is durable in the file: this decides how long the log gets, and nothing else. So a failure is not the committer's either.
/// </remarks>
internal sealed class Checkpointer : IDisposable
{
    /// <summary>Rounds beside the writer: the second finds what was written during the first.</summary>
    private const int RoundsBeside = 2;

    private readonly string path;
    private readonly Lock writeGate;
    private readonly int pagesMin;
    private readonly AutoResetEvent wake = new(false);
    private Thread? thread;
    private long pages;
    private long pagesWritten;
    private long rounds;
    private volatile bool isStopping;
    private bool isDisposed;

    /// <param name="pagesMin">From so many pages on since the last time, it is worth the syncs.</param>
    public Checkpointer(string path, Lock writeGate, int pagesMin) => (this.path, this.writeGate, this.pagesMin) = (path, writeGate, pagesMin);

    /// <summary>Pages that commits have written to the log since the file was opened.</summary>
    public long PagesWritten => Volatile.Read(ref pagesWritten);

    /// <summary>How often the log has been carried over.</summary>
    public long Rounds => Volatile.Read(ref rounds);

    /// <summary>Told by whoever has committed, and still holds the gate.</summary>
    public void NoteCommit(SqliteSession writer)
    {
        var written = writer.TakePagesWritten();
        Volatile.Write(ref pagesWritten, pagesWritten + written);
        pages += written;
        if (pages >= pagesMin) Wake();
    }

    /// <summary>Has the log carried over before it is due. Nobody waits for it.</summary>
    public void Request()
    {
        lock (writeGate) Wake();
    }

    private void Wake()
    {
        if (isStopping) return;
        pages = 0;
        if (thread is null)
        {
            thread = new(Run) { IsBackground = true, Name = "checkpoints" };
            thread.Start();
        }

        wake.Set();
    }

    /// <summary>Ends with the checkpoint that is under way. Nobody may hold the gate. A repeat does nothing.</summary>
    public void Dispose()
    {
        lock (writeGate)
        {
            if (isDisposed) return;
            (isStopping, isDisposed) = (true, true);
        }

        wake.Set();
        thread?.Join();
        wake.Dispose();
    }

    private void Run()
    {
        SqliteSession? session = null;
        try
        {
            while (true)
            {
                wake.WaitOne();
                if (isStopping) return;
                try
                {
                    session ??= Open();
                    CarryOver(session);
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    // Nobody else is on this thread: what left it would end the process. As many pages later it is tried again; a disk that is full or broken shows at the commits themselves.
                }
            }
        }
        finally
        {
            session?.Dispose();
        }
    }

    private SqliteSession Open()
    {
        var session = SqliteSession.Open(path, isReadOnly: false);
        session.Execute("PRAGMA synchronous=FULL");

        // Before it has read once, a connection knows of no log.
        session.QueryInt64("SELECT count(*) FROM sqlite_schema");
        return session;
    }

    private void CarryOver(SqliteSession session)
    {
        var start = Stopwatch.GetTimestamp();
        for (var round = 0; round < RoundsBeside; round++) session.Execute("PRAGMA wal_checkpoint(PASSIVE)");
        StoreMetrics.CarriedOver(isWriterHeld: false, start);
        lock (writeGate)
        {
            start = Stopwatch.GetTimestamp();
            session.Execute("PRAGMA wal_checkpoint(PASSIVE)");
            StoreMetrics.CarriedOver(isWriterHeld: true, start);
        }

        Volatile.Write(ref rounds, rounds + 1);
    }
}

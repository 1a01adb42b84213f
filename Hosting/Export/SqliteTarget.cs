using Dtao.Storage;

namespace Dtao.Hosting.Export;

/// <summary>A new file of the embedded store. It is written under another name and gets its own when it is whole.</summary>
/// <remarks>An import that was killed leaves a file that nobody takes for a ledger; the next one begins anew.</remarks>
public sealed class SqliteTarget : INetworkTarget
{
    /// <summary>Added to the file's name while it is written.</summary>
    public const string PartialSuffix = ".import";

    /// <summary>What may wait for the disk before the next item is read.</summary>
    private const long QueuedBytesMax = 16 * 1024 * 1024;

    private readonly string _path;
    private readonly string _partial;
    private FileStream? _lock;
    private OrderedLog? _log;
    private IJournal? _journal;
    private Task _lastSnapshot = Task.CompletedTask;
    private byte[]? _document;

    public SqliteTarget(string path)
    {
        _path = Path.GetFullPath(path);
        _partial = _path + PartialSuffix;
    }

    /// <summary>Said when the copy of the genesis document was not written, because there is another one.</summary>
    public bool LeftOtherDocument { get; private set; }

    public Task BeginAsync(NetworkFileReport file, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        _lock = TakeLock();
        RefuseIfThere();
        RemovePartial();
        _log = OrderedLog.Open(_partial);
        return Task.CompletedTask;
    }

    public async ValueTask WriteAsync(LedgerItem item, CancellationToken cancellationToken)
    {
        switch (item.Kind)
        {
            case LedgerItemKind.Document:
                _document = item.Bytes.ToArray();
                break;
            case LedgerItemKind.Actor:
                _journal = _log!.Open(item.ActorKey);
                await _journal.LoadAsync();
                break;
            case LedgerItemKind.Event:
                await MakeRoom(item.Bytes.Length);
                _log!.Append(_journal!, item.Bytes);
                break;
            case LedgerItemKind.End:
                _journal!.Dispose();
                break;
            default:
                await MakeRoom(item.Bytes.Length);
                _lastSnapshot = _log!.PutSnapshot(_journal!, item.Number, item.Bytes);
                break;
        }
    }

    public async Task<LedgerTotals> FinishAsync(CancellationToken cancellationToken)
    {
        await Drain();
        using var view = _log!.OpenReadView();
        await using var source = new SqliteSource(view);
        var tally = new LedgerTally();
        await foreach (var item in source.ReadAsync(cancellationToken)) tally.Take(item);
        return tally.Totals();
    }

    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        // The last connection that closes writes everything into the file itself.
        await _log!.DisposeAsync();
        _log = null;
        if (File.Exists(_partial + "-wal")) throw new StoreException(StoreErrorCode.Unavailable, $"{_partial} is read by somebody else and cannot be closed.");
        using (var handle = File.OpenHandle(_partial, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.FlushToDisk(handle);
        await WriteDocument(cancellationToken);
        RefuseIfThere();
        File.Move(_partial, _path, overwrite: true);
        RemovePartial();
    }

    public async ValueTask DisposeAsync()
    {
        if (_log is not null) await _log.DisposeAsync();
        _lock?.Dispose();
    }

    /// <summary>The file that a silo on this database would lock: neither a silo nor another import comes in between.</summary>
    private FileStream TakeLock()
    {
        try
        {
            return new FileStream(_path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken)
        {
            throw new StoreException(StoreErrorCode.Locked, $"{_path} is in use ({taken.Message})", taken);
        }
    }

    /// <summary>
    /// An empty file is what a process leaves that ended before it wrote anything. A write-ahead log without its database is the rest of another one, and would be
    /// played into this.
    /// </summary>
    private void RefuseIfThere()
    {
        foreach (var companion in (string[])["", "-wal", "-journal"])
        {
            if (new FileInfo(_path + companion) is { Exists: true, Length: > 0 }) throw new NetworkFileException(NetworkFileErrorCode.TargetNotEmpty, $"{_path + companion} exists.");
        }
    }

    private void RemovePartial()
    {
        foreach (var companion in (string[])["", "-wal", "-shm", "-journal", ".lock"]) File.Delete(_partial + companion);
    }

    private async ValueTask MakeRoom(int bytes)
    {
        if (_log!.QueuedBytes + bytes > QueuedBytesMax) await Drain();
    }

    private async Task Drain()
    {
        await _log!.WhenDurable(_log.AppendedPosition);
        await _lastSnapshot;
    }

    private async Task WriteDocument(CancellationToken cancellationToken)
    {
        if (_document is null) return;
        var beside = SqliteSource.DocumentBeside(_path);
        if (File.Exists(beside))
        {
            LeftOtherDocument = !(await File.ReadAllBytesAsync(beside, cancellationToken)).AsSpan().SequenceEqual(_document);
            return;
        }

        await File.WriteAllBytesAsync(beside, _document, cancellationToken);
    }
}

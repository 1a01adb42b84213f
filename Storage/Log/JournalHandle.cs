namespace Dtao.Storage;

/// <summary>One activation's hold on a journal; the log keeps what is behind it.</summary>
internal sealed class JournalHandle(OrderedLog log, JournalEntry journal) : IJournal
{
    public string ActorKey => journal.ActorKey;

    public long Version => log.TipOf(journal);

    public bool IsFenced => !ReferenceEquals(journal.Owner, this);

    internal OrderedLog Log => log;

    internal JournalEntry Journal => journal;

    /// <summary>Set once the image was handed out: nobody may append to a journal that he has not read.</summary>
    internal bool IsLoaded { get; set; }

    public ValueTask<JournalImage> LoadAsync() => log.LoadAsync(this);

    public void Dispose() => log.GiveUp(this);
}

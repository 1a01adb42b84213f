using System.Threading.Channels;
using Dtao.Grains.Feed.Index;
using Dtao.Grains.Shell;
using Dtao.Grains.Wire;
using Microsoft.Extensions.Logging;

namespace Dtao.Hosting.Cluster;

/// <summary>
/// The accounts that are active in this silo, kept in a journal of the silo's own, so that whoever survives it knows which to wake. Hotkeys and pools stand in it too:
/// so every actor that is not known anyway is named in some silo's journal before it has an event.
/// </summary>
/// <remarks>
/// One write for many accounts, once an activation and not once an operation. What an account left behind clean goes with the next snapshot, so
/// the journal stays about as long as the silo has active accounts. One loop owns the journal; a write that failed is followed by a fresh look at it.
/// Whoever takes up what a silo left ends its list first: one that was only thought dead takes on no account after that.
/// </remarks>
public sealed partial class ActiveAccounts : IAsyncDisposable
{
    private const byte FormatVersion = 1;

    /// <summary>The journal is made shorter when it names this many accounts more than twice those that are active.</summary>
    private const int SurplusMax = 4_096;
    private const int BatchMax = 4_096;

    private readonly IActorJournals _journals;
    private readonly SiloDirectory _directory;
    private readonly ILogger _logger;
    private readonly Channel<(string ActorKey, TaskCompletionSource Noted)> _queue = Channel.CreateUnbounded<(string, TaskCompletionSource)>(new() { SingleReader = true });
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _active = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<string> _name = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _writing;
    private IActorJournal? _journal;
    private long _version;
    private long _named;

    public ActiveAccounts(IActorJournals journals, SiloDirectory directory, ILogger<ActiveAccounts> logger)
    {
        _journals = journals;
        _directory = directory;
        _logger = logger;
        _writing = Task.Run(WriteBatches);
    }

    /// <summary>The name of a silo's journal in the store.</summary>
    public static string ActorKeyOf(string silo) => ActorKeyPrefix + silo;

    /// <summary>With which the names of all silos' journals begin.</summary>
    public const string ActorKeyPrefix = "silo/";

    /// <summary>How many actors are noted as active.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _active.Count;
        }
    }

    /// <summary>From here on it is known as whose accounts they are noted; before, everyone waits.</summary>
    public void BeginAs(string silo) => _name.TrySetResult(silo);

    /// <summary>Completes when it is durable that the account is active here.</summary>
    public async ValueTask EnterAsync(string actorKey)
    {
        lock (_lock)
        {
            if (_active.TryGetValue(actorKey, out var count))
            {
                _active[actorKey] = count + 1;
                return;
            }
        }

        var noted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_queue.Writer.TryWrite((actorKey, noted))) throw new OperationCanceledException("The silo stops.");
        await noted.Task;
    }

    public void Leave(string actorKey)
    {
        lock (_lock)
        {
            if (!_active.TryGetValue(actorKey, out var count)) return;
            if (count > 1) _active[actorKey] = count - 1;
            else _active.Remove(actorKey);
        }
    }

    /// <summary>Takes nobody any more, and leaves in the journal only those that left something to finish.</summary>
    public async Task StopAsync()
    {
        _queue.Writer.TryComplete();
        _name.TrySetCanceled();
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_journal is null) return;
        try
        {
            await Shorten(_journal);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Then more accounts are woken than there is need to.
            LogNotShortened(exception.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _name.TrySetCanceled();
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends the journal of a silo that is dead, so that it can note nobody any more if it is not, and reads whom it has noted.</summary>
    public static async Task<IReadOnlySet<string>> EndAndReadAsync(IActorJournals journals, string silo)
    {
        using var journal = journals.Open(ActorKeyOf(silo));
        var image = await journal.LoadAsync();
        await journal.WhenDurable(journal.Append(Encode([], isEnd: true)));
        var found = new HashSet<string>(StringComparer.Ordinal);
        Decode(image, found);
        return found;
    }

    /// <summary>What one record of a silo's journal names; null when no record begins with that event.</summary>
    internal static async Task<NotedActors?> ReadNotedAsync(GrainStorageJournals journals, string silo, long first)
    {
        if (await journals.ReadSegmentAsync(ActorKeyOf(silo), first) is not { Count: > 0 } batches) return null;
        var (found, isEnd) = (new HashSet<string>(StringComparer.Ordinal), false);
        foreach (var batch in batches) isEnd |= Decode(batch.Span, found);
        return new NotedActors(found, first + batches.Count, isEnd);
    }

    private async Task WriteBatches()
    {
        var silo = await _name.Task;
        var batch = new Dictionary<string, List<TaskCompletionSource>>(StringComparer.Ordinal);
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < BatchMax && _queue.Reader.TryRead(out var next))
            {
                if (!batch.TryGetValue(next.ActorKey, out var waiting)) batch.Add(next.ActorKey, waiting = []);
                waiting.Add(next.Noted);
            }

            await Write(silo, batch);
            batch.Clear();
        }
    }

    private async Task Write(string silo, Dictionary<string, List<TaskCompletionSource>> batch)
    {
        try
        {
            if (_journal is null)
            {
                await _directory.AddAsync(silo);
                var journal = _journals.Open(ActorKeyOf(silo));
                var image = await journal.LoadAsync();
                if (Decode(image, [])) throw new InvalidOperationException($"Silo {silo} was taken for dead, and what it left is taken up by others.");
                (_journal, _version) = (journal, image.SnapshotVersion + image.Events.Count);
            }

            await _journal.WhenDurable(_journal.Append(Encode(batch.Keys)));
            (_version, _named) = (_version + 1, _named + batch.Count);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whether it was written is found out when the journal is read again.
            _journal?.Dispose();
            _journal = null;
            foreach (var noted in batch.Values.SelectMany(waiting => waiting)) noted.TrySetException(exception);
            return;
        }

        lock (_lock)
        {
            foreach (var (actorKey, waiting) in batch) _active[actorKey] = _active.GetValueOrDefault(actorKey) + waiting.Count;
        }

        foreach (var noted in batch.Values.SelectMany(waiting => waiting)) noted.TrySetResult();
        if (_named <= (2L * Count) + SurplusMax) return;
        try
        {
            await Shorten(_journal);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogNotShortened(exception.Message);
        }
    }

    private async Task Shorten(IActorJournal journal)
    {
        byte[] active;
        lock (_lock)
        {
            active = Encode(_active.Keys);
            _named = _active.Count;
        }

        await journal.PutSnapshotAsync(_version, active);
    }

    private static byte[] Encode(IReadOnlyCollection<string> actorKeys, bool isEnd = false)
    {
        var writer = new RecordWriter((actorKeys.Count * 80) + 16);
        writer.Byte(FormatVersion);
        writer.Bool(isEnd);
        writer.UInt64((ulong)actorKeys.Count);
        foreach (var actorKey in actorKeys) writer.Text(actorKey);
        return writer.ToArray();
    }

    /// <returns>Whether the list was ended.</returns>
    private static bool Decode(ActorImage image, HashSet<string> found)
    {
        var isEnded = image.Snapshot is { } snapshot && Decode(snapshot.Span, found);
        foreach (var batch in image.Events) isEnded |= Decode(batch.Span, found);
        return isEnded;
    }

    private static bool Decode(ReadOnlySpan<byte> bytes, HashSet<string> found)
    {
        var reader = new RecordReader(bytes);
        LedgerCodec.Expect(reader.Byte(), FormatVersion, "list of active accounts");
        var isEnd = reader.Bool();
        for (var count = reader.Count(); count > 0; count--) found.Add(reader.Text()!);
        return isEnd;
    }

    [LoggerMessage(721, LogLevel.Warning, "The list of active accounts was not made shorter: {Reason}")]
    private partial void LogNotShortened(string reason);
}

/// <summary>Journals in grain storage, with a note of which accounts are active in this silo.</summary>
internal sealed class ClusterJournals(IActorJournals inner, ActiveAccounts accounts) : IActorJournals
{
    public Guid LogId => inner.LogId;

    public bool IsSaturated => inner.IsSaturated;

    public IActorJournal Open(string actorKey) => inner.Open(actorKey);

    public ValueTask EnterAsync(string actorKey) => accounts.EnterAsync(actorKey);

    public void Leave(string actorKey) => accounts.Leave(actorKey);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadEventsAsync(string actorKey, long firstEvent, int countMax) =>
        inner.ReadEventsAsync(actorKey, firstEvent, countMax);
}

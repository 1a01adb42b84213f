using System.Buffers;
using System.Diagnostics;

namespace Dtao.Storage;

/// <summary>
/// Events that were appended and not yet written, of all actors, in order. There are two, which take turns: one fills
/// while the other is written.
/// </summary>
internal sealed class AppendBuffer
{
    private const int ChunkBytes = 256 * 1024;
    private readonly List<byte[]> chunks = [];
    private int usedInLastChunk;
    private Event[] events = new Event[1024];
    private List<ActivityContext>? traced;

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>The spans under which events were appended, as far as they are traced.</summary>
    public IReadOnlyList<ActivityContext> Traced => traced ?? [];

    /// <summary>Ends with the batch that this buffer becomes; all who wait for one of its positions wait for this.</summary>
    public TaskCompletionSource Completion { get; private set; } = NewCompletion();

    public void Add(JournalEntry journal, ReadOnlySpan<byte> canonicalEvent, bool isFinished)
    {
        if (chunks.Count == 0 || chunks[^1].Length - usedInLastChunk < canonicalEvent.Length)
        {
            chunks.Add(ArrayPool<byte>.Shared.Rent(Math.Max(ChunkBytes, canonicalEvent.Length)));
            usedInLastChunk = 0;
        }

        if (Count == events.Length) Array.Resize(ref events, checked(Count * 2));
        canonicalEvent.CopyTo(chunks[^1].AsSpan(usedInLastChunk));
        events[Count++] = new(journal, chunks.Count - 1, usedInLastChunk, canonicalEvent.Length, isFinished);
        usedInLastChunk += canonicalEvent.Length;
        Bytes += canonicalEvent.Length;
        StoreTraces.Note(ref traced);
    }

    public ReadOnlySpan<byte> EventAt(int index)
    {
        ref readonly var entry = ref events[index];
        return chunks[entry.Chunk].AsSpan(entry.Offset, entry.Length);
    }

    /// <summary>Whether the event's actor had nothing under way after it.</summary>
    public bool IsFinishedAt(int index) => events[index].IsFinished;

    /// <summary>The next event of the same actor, or -1.</summary>
    public int NextOfActor(int index) => events[index].Next;

    /// <summary>Links the events of each actor, and lists the actors in the order of their first event.</summary>
    public void GroupByActor(List<JournalEntry> actors)
    {
        for (var index = 0; index < Count; index++)
        {
            var journal = events[index].Journal;
            if (journal.BatchCount == 0)
            {
                journal.BatchFirst = index;
                actors.Add(journal);
            }
            else
            {
                events[journal.BatchLast].Next = index;
            }

            journal.BatchLast = index;
            journal.BatchCount++;
        }
    }

    public void Clear()
    {
        Array.Clear(events, 0, Count);
        for (var index = 1; index < chunks.Count; index++) ArrayPool<byte>.Shared.Return(chunks[index]);
        if (chunks.Count > 1) chunks.RemoveRange(1, chunks.Count - 1);
        (Count, Bytes, usedInLastChunk) = (0, 0, 0);
        traced = null;
        Completion = NewCompletion();
    }

    // Continuations are grain turns; they must not run on the writer's thread.
    private static TaskCompletionSource NewCompletion() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private struct Event(JournalEntry journal, int chunk, int offset, int length, bool isFinished)
    {
        public readonly JournalEntry Journal = journal;
        public readonly int Chunk = chunk;
        public readonly int Offset = offset;
        public readonly int Length = length;
        public readonly bool IsFinished = isFinished;
        public int Next = -1;
    }
}

using System.Buffers.Binary;

namespace Dtao.Storage;

/// <summary>
/// Extends the digest chains of a batch's journals by its events, many journals side by side: a chain has to be computed event after event, and chains do not
/// depend on each other.
/// </summary>
/// <param name="usesLanes">Whether lanes are used where the machine has them.</param>
internal sealed class ChainLanes(bool usesLanes = true)
{
    /// <summary>A message is the digest before, an event, and SHA-256's padding. What is longer is hashed by itself.</summary>
    private const int MessageBytesMax = 8 * 1024;

    /// <summary>With fewer journals most lanes would be empty.</summary>
    private const int JournalsMin = Sha256Lanes.Count;

    /// <summary>When so few lanes have something left, the rest of their chains is hashed one after the other.</summary>
    private const int BusyMin = 3;
    private const int PaddingMin = 1 + sizeof(ulong);

    private readonly Sha256Lanes hash = new();
    private readonly byte[] messages = new byte[Sha256Lanes.Count * MessageBytesMax];
    private readonly int[] places = new int[Sha256Lanes.Count];
    private readonly Lane[] lanes = new Lane[Sha256Lanes.Count];
    private byte[] scratch = new byte[4 * 1024];

    /// <summary>Moves the digest of each journal to what it is after its last event of the batch.</summary>
    /// <param name="journals">The batch's, with their events linked.</param>
    /// <param name="events">Of the batch.</param>
    public void Extend(List<JournalEntry> journals, AppendBuffer events)
    {
        if (!usesLanes || !Sha256Lanes.IsSupported || journals.Count < JournalsMin)
        {
            foreach (var journal in journals) ExtendAlone(journal, events, journal.BatchFirst, journal.BatchCount);
            return;
        }

        var longest = BlocksOf(events) / Sha256Lanes.Count;
        var (next, busy) = (0, 0);
        for (var lane = 0; lane < lanes.Length; lane++)
        {
            if (TryBegin(lane, journals, ref next, longest, events)) busy++;
        }

        while (busy > 0)
        {
            hash.Take(messages, places);
            for (var lane = 0; lane < lanes.Length; lane++)
            {
                ref var its = ref lanes[lane];
                if (its.Journal is not { } journal) continue;
                if (--its.BlocksLeft > 0)
                {
                    places[lane] += Sha256Lanes.BlockBytes;
                    continue;
                }

                hash.Read(lane, journal.Digest);
                its.Event = events.NextOfActor(its.Event);
                if (--its.EventsLeft > 0 && busy >= BusyMin)
                {
                    LoadEvent(lane, events);
                    continue;
                }

                ExtendAlone(journal, events, its.Event, its.EventsLeft);
                its.Journal = null;
                if (!TryBegin(lane, journals, ref next, longest, events)) busy--;
            }
        }
    }

    private void ExtendAlone(JournalEntry journal, AppendBuffer events, int index, int count)
    {
        for (; count > 0; count--)
        {
            journal.Digest.Extend(events.EventAt(index), ref scratch);
            index = events.NextOfActor(index);
        }
    }

    /// <summary>Gives a lane the next journal that is worth one; those before it are hashed here.</summary>
    private bool TryBegin(int lane, List<JournalEntry> journals, ref int next, long longest, AppendBuffer events)
    {
        while (next < journals.Count)
        {
            var journal = journals[next++];
            if (!FitsLane(journal, longest, events))
            {
                ExtendAlone(journal, events, journal.BatchFirst, journal.BatchCount);
                continue;
            }

            lanes[lane] = new Lane { Journal = journal, Event = journal.BatchFirst, EventsLeft = journal.BatchCount };
            LoadEvent(lane, events);
            return true;
        }

        return false;
    }

    /// <summary>Whether no event is too long for a lane, and the chain is not so long that the other lanes would be empty before it ends.</summary>
    private static bool FitsLane(JournalEntry journal, long longest, AppendBuffer events)
    {
        long blocks = 0;
        var index = journal.BatchFirst;
        for (var left = journal.BatchCount; left > 0; left--)
        {
            var length = events.EventAt(index).Length;
            if (length > MessageBytesMax - Digest.Length - PaddingMin) return false;
            blocks += BlocksOf(length);
            index = events.NextOfActor(index);
        }

        return blocks <= longest;
    }

    private static long BlocksOf(AppendBuffer events)
    {
        long blocks = 0;
        for (var index = 0; index < events.Count; index++) blocks += BlocksOf(events.EventAt(index).Length);
        return blocks;
    }

    /// <summary>Blocks of the message that adds an event of this length to a chain.</summary>
    private static int BlocksOf(int length) => (Digest.Length + length + PaddingMin + Sha256Lanes.BlockBytes - 1) / Sha256Lanes.BlockBytes;

    private void LoadEvent(int lane, AppendBuffer events)
    {
        ref var its = ref lanes[lane];
        var canonicalEvent = events.EventAt(its.Event);
        var length = Digest.Length + canonicalEvent.Length;
        its.BlocksLeft = BlocksOf(canonicalEvent.Length);

        var message = messages.AsSpan(lane * MessageBytesMax, its.BlocksLeft * Sha256Lanes.BlockBytes);
        its.Journal!.Digest.AsSpan().CopyTo(message);
        canonicalEvent.CopyTo(message[Digest.Length..]);
        message[length] = 0x80;
        message[(length + 1)..^sizeof(ulong)].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(message[^sizeof(ulong)..], 8UL * (ulong)length);

        places[lane] = lane * MessageBytesMax;
        hash.Begin(lane);
    }

    private struct Lane
    {
        /// <summary>Null in a lane that has nothing left to do.</summary>
        public JournalEntry? Journal;

        /// <summary>The event that is being hashed.</summary>
        public int Event;

        /// <summary>With that one.</summary>
        public int EventsLeft;
        public int BlocksLeft;
    }
}

namespace Dtao.Grains.Feed.Index;

/// <content>What silos tell: who has written, and who ever was active in them.</content>
public sealed partial class FeedIndexer
{
    /// <summary>Records of one silo's journal that one round reads on in; each may name thousands, which the round names too.</summary>
    private const int NotesMax = 2;

    /// <summary>Records of one silo's journal that one round reads again.</summary>
    private const int SuspectsMax = 8;

    private readonly Dictionary<string, Watch> _watches = new(StringComparer.Ordinal);

    /// <returns>Whether everyone is known, and due, who wrote before this was called.</returns>
    private async Task<bool> LookAtSilos(RoundDraft draft)
    {
        var silos = await store.ReadSilosAsync();
        var replies = await Task.WhenAll(silos.Select(silo => silo.Presence == SiloPresence.Running
            ? store.TakeWrittenAsync(silo.Silo, taker, WatchOf(silo.Silo).Taken)
            : Task.FromResult<WrittenReply?>(null)));
        var isWhole = true;
        for (var i = 0; i < silos.Count; i++) Hear(silos[i], replies[i], ref isWhole);
        foreach (var (silo, presence) in silos)
        {
            // Of a silo that has ended and was looked at since nothing new can come.
            if (presence == SiloPresence.Gone && draft.PlaceOf(silo).IsSettled) continue;
            isWhole &= await ReadNotes(silo, draft);
            isWhole &= await ReadSuspects(silo);
        }

        return isWhole;
    }

    /// <summary>Takes in what a silo says. Nothing is awaited here, so that what it has handed over is not lost.</summary>
    private void Hear(FeedSilo silo, WrittenReply? reply, ref bool isWhole)
    {
        var watch = WatchOf(silo.Silo);
        watch.IsGone = silo.Presence == SiloPresence.Gone;
        if (watch.IsGone)
        {
            if (watch.IsLookedAt) return;
            (watch.IsLookedAt, watch.Suspects) = (true, 1);
            return;
        }

        watch.IsLookedAt = false;
        if (reply is not { IsHere: true })
        {
            isWhole = false;
            return;
        }

        watch.Taken = reply.Number;
        foreach (var actorKey in reply.Actors) AddDue(actorKey);
        if (!reply.IsComplete) watch.Suspects = 1;
    }

    /// <summary>Reads on in a silo's journal: who comes into being stands there first.</summary>
    private async Task<bool> ReadNotes(string silo, RoundDraft draft)
    {
        var place = draft.PlaceOf(silo) with { IsSettled = false };
        for (var records = 0; records < NotesMax; records++)
        {
            if (await store.ReadNotedAsync(silo, place.Next) is not { } noted)
            {
                draft.Set(place);
                return true;
            }

            foreach (var actorKey in noted.Actors)
            {
                if (!FeedActor.TryParse(actorKey, out var actor)) continue;
                draft.AddKnown(actor);
                MakeDue(actor);
            }

            place = place with { Next = noted.Next };
        }

        draft.Set(place);
        return false;
    }

    /// <summary>Makes everyone due whom a silo ever named, where it is not known who of them wrote. Of one that is gone until its list is ended: then it can name nobody any more.</summary>
    private async Task<bool> ReadSuspects(string silo)
    {
        var watch = WatchOf(silo);
        for (var records = 0; records < SuspectsMax; records++)
        {
            if (watch.Suspects is not { } next) return true;
            if (await store.ReadNotedAsync(silo, next) is { } noted)
            {
                foreach (var actorKey in noted.Actors) AddDue(actorKey);
                watch.IsEnded |= noted.IsEnd;
                watch.Suspects = noted.Next;
            }
            else if (watch is { IsGone: true, IsEnded: false })
            {
                return false;
            }
            else
            {
                (watch.Suspects, watch.ReadAt) = (null, _due.Mark);
            }
        }

        return watch.Suspects is null;
    }

    /// <returns>Whether every silo that has ended is settled.</returns>
    private bool Settle(RoundDraft draft)
    {
        var isWhole = true;
        foreach (var (silo, watch) in _watches)
        {
            if (!watch.IsGone || draft.PlaceOf(silo).IsSettled) continue;
            if (watch.Suspects is null && _due.IsReadUpTo(watch.ReadAt)) draft.Set(draft.PlaceOf(silo) with { IsSettled = true });
            else isWhole = false;
        }

        return isWhole;
    }

    private void AddDue(string actorKey)
    {
        if (FeedActor.TryParse(actorKey, out var actor)) MakeDue(actor);
    }

    private Watch WatchOf(string silo)
    {
        if (!_watches.TryGetValue(silo, out var watch)) _watches.Add(silo, watch = new Watch());
        return watch;
    }

    /// <summary>What is known of one silo between rounds.</summary>
    private sealed class Watch
    {
        /// <summary>The number of its last answer.</summary>
        public long Taken { get; set; }

        public bool IsGone { get; set; }

        /// <summary>Whether its journal says that it can note nobody any more.</summary>
        public bool IsEnded { get; set; }

        /// <summary>Whether its journal was read again since it ended, or is being read.</summary>
        public bool IsLookedAt { get; set; }

        /// <summary>Where its journal is read on, to make everyone in it due; null when that is done.</summary>
        public long? Suspects { get; set; }

        /// <summary>Those in it are read when the queue is read up to here.</summary>
        public long ReadAt { get; set; }
    }
}

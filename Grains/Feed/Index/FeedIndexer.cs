namespace Dtao.Grains.Feed.Index;

/// <summary>Finds what the index does not have yet. What it keeps between rounds is only who is due: a new one finds the same, and reads more for it.</summary>
/// <remarks>
/// Why nothing is missed: a journal is read from where the index left it, record after record. An actor with an event stood before it in the journal of the silo in which it
/// wrote, and those are read without a gap, too. Who has written is told by the silos that run; of a silo that has ended, or that did not note all, everyone is looked at whom
/// it ever named. And whoever is known is looked at in turn for ever, so that even a write that a dead silo's request left behind is found.
/// The coordinator is read before silos are asked: what a block's header rests on was written, and noted, before it.
/// </remarks>
/// <param name="taker">Names this one before the silos that it asks.</param>
public sealed partial class FeedIndexer(IFeedStore store, string taker, TimeProvider time)
{
    /// <summary>A round holds about this many lines at most.</summary>
    public const int LinesMax = 1_024;

    /// <summary>Of so many actors a round looks at the journals; the rest stays due.</summary>
    public const int ActorsMax = 1_024;

    /// <summary>So many are looked at in turn, at most once in <see cref="s_turn"/>.</summary>
    public const int TurnActors = 64;

    private const int Width = 64;
    private const int RecordsAtOnce = 16;
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(1);

    private readonly DueActors _due = new();
    private IAsyncEnumerator<StoredActor>? _census;
    private int _turn;
    private long? _turnAt;

    /// <summary>Whether the last look found everything that was durable when it began.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>One round.</summary>
    /// <returns>What is to be recorded; null when there is nothing new.</returns>
    public async Task<FeedRound?> LookAsync(FeedIndexState state)
    {
        var draft = new RoundDraft(state);
        IsWhole = false;
        try
        {
            if (!state.HasCensus)
            {
                await TakeCensus(draft);
                return draft.ToRound();
            }

            var isWhole = true;
            foreach (var actor in FeedActor.Few) isWhole &= await ReadOn([actor], draft);
            isWhole &= await LookAtSilos(draft);
            TakeTurn(state);
            await ReadDue(draft);
            isWhole &= Settle(draft) && _due.Count == 0;
            IsWhole = isWhole;
            return draft.ToRound();
        }
        catch
        {
            // What was found goes with the draft, and is found again.
            foreach (var actor in draft.Told) MakeDue(actor);
            await EndCensus();
            throw;
        }
    }

    /// <summary>Lets go of the store; for when no look is under way.</summary>
    public Task StopAsync() => EndCensus();

    /// <summary>Those that the store has when the index begins: of an older ledger, or one that was imported, no silo's journal has named them all.</summary>
    private async Task TakeCensus(RoundDraft draft)
    {
        _census ??= store.ReadActorsAsync(CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
        while (draft.Size < LinesMax)
        {
            if (!await _census.MoveNextAsync())
            {
                await EndCensus();
                draft.EndCensus();
                return;
            }

            if (!FeedActor.TryParse(_census.Current.ActorKey, out var actor) || draft.Knows(actor)) continue;
            if (_census.Current.HasFirst) draft.Add(new FeedLine(actor, 0, 1), 0);
            else draft.AddKnown(actor);
        }
    }

    private async Task EndCensus()
    {
        if (_census is { } census) await census.DisposeAsync();
        _census = null;
    }

    private void TakeTurn(FeedIndexState state)
    {
        if (_turnAt is { } last && time.GetElapsedTime(last) < s_turn) return;
        _turnAt = time.GetTimestamp();
        for (var i = 0; i < Math.Min(TurnActors, state.Actors.Count); i++)
        {
            if (_turn >= state.Actors.Count) _turn = 0;
            MakeDue(state.Actors[_turn++]);
        }
    }

    /// <summary>The few are read before silos are asked, and not after it.</summary>
    private void MakeDue(FeedActor actor)
    {
        if (actor.Kind is FeedActorKind.Account or FeedActorKind.Hotkey or FeedActorKind.Pool) _due.Add(actor);
    }

    private async Task ReadDue(RoundDraft draft)
    {
        for (var looked = 0; looked < ActorsMax && draft.Size < LinesMax;)
        {
            var some = _due.Take(Width);
            if (some.Count == 0) return;
            looked += some.Count;
            try
            {
                await ReadOn(some, draft);
            }
            catch
            {
                foreach (var actor in some) _due.Return(actor);
                throw;
            }
        }
    }

    /// <summary>Reads some records of each. Whose journal goes on stays due.</summary>
    /// <returns>Whether all were read to their ends.</returns>
    private async Task<bool> ReadOn(List<FeedActor> actors, RoundDraft draft)
    {
        var isThrough = true;
        var found = await Task.WhenAll(actors.Select(actor => ReadRecords(actor, draft.NextOf(actor))));
        for (var i = 0; i < actors.Count; i++)
        {
            foreach (var (first, count, mark) in found[i]) draft.Add(new FeedLine(actors[i], first, count), mark);
            if (found[i].Count == 0) draft.AddKnown(actors[i]);
            if (found[i].Count < RecordsAtOnce) continue;
            isThrough = false;
            _due.Return(actors[i]);
        }

        return isThrough;
    }

    private async Task<List<(long First, int Count, ulong Mark)>> ReadRecords(FeedActor actor, long next)
    {
        var (key, found) = (actor.Key, new List<(long, int, ulong)>());
        while (found.Count < RecordsAtOnce && await store.ReadSegmentAsync(key, next) is { Count: > 0 } events)
        {
            found.Add((next, events.Count, RoundDraft.MarkOf(events)));
            next += events.Count;
        }

        return found;
    }
}

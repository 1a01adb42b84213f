namespace Dtao.Grains.Feed.Index;

/// <summary>Finds what the index does not have yet. What it keeps between rounds is only who is due: a new one finds the same, and reads more for it.</summary>
/// <remarks>
/// Why nothing is missed: a journal is read from where the index left it, record after record. An actor with an event stood before it in the journal of the silo in which it
/// wrote, and those are read without a gap, too. Who has written is told by the silos that run; of a silo that has ended, or that did not note all, everyone is looked at whom
/// it ever named. And whoever is known is looked at in turn for ever, so that even a write that a dead silo's request left behind is found.
/// The coordinator is read to its end before silos are asked, and not after it: what a block's header rests on was written, and noted, before it.
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

    private DueActors _due = new();
    private IAsyncEnumerator<StoredActor>? _census;
    private bool _isLooking;
    private bool _isStopped;
    private int _turn;
    private long? _turnAt;

    /// <summary>Whether the last look found everything that was durable when it began.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>One round.</summary>
    /// <returns>What is to be recorded; null when there is nothing new.</returns>
    public async Task<FeedRound?> LookAsync(FeedIndexState state)
    {
        _isLooking = true;
        try
        {
            return await Look(state);
        }
        finally
        {
            _isLooking = false;
            if (_isStopped) await EndCensus();
        }
    }

    /// <summary>Lets go of the store; where a look is under way, when it ends.</summary>
    public Task StopAsync()
    {
        _isStopped = true;
        return _isLooking ? Task.CompletedTask : EndCensus();
    }

    private async Task<FeedRound?> Look(FeedIndexState state)
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
            foreach (var actor in FeedActor.Few) isWhole &= await ReadToEnd(actor, draft);
            isWhole &= await LookAtSilos(draft);
            TakeTurn(state);
            await ReadDue(draft);
            isWhole &= Settle(draft) && _due.Count == 0;
            IsWhole = isWhole;
            return draft.ToRound();
        }
        catch
        {
            // What was found goes with the draft, and is found again: in a census by the next, which begins anew.
            if (state.HasCensus) foreach (var actor in draft.Told) MakeDue(actor);
            else _due = new DueActors();
            await EndCensus();
            throw;
        }
    }

    /// <summary>
    /// Those that the store has when the index begins: of an older ledger, or one that was imported, no silo's journal has named them all. So whoever has events is read before the
    /// census is ended; an activation that did not see its end begins it again.
    /// </summary>
    private async Task TakeCensus(RoundDraft draft)
    {
        for (var looked = 0; looked < ActorsMax && draft.Size < LinesMax; looked += await ReadSome(draft))
        {
            if (_due.Count > 0 || await NameSome(draft)) continue;
            await EndCensus();
            draft.EndCensus();
            return;
        }
    }

    /// <summary>Names more actors of the census, until there are some to read.</summary>
    /// <returns>Whether the census goes on.</returns>
    private async Task<bool> NameSome(RoundDraft draft)
    {
        _census ??= store.ReadActorsAsync(CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
        while (_due.Count < Width && draft.Size < LinesMax)
        {
            if (!await _census.MoveNextAsync()) return _due.Count > 0;
            var (actorKey, hasFirst, hasEvents) = _census.Current;
            if (!FeedActor.TryParse(actorKey, out var actor)) continue;
            if (hasEvents) MakeDue(actor);
            if (hasFirst && !draft.Knows(actor)) draft.Add(new FeedLine(actor, 0, 1), 0);
            else draft.AddKnown(actor);
        }

        return true;
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

    /// <summary>Reads one of the few on until its journal ends, or the round is full.</summary>
    /// <returns>Whether it was read to its end.</returns>
    private async Task<bool> ReadToEnd(FeedActor actor, RoundDraft draft)
    {
        while (draft.Size < LinesMax)
        {
            if ((await ReadOn([actor], draft)).Count == 0) return true;
        }

        return false;
    }

    private async Task ReadDue(RoundDraft draft)
    {
        for (var looked = 0; _due.Count > 0 && looked < ActorsMax && draft.Size < LinesMax;) looked += await ReadSome(draft);
    }

    /// <summary>Reads some records of those who are due. Whose journal goes on stays due.</summary>
    /// <returns>Of how many.</returns>
    private async Task<int> ReadSome(RoundDraft draft)
    {
        var some = _due.Take(Width);
        try
        {
            foreach (var actor in await ReadOn(some, draft)) _due.Return(actor);
        }
        catch
        {
            foreach (var actor in some) _due.Return(actor);
            throw;
        }

        return some.Count;
    }

    /// <summary>Reads some records of each.</summary>
    /// <returns>Those whose journals may go on.</returns>
    private async Task<List<FeedActor>> ReadOn(List<FeedActor> actors, RoundDraft draft)
    {
        var found = await Task.WhenAll(actors.Select(actor => ReadRecords(actor, draft.NextOf(actor))));
        for (var i = 0; i < actors.Count; i++)
        {
            foreach (var (first, count, mark) in found[i]) draft.Add(new FeedLine(actors[i], first, count), mark);
            if (found[i].Count == 0) draft.AddKnown(actors[i]);
        }

        return [.. actors.Where((_, place) => found[place].Count == RecordsAtOnce)];
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

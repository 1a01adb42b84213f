using Dtao.Grains.Feed;
using Dtao.Grains.Feed.Index;
using Dtao.Grains.Shell;
using Orleans.Runtime;
using Xunit;

namespace Dtao.Grains.Tests.Feed;

/// <summary>A store of journals and the silos that write to it, as far as the index sees them. Whatever can happen between two of its reads is drawn from a seed.</summary>
internal sealed class IndexWorld(Random random) : IFeedStore
{
    public const int Actors = 24;

    private readonly Dictionary<string, List<Record>> _journals = new(StringComparer.Ordinal);
    private readonly HashSet<string> _firsts = new(StringComparer.Ordinal);
    private readonly List<Silo> _silos = [];
    private int _depth;
    private int _writes;

    public ManualClock Clock { get; } = new();

    /// <summary>How many writes may still happen while the index reads.</summary>
    public int WritesMeanwhile { get; set; }

    /// <summary>How many requests of the index still fail.</summary>
    public int Failures { get; set; }

    /// <summary>Whether an answer of a silo may get lost.</summary>
    public bool LosesAnswers { get; init; } = true;

    /// <summary>What happens right after a silo has said who wrote.</summary>
    public Action? AfterAnswer { get; set; }

    /// <summary>What happens while the next actor of the census is read.</summary>
    public Action? InCensus { get; set; }

    /// <summary>How many readings of all actors are open.</summary>
    public int OpenCensuses { get; private set; }

    public IReadOnlyDictionary<string, int> CountsNow => _journals.ToDictionary(journal => journal.Key, journal => journal.Value.Sum(record => record.Count), StringComparer.Ordinal);

    public static string Name(int number) => number switch
    {
        0 => ActorKeys.Coordinator,
        1 => ActorKeys.Lane,
        2 => ActorKeys.Registry,
        < 6 => ActorKeys.Pool(number),
        < 12 => ActorKeys.Validator(ModelBytes.Account((byte)number)),
        _ => ActorKeys.Account(ModelBytes.Account((byte)number)),
    };

    /// <summary>An actor of genesis: it has a state and no event.</summary>
    public void Begin(int number)
    {
        _firsts.Add(Name(number));
        _journals.TryAdd(Name(number), []);
    }

    /// <summary>A journal from before silos noted hotkeys and pools, or one that was imported: no silo has ever named it.</summary>
    public void Import(int number) => Append(Name(number), 1 + random.Next(3));

    public void Join() => _silos.Add(new Silo($"silo-{_silos.Count}", new WrittenActors(Clock)));

    /// <summary>An actor writes in some silo that runs. Its name stands in the silo's journal before, and the silo notes the write after.</summary>
    public void Write(int number)
    {
        var running = _silos.Where(silo => silo.Presence == SiloPresence.Running).ToArray();
        if (running.Length == 0) return;
        var silo = running[random.Next(running.Length)];
        if (silo.Active.Add(Name(number)) && !IsFew(number)) silo.Notes.Add(([Name(number)], false));
        var count = number == 0 ? 1 : 1 + random.Next(3);
        Append(Name(number), count);
        silo.Written.Note(GrainId.Create("journal", Name(number)));
    }

    /// <summary>A silo dies with what it has noted; at first nobody is certain of it.</summary>
    public void Kill()
    {
        var running = _silos.Where(silo => silo.Presence == SiloPresence.Running).ToArray();
        if (running.Length > 1) running[random.Next(running.Length)].Presence = SiloPresence.Unknown;
    }

    /// <summary>Silos that died are known to have, and their lists are ended.</summary>
    public void Bury()
    {
        foreach (var silo in _silos.Where(silo => silo.Presence == SiloPresence.Unknown))
        {
            silo.Presence = SiloPresence.Gone;
            silo.Notes.Add(([], true));
        }
    }

    /// <summary>A silo that was thought dead had a write on its way.</summary>
    public void WriteOfTheDead()
    {
        foreach (var silo in _silos.Where(silo => silo.Presence == SiloPresence.Gone))
        {
            foreach (var actor in silo.Active) Append(actor, 1, late: true);
        }
    }

    /// <summary>Every record that there is was told once, in its journal's order, and each state of genesis before.</summary>
    public void AssertTold(IReadOnlyList<FeedRound> rounds)
    {
        var told = rounds.SelectMany(round => round.Lines).ToLookup(line => line.Actor.Key, line => (line.First, line.Count), StringComparer.Ordinal);
        Assert.Equal(_journals.Keys.Where(key => _journals[key].Count > 0 || _firsts.Contains(key)).Order(StringComparer.Ordinal), told.Select(lines => lines.Key).Order(StringComparer.Ordinal));
        foreach (var lines in told)
        {
            var records = _journals[lines.Key].Select(record => (record.First, record.Count));
            Assert.Equal(_firsts.Contains(lines.Key) ? records.Prepend((0, 1)) : records, lines);
        }
    }

    /// <summary>With every header that is told all is told that was durable before it: a block's header is written after whatever it rests on.</summary>
    public void AssertHeadersHaveAll(FeedIndexState state)
    {
        bool IsTold(string key, Record record) => FeedActor.TryParse(key, out var actor) && record.First < state.NextOf(actor);
        var header = _journals.GetValueOrDefault(ActorKeys.Coordinator)?.LastOrDefault(record => !record.IsLate && IsTold(ActorKeys.Coordinator, record));
        if (header is null) return;
        var untold = _journals.SelectMany(journal => journal.Value.Where(record => !record.IsLate && record.At < header.At && !IsTold(journal.Key, record)).Select(record => $"{journal.Key} {record.First}"));
        Assert.Equal([], untold);
    }

    public Task<ReadOnlyMemory<byte>?> ReadFirstAsync(string actorKey) => Task.FromResult<ReadOnlyMemory<byte>?>(_firsts.Contains(actorKey) ? new byte[1] : null);

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>?> ReadSegmentAsync(string actorKey, long first)
    {
        await Meanwhile();
        return _journals.GetValueOrDefault(actorKey)?.FirstOrDefault(record => record.First == first) is { Count: > 0 } found
            ? [.. Enumerable.Range(0, found.Count).Select(place => (ReadOnlyMemory<byte>)BitConverter.GetBytes(first + place))]
            : null;
    }

    public async IAsyncEnumerable<StoredActor> ReadActorsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        OpenCensuses++;
        try
        {
            foreach (var key in _journals.Keys.ToArray())
            {
                InCensus?.Invoke();
                await Meanwhile();
                yield return new StoredActor(key, _firsts.Contains(key), _journals[key].Count > 0);
            }
        }
        finally
        {
            OpenCensuses--;
        }
    }

    public async Task<IReadOnlyList<FeedSilo>> ReadSilosAsync()
    {
        await Meanwhile();
        return [.. _silos.Select(silo => new FeedSilo(silo.Name, silo.Presence))];
    }

    public async Task<NotedActors?> ReadNotedAsync(string silo, long first)
    {
        await Meanwhile();
        var notes = _silos.Single(one => one.Name == silo).Notes;
        return first > notes.Count ? null : new NotedActors(notes[(int)first - 1].Actors, first + 1, notes[(int)first - 1].IsEnd);
    }

    public async Task<WrittenReply?> TakeWrittenAsync(string silo, string taker, long taken)
    {
        await Meanwhile();
        var asked = _silos.Single(one => one.Name == silo);
        if (asked.Presence != SiloPresence.Running) return null;
        var reply = asked.Written.Take(taker, taken);
        AfterAnswer?.Invoke();

        // The answer may be lost on its way.
        return LosesAnswers && random.Next(8) == 0 ? null : reply;
    }

    private static bool IsFew(int number) => number < 3;

    private Task Meanwhile()
    {
        if (Failures > 0 && random.Next(20) == 0)
        {
            Failures--;
            return Task.FromException(new IOException("The store does not answer."));
        }

        if (_depth > 0 || WritesMeanwhile == 0 || random.Next(3) > 0) return Task.CompletedTask;
        (_depth, WritesMeanwhile) = (_depth + 1, WritesMeanwhile - 1);
        Write(random.Next(Actors));
        _depth--;
        return Task.CompletedTask;
    }

    private void Append(string key, int count, bool late = false)
    {
        if (!_journals.TryGetValue(key, out var journal)) _journals.Add(key, journal = []);
        journal.Add(new Record(1 + journal.Sum(record => record.Count), count, ++_writes, late));
    }

    /// <param name="At">When it was written, counted over all.</param>
    /// <param name="IsLate">Whether a silo that was thought dead wrote it.</param>
    private sealed record Record(long First, int Count, int At, bool IsLate);

    private sealed record Silo(string Name, WrittenActors Written)
    {
        public SiloPresence Presence { get; set; } = SiloPresence.Running;

        public HashSet<string> Active { get; } = new(StringComparer.Ordinal);

        public List<(string[] Actors, bool IsEnd)> Notes { get; } = [];
    }

    /// <summary>A clock that stands until it is moved.</summary>
    internal sealed class ManualClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Pass(TimeSpan time) => _ticks += time.Ticks;
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Feed.Index;

/// <summary>A round while it is made. Pure: it knows the index as it was before, and what was found since.</summary>
public sealed class RoundDraft(FeedIndexState state)
{
    private readonly Dictionary<FeedActor, long> _next = [];
    private readonly HashSet<FeedActor> _known = [];
    private readonly List<FeedActor> _named = [];
    private readonly List<FeedLine> _lines = [];
    private readonly Dictionary<string, FeedSiloPlace> _silos = new(StringComparer.Ordinal);
    private readonly RecordWriter _marks = new(1_024);
    private bool _endsCensus;

    /// <summary>How much the round holds, in lines' worth.</summary>
    public int Size => _lines.Count + _named.Count;

    /// <summary>The actors that have lines.</summary>
    public IEnumerable<FeedActor> Told => _lines.Select(line => line.Actor);

    public long NextOf(FeedActor actor) => _next.TryGetValue(actor, out var next) ? next : state.NextOf(actor);

    public bool Knows(FeedActor actor) => state.Knows(actor) || _next.ContainsKey(actor) || _known.Contains(actor);

    /// <summary>Names an actor that has nothing to tell yet. No effect when it is known.</summary>
    public void AddKnown(FeedActor actor)
    {
        if (Knows(actor)) return;
        _known.Add(actor);
        _named.Add(actor);
    }

    /// <summary>Adds the next record of an actor's journal.</summary>
    /// <param name="mark">By which its bytes are known again.</param>
    public void Add(FeedLine line, ulong mark)
    {
        _lines.Add(line);
        _next[line.Actor] = line.First + line.Count;
        line.Actor.Write(_marks);
        _marks.UInt64((ulong)line.First);
        _marks.UInt64((ulong)line.Count);
        _marks.UInt64(mark);
    }

    public FeedSiloPlace PlaceOf(string silo) =>
        _silos.GetValueOrDefault(silo) ?? state.Silos.GetValueOrDefault(silo) ?? new FeedSiloPlace(silo, 1, IsSettled: false);

    public void Set(FeedSiloPlace place)
    {
        if (PlaceOf(place.Silo) != place) _silos[place.Silo] = place;
    }

    public void EndCensus() => _endsCensus = true;

    /// <returns>Null when nothing was found.</returns>
    public FeedRound? ToRound()
    {
        if (_lines.Count == 0 && _named.Count == 0 && _silos.Count == 0 && !_endsCensus) return null;
        return new FeedRound(state.Lines, DigestOf(state.Digest), _named, _lines, [.. _silos.Values.OrderBy(place => place.Silo, StringComparer.Ordinal)], _endsCensus);
    }

    /// <summary>What a record's events are known again by.</summary>
    public static ulong MarkOf(IReadOnlyList<ReadOnlyMemory<byte>> events)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var happened in events) hash.AppendData(happened.Span);
        return First(hash.GetHashAndReset());
    }

    private ulong DigestOf(ulong before)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> eight = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(eight, before);
        hash.AppendData(eight);
        hash.AppendData(_marks.WrittenSpan);
        return First(hash.GetHashAndReset());
    }

    private static ulong First(ReadOnlySpan<byte> digest) => BinaryPrimitives.ReadUInt64BigEndian(digest);
}

using Dtao.Grains.Shell;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Feed.Index;

/// <summary>What rounds do to the index, and how both are stored.</summary>
public sealed class FeedIndexModel : IActorModel<FeedIndexState, FeedIndexEvent>
{
    public static readonly FeedIndexModel Instance = new();

    /// <summary>The name of the index's journal. It is no part of the ledger, and does not move with it.</summary>
    public const string ActorKey = "feed";

    private const byte EventVersion = 1;
    private const byte StateVersion = 1;

    public FeedIndexState Create() => new();

    public void Apply(FeedIndexState state, FeedIndexEvent happened)
    {
        if (happened is not FeedRound round) throw new InvalidOperationException($"Unknown index event {happened.GetType().Name}.");
        foreach (var actor in round.Known)
        {
            if (!state.Knows(actor)) state.Set(actor, 1);
        }

        foreach (var line in round.Lines)
        {
            var isGenesis = line.First == 0;
            if (isGenesis ? state.Knows(line.Actor) : line.First != state.NextOf(line.Actor))
                throw new InvalidOperationException($"{line.Actor.Key} is told from event {line.First} on and was told up to {state.NextOf(line.Actor) - 1}.");
            state.Set(line.Actor, line.First + line.Count);
        }

        foreach (var place in round.Silos) state.Silos[place.Silo] = place;
        state.HasCensus |= round.EndsCensus;
        state.Rounds++;
        state.Lines += round.Lines.Count;
        state.Digest = round.Digest;
    }

    public void WriteEvent(RecordWriter writer, FeedIndexEvent happened)
    {
        if (happened is not FeedRound round) throw new InvalidOperationException($"Unknown index event {happened.GetType().Name}.");
        writer.Byte(EventVersion);
        writer.Byte(1);
        writer.UInt64((ulong)round.LinesBefore);
        writer.UInt64(round.Digest);
        writer.UInt64((ulong)round.Known.Count);
        foreach (var actor in round.Known) actor.Write(writer);
        writer.UInt64((ulong)round.Lines.Count);
        foreach (var line in round.Lines)
        {
            line.Actor.Write(writer);
            writer.UInt64((ulong)line.First);
            writer.UInt64((ulong)line.Count);
        }

        Write(writer, round.Silos);
        writer.Bool(round.EndsCensus);
    }

    public FeedIndexEvent ReadEvent(ref RecordReader reader)
    {
        LedgerCodec.Expect(reader.Byte(), EventVersion, "index event");
        if (reader.Byte() is var kind and not 1) throw new InvalidDataException($"Unknown index event kind {kind}.");
        var (before, digest) = ((long)reader.UInt64(), reader.UInt64());
        var known = new FeedActor[reader.Count()];
        for (var i = 0; i < known.Length; i++) known[i] = FeedActor.Read(ref reader);
        var lines = new FeedLine[reader.Count()];
        for (var i = 0; i < lines.Length; i++) lines[i] = new(FeedActor.Read(ref reader), (long)reader.UInt64(), reader.Count());
        var silos = ReadSilos(ref reader);
        return new FeedRound(before, digest, known, lines, silos, reader.Bool());
    }

    public void WriteState(RecordWriter writer, FeedIndexState state)
    {
        writer.Byte(StateVersion);
        writer.UInt64((ulong)state.Rounds);
        writer.UInt64((ulong)state.Lines);
        writer.UInt64(state.Digest);
        writer.Bool(state.HasCensus);
        writer.UInt64((ulong)state.Actors.Count);
        for (var place = 0; place < state.Actors.Count; place++)
        {
            state.Actors[place].Write(writer);
            writer.UInt64((ulong)state.NextAt(place));
        }

        Write(writer, [.. state.Silos.Values.OrderBy(place => place.Silo, StringComparer.Ordinal)]);
    }

    public FeedIndexState ReadState(ref RecordReader reader)
    {
        LedgerCodec.Expect(reader.Byte(), StateVersion, "index state");
        var state = new FeedIndexState
        {
            Rounds = (long)reader.UInt64(),
            Lines = (long)reader.UInt64(),
            Digest = reader.UInt64(),
            HasCensus = reader.Bool(),
        };
        for (var count = reader.Count(); count > 0; count--) state.Set(FeedActor.Read(ref reader), (long)reader.UInt64());
        foreach (var place in ReadSilos(ref reader)) state.Silos[place.Silo] = place;
        return state;
    }

    private static void Write(RecordWriter writer, IReadOnlyList<FeedSiloPlace> silos)
    {
        writer.UInt64((ulong)silos.Count);
        foreach (var (silo, next, isSettled) in silos)
        {
            writer.Text(silo);
            writer.UInt64((ulong)next);
            writer.Bool(isSettled);
        }
    }

    private static FeedSiloPlace[] ReadSilos(ref RecordReader reader)
    {
        var silos = new FeedSiloPlace[reader.Count()];
        for (var i = 0; i < silos.Length; i++) silos[i] = new(reader.Text()!, (long)reader.UInt64(), reader.Bool());
        return silos;
    }
}

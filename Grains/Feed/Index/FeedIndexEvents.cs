namespace Dtao.Grains.Feed.Index;

/// <summary>What happens to the index.</summary>
public abstract record FeedIndexEvent;

/// <summary>A round: what was found since the one before. Its number is that of the event.</summary>
/// <param name="LinesBefore">How many lines all rounds before have.</param>
/// <param name="Digest">Of the digest of the round before and of all that the lines name: another history has another one.</param>
/// <param name="Known">Actors that are known from here on, and have nothing to tell yet.</param>
/// <param name="Lines">Records of journals, in the order in which they are told.</param>
/// <param name="Silos">How far the journals of silos are read.</param>
/// <param name="EndsCensus">Whether with this round all actors are known that the store had when the index began.</param>
public sealed record FeedRound(
    long LinesBefore, ulong Digest, IReadOnlyList<FeedActor> Known, IReadOnlyList<FeedLine> Lines, IReadOnlyList<FeedSiloPlace> Silos, bool EndsCensus) : FeedIndexEvent;

/// <summary>One record of an actor's journal.</summary>
/// <param name="First">The number of its first event; 0: the state that the actor began with, which is told as genesis.</param>
/// <param name="Count">How many events it holds; of a state 1.</param>
public readonly record struct FeedLine(FeedActor Actor, long First, int Count);

/// <summary>How far the journal is read in which a silo notes the actors that are active in it.</summary>
/// <param name="Next">The number of the event that is read next.</param>
/// <param name="IsSettled">Whether the silo is gone, and all its actors were looked at after that.</param>
public sealed record FeedSiloPlace(string Silo, long Next, bool IsSettled);

namespace Dtao.Grains.Feed;

/// <summary>Gives the journals of a store that has no order over actors an order: the one in which it found their records. Key: 0.</summary>
/// <remarks>It works only when it is asked, one round at a time. What it found is durable before anybody hears of it.</remarks>
[Alias("dtao.IFeedIndexGrain")]
public interface IFeedIndexGrain : IGrainWithIntegerKey
{
    /// <summary>Looks for what was written since the last round, unless there are rounds that the caller has not read. A repeat looks again.</summary>
    /// <param name="told">The last round that the caller has read.</param>
    /// <returns>How far the index goes. Nothing is thrown: where the store or the index itself fails the answer says so.</returns>
    [Alias("Follow")]
    Task<FeedIndexReply> Follow(long told);
}

/// <summary>How far the index goes; durable.</summary>
/// <param name="IsOk">False: nothing is known, ask again.</param>
/// <param name="Rounds">Its last round; 0 before the first.</param>
/// <param name="Lines">How many records of journals all rounds name.</param>
/// <param name="IsWhole">Whether a round that began after the call found everything that was durable when it began, as far as silos that answer tell.</param>
[GenerateSerializer, Immutable, Alias("dtao.FeedIndexReply")]
public readonly record struct FeedIndexReply([property: Id(0)] bool IsOk, [property: Id(1)] long Rounds, [property: Id(2)] long Lines, [property: Id(3)] bool IsWhole);

/// <summary>Which actors have written in one silo. Key: the silo's address, with which life of it this is; it lives in that silo or answers that it does not.</summary>
[Alias("dtao.IWrittenActorsGrain")]
public interface IWrittenActorsGrain : IGrainWithStringKey
{
    /// <summary>The actors whose journals have grown since the answer before. The silo notes them for a minute after the last call, and otherwise not at all.</summary>
    /// <param name="taker">Who asks: another one than before is told that the answer is not complete.</param>
    /// <param name="taken">The number of the last answer that arrived; what was in a later one is told again.</param>
    [Alias("Take")]
    Task<WrittenReply> Take(string taker, long taken);
}

/// <summary>Actors that have written in a silo. A hint for speed: what is lost with a silo is found in the journals.</summary>
/// <param name="IsHere">False: the grain is not in the silo that it is named after, and knows nothing.</param>
/// <param name="Number">Of this answer, from 1.</param>
/// <param name="IsComplete">Whether these are all since the answer that the caller has taken.</param>
/// <param name="Actors">The names of their journals.</param>
[GenerateSerializer, Immutable, Alias("dtao.WrittenReply")]
public sealed record WrittenReply([property: Id(0)] bool IsHere, [property: Id(1)] long Number, [property: Id(2)] bool IsComplete, [property: Id(3)] string[] Actors)
{
    public static readonly WrittenReply Elsewhere = new(false, 0, false, []);
}

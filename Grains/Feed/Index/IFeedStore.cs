namespace Dtao.Grains.Feed.Index;

/// <summary>What the index has to read, on a store without an order over actors. Among the services of silos on such a store. Safe for use by many.</summary>
public interface IFeedStore
{
    /// <summary>The state that an actor began with; null when it began with none.</summary>
    Task<ReadOnlyMemory<byte>?> ReadFirstAsync(string actorKey);

    /// <summary>The events of the record of a journal that begins with a given event; null when there is none yet. A record never changes.</summary>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>?> ReadSegmentAsync(string actorKey, long first);

    /// <summary>Every actor that has a journal. What comes into being meanwhile may be missing.</summary>
    IAsyncEnumerable<StoredActor> ReadActorsAsync(CancellationToken cancellationToken);

    /// <summary>Every silo that has ever noted actors, also those that are gone.</summary>
    Task<IReadOnlyList<FeedSilo>> ReadSilosAsync();

    /// <summary>The actors that one record of a silo's journal names, and where the next one begins; null when there is none yet.</summary>
    Task<NotedActors?> ReadNotedAsync(string silo, long first);

    /// <summary>Asks a silo who has written in it: see <see cref="IWrittenActorsGrain.Take"/>.</summary>
    /// <returns>Null when it does not answer.</returns>
    Task<WrittenReply?> TakeWrittenAsync(string silo, string taker, long taken);
}

/// <param name="HasFirst">Whether it began with a state.</param>
/// <param name="HasEvents">Whether there may be events of it.</param>
public readonly record struct StoredActor(string ActorKey, bool HasFirst, bool HasEvents);

/// <param name="Actors">The names of their journals.</param>
/// <param name="IsEnd">Whether the silo's list is ended: it can note nobody after this.</param>
public sealed record NotedActors(IReadOnlyCollection<string> Actors, long Next, bool IsEnd);

/// <summary>What is known of a silo.</summary>
public enum SiloPresence
{
    /// <summary>Neither is certain.</summary>
    Unknown = 0,
    Running = 1,
    Gone = 2,
}

public readonly record struct FeedSilo(string Silo, SiloPresence Presence);

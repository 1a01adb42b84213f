using System.Diagnostics;

namespace Dtao.Storage;

/// <summary>Spans of this library: the commit of the ordered log, once for each span whose events were in it.</summary>
/// <remarks>A commit belongs to many operations at once. Each that is traced gets a span of its own, with the batch's last position, so that spans of one commit can be told by it.</remarks>
public static class StoreTraces
{
    /// <summary>Name of the source, for whoever listens.</summary>
    public const string SourceName = "Dtao.Storage";

    /// <summary>A batch remembers no more; what is beyond has no span.</summary>
    private const int ContextsMax = 256;

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Remembers what runs now, where it is traced.</summary>
    internal static void Note(ref List<ActivityContext>? contexts)
    {
        if (!Source.HasListeners() || Activity.Current is not { IsAllDataRequested: true } current) return;
        contexts ??= [];
        if (contexts.Count < ContextsMax && !contexts.Contains(current.Context)) contexts.Add(current.Context);
    }

    /// <summary>Tells of a commit that is done, before anybody is answered who waited for it.</summary>
    internal static void Committed(IReadOnlyList<ActivityContext> contexts, DateTimeOffset began, int events, int actors, long lastPosition)
    {
        foreach (var context in contexts)
        {
            using var span = Source.StartActivity("storage.commit", ActivityKind.Internal, context, startTime: began);
            span?.SetTag("dtao.storage.events", events).SetTag("dtao.storage.actors", actors).SetTag("dtao.storage.position", lastPosition);
        }
    }
}

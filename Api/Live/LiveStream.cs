using System.Runtime.CompilerServices;

namespace Dtao.Api.Live;

/// <summary>One message as it goes out.</summary>
/// <param name="Id">The place after it; a client that comes back with it goes on there.</param>
/// <param name="Event">block, trade, price, end; or empty for a sign of life.</param>
/// <param name="Data">Null for a sign of life.</param>
internal readonly record struct LiveOut(string Id, string Event, object? Data);

/// <summary>Why a stream ended that its client did not end.</summary>
/// <param name="Reason">too_slow: the client fell behind; shutting_down: the server stops.</param>
/// <param name="Resume">Come back with it as Last-Event-ID, and nothing is missed.</param>
internal sealed record LiveEndView(string Reason, string Resume);

/// <summary>The messages of one subscriber, from a place on.</summary>
internal static class LiveStream
{
    public const string Block = "block";
    public const string End = "end";

    /// <summary>Ends by cancellation, or with a message that says why.</summary>
    public static async IAsyncEnumerable<LiveOut> Run(
        LiveHub hub, LiveFilter filter, LivePlace start, TimeSpan heartbeat, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A place inside a block begins with that block, and passes over what was seen of it.
        var last = start.IsWhole ? start.Block : start.Block - 1;
        var (seen, place, wasNewest) = (start.IsWhole ? 0 : start.Seen, start, false);
        while (true)
        {
            if (wasNewest && hub.IsBehind(last))
            {
                yield return new(place.ToString(), End, new LiveEndView("too_slow", place.ToString()));
                yield break;
            }

            var reading = hub.ReadAfter(last, cancellationToken).AsTask();
            while (!await IsDone(reading, heartbeat, time)) yield return new(place.ToString(), string.Empty, null);
            var (blocks, areNewest) = await reading;
            foreach (var block in blocks)
            {
                foreach (var (at, name, data) in filter.Of(block, seen))
                {
                    place = at;
                    yield return new(at.ToString(), name, data);
                }

                (last, seen, place) = (block.Number, 0, LivePlace.After(block.Number));
            }

            wasNewest |= areNewest;
        }
    }

    private static async Task<bool> IsDone(Task reading, TimeSpan heartbeat, TimeProvider time)
    {
        try
        {
            await reading.WaitAsync(heartbeat, time);
            return true;
        }
        catch (TimeoutException) when (!reading.IsCompleted)
        {
            return false;
        }
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using Dtao.Client;

namespace Dtao.LoadTest.Runs;

/// <summary>Reads of a proof, many at a time. One that fails is tried again, through the next client; what cannot be read all the same is a fault of its check.</summary>
/// <param name="clients">How many there are.</param>
/// <param name="pause">Before the second try; longer by as much before each that follows.</param>
internal sealed class ProofReads(int clients, TimeSpan pause)
{
    public const int TriesMax = 5;

    /// <summary>When so many could not be read, no other is tried: a network that is gone must not be waited for once for each.</summary>
    public const int LostMax = 20;

    private const int WidthMax = 64;

    /// <param name="read">Reads and checks one, through the client of this number.</param>
    /// <param name="name">What a fault calls it.</param>
    /// <returns>What could not be read.</returns>
    public async Task<IReadOnlyList<string>> EachAsync<T>(IEnumerable<T> items, Func<T, int, CancellationToken, Task> read, Func<T, string> name, CancellationToken cancellationToken)
    {
        var (lost, left, next) = (new ConcurrentQueue<string>(), 0, 0);
        await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = WidthMax, CancellationToken = cancellationToken }, async (item, token) =>
        {
            for (var tries = 1; lost.Count < LostMax; tries++)
            {
                try
                {
                    await read(item, (int)((uint)Interlocked.Increment(ref next) % (uint)clients), token);
                    return;
                }
                catch (Exception caught) when (caught is not OutOfMemoryException && !token.IsCancellationRequested)
                {
                    if (tries == TriesMax || caught is NetworkChangedException)
                    {
                        lost.Enqueue($"{name(item)} could not be read: {caught.Message}");
                        return;
                    }
                }

                await Task.Delay(pause * tries, token);
            }

            Interlocked.Increment(ref left);
        });
        return left == 0 ? [.. lost] : [.. lost, string.Create(CultureInfo.InvariantCulture, $"{left} others were not read")];
    }
}

using System.Collections.Concurrent;
using Dtao.Client;
using Dtao.Economics;
using Dtao.LoadTest.Driving;

namespace Dtao.LoadTest.Runs;

/// <summary>Follows the blocks of a network: their hashes, and how far apart they came.</summary>
internal sealed class BlockFollower(DtaoClient client, ILoadClock clock)
{
    private readonly ConcurrentDictionary<ulong, byte[]> _seen = [];
    private readonly LatencyHistogram _intervals = new();
    private long _last = -1;
    private ulong _head;
    private ulong _first;

    public ulong Head => Volatile.Read(ref _head);

    /// <summary>The block that was the newest when this began.</summary>
    public ulong First => Volatile.Read(ref _first);

    public IReadOnlyDictionary<ulong, byte[]> Seen => _seen;

    /// <summary>From one block to the next, in microseconds.</summary>
    public LatencyHistogram Intervals => _intervals;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (_first == 0) Volatile.Write(ref _first, (await client.GetHeadAsync(cancellationToken)).Block.Value);
                Volatile.Write(ref _head, Math.Max(_head, _first));
                await foreach (var header in client.Blocks(new BlockNumber(Head).Next, cancellationToken))
                {
                    var now = clock.Now;
                    if (_last >= 0) lock (_intervals) _intervals.Record(now - _last);
                    (_last, _seen[header.Number.Value]) = (now, header.Hash);
                    Volatile.Write(ref _head, header.Number.Value);
                }
            }
            catch (Exception caught) when (caught is not OutOfMemoryException)
            {
                // A network that is busy or gone is asked again.
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}

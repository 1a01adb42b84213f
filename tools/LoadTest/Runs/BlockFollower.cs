using System.Collections.Concurrent;
using Dtao.Client;
using Dtao.Economics;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Reports;

namespace Dtao.LoadTest.Runs;

/// <summary>Follows the blocks of a network: their hashes, how far apart they came, and how long their headers say that closing them took.</summary>
internal sealed class BlockFollower(DtaoClient client, ILoadClock clock)
{
    private readonly ConcurrentDictionary<ulong, byte[]> _seen = [];
    private readonly LatencyHistogram _intervals = new();
    private readonly Dictionary<string, LatencyHistogram> _phases = BlockPhases.Names.ToDictionary(name => name, _ => new LatencyHistogram(), StringComparer.Ordinal);
    private readonly List<BlockCourse> _course = [];
    private const int CourseMax = 100_000;

    private long _last = -1;
    private ulong _head;
    private ulong _first;

    public ulong Head => Volatile.Read(ref _head);

    /// <summary>The block that was the newest when this began.</summary>
    public ulong First => Volatile.Read(ref _first);

    public IReadOnlyDictionary<ulong, byte[]> Seen => _seen;

    /// <summary>From one block to the next, in microseconds.</summary>
    public LatencyHistogram Intervals => _intervals;

    /// <summary>As headers tell them; read when it has ended.</summary>
    public IReadOnlyDictionary<string, LatencyHistogram> Phases => _phases;

    /// <summary>What is told of blocks in a report; read when it has ended.</summary>
    public BlockFacts Facts(IReadOnlyDictionary<string, LatencyHistogram> phases) => new(First, Head, _intervals, phases) { Course = _course };

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
                    Note(now, header.Number.Value, header.CloseMicroseconds);
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

    /// <summary>A header tells the phases in their order, and not the whole.</summary>
    private void Note(long now, ulong block, long[] phases)
    {
        for (var place = 0; place < Math.Min(phases.Length, BlockPhases.Names.Count - 1); place++) _phases[BlockPhases.Names[place]].Record(phases[place]);
        if (phases.Length == 0) return;
        _phases[BlockPhases.Whole].Record(phases.Sum());
        if (_course.Count < CourseMax) _course.Add(new(now, block, phases));
    }
}

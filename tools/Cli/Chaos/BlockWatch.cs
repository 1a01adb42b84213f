using System.Diagnostics;
using Dtao.Client;

namespace Dtao.Cli.Chaos;

/// <summary>Looks at the newest block all the time, through several clients, and remembers what it has seen.</summary>
internal sealed class BlockWatch
{
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, byte[]> _seen = [];
    private readonly List<string> _faults = [];
    private ulong _head;
    private long _headAt = Stopwatch.GetTimestamp();
    private TimeSpan _silence;

    public ulong Head
    {
        get
        {
            lock (_lock) return _head;
        }
    }

    /// <summary>The longest time between two blocks, as they were seen.</summary>
    public TimeSpan Silence
    {
        get
        {
            lock (_lock) return _silence;
        }
    }

    /// <summary>Hashes by block.</summary>
    public IReadOnlyDictionary<ulong, byte[]> Seen
    {
        get
        {
            lock (_lock) return new Dictionary<ulong, byte[]>(_seen);
        }
    }

    /// <summary>Two different blocks with one number.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_lock) return [.. _faults];
        }
    }

    public Task RunAsync(IReadOnlyList<DtaoClient> clients, CancellationToken stop) => Task.WhenAll(clients.Select(client => Task.Run(() => Look(client, stop), CancellationToken.None)));

    /// <summary>Ends when a block is closed.</summary>
    /// <exception cref="TimeoutException">It was not in time.</exception>
    public async Task WaitForAsync(ulong block, TimeSpan timeMax, CancellationToken cancellationToken)
    {
        for (var began = Stopwatch.GetTimestamp(); Head < block;)
        {
            if (Stopwatch.GetElapsedTime(began) > timeMax) throw new TimeoutException($"Block {block} was not closed within {timeMax}; the newest is {Head}.");
            await Task.Delay(LookPause, cancellationToken);
        }
    }

    private async Task Look(DtaoClient client, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var head = await client.GetHeadAsync(stop);
                Note(head.Block.Value, head.Header?.Hash);
                await Task.Delay(LookPause, stop);
            }
            catch (Exception lost) when (lost is not OutOfMemoryException)
            {
                // Whoever was asked is gone; the next look finds another.
                if (!stop.IsCancellationRequested) await Task.Delay(LookPause, CancellationToken.None);
            }
        }
    }

    private void Note(ulong block, byte[]? hash)
    {
        lock (_lock)
        {
            if (hash is not null && !_seen.TryAdd(block, hash) && !_seen[block].AsSpan().SequenceEqual(hash)) _faults.Add($"block {block} was seen with two hashes");
            if (block <= _head) return;
            var since = Stopwatch.GetElapsedTime(_headAt);
            if (_head > 0 && since > _silence) _silence = since;
            (_head, _headAt) = (block, Stopwatch.GetTimestamp());
        }
    }
}

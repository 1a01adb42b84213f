using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dtao.Api.Live;

/// <summary>The newest blocks, read once for all subscribers while there are any; and the way to those before.</summary>
/// <remarks>
/// A subscriber is nothing but a place. It is answered from the kept blocks, or, where it asks for older ones, from the source; so it costs no queue of its own, and one that does not
/// read slows down nobody else.
/// </remarks>
internal sealed partial class LiveHub(ILiveSource source, LiveLimits limits, TimeProvider time, ILogger<LiveHub> logger) : BackgroundService
{
    private readonly Lock _lock = new();
    private readonly Queue<LiveBlock> _kept = new();
    private readonly SemaphoreSlim _wanted = new(0, 1);
    private TaskCompletionSource _moved = New();
    private ulong _newest;
    private readonly Dictionary<string, int> _subscribers = new(StringComparer.Ordinal);
    private int _count;
    private bool _isLost;

    public bool HasMarkets => source.HasMarkets;

    public int Subscribers => Volatile.Read(ref _count);

    /// <summary>Lets a subscriber in; null when there are as many as there may be, of all or of this client. Leave by disposing.</summary>
    /// <param name="client">Who it is: an address, or an API key.</param>
    public IDisposable? Enter(string client)
    {
        lock (_lock)
        {
            var own = _subscribers.GetValueOrDefault(client);
            if (_count >= limits.StreamsMax || own >= limits.StreamsOfClientMax) return null;
            _subscribers[client] = own + 1;
            _count++;
            if (_wanted.CurrentCount == 0) _wanted.Release();
        }

        return new Place(this, client);
    }

    /// <summary>The newest whole block as the source has it now.</summary>
    public Task<ulong> ReadNewest(CancellationToken cancellationToken) => source.ReadNewest(cancellationToken);

    /// <summary>Blocks after one, in order and without a gap; waits until there is one.</summary>
    /// <returns>The blocks, and whether they are the newest that there are.</returns>
    public async ValueTask<(IReadOnlyList<LiveBlock> Blocks, bool AreNewest)> ReadAfter(ulong block, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task moved;
            ulong newest;
            lock (_lock)
            {
                moved = _moved.Task;
                newest = _newest;
                if (_kept.TryPeek(out var oldest) && oldest.Number <= block + 1 && block < newest) return ([.. _kept.Where(kept => kept.Number > block)], true);
            }

            if (block < newest)
            {
                var past = await source.Read(block + 1, Math.Min(newest, block + (ulong)limits.BlocksReadMax), cancellationToken);
                if (past.Count > 0) return (past, past[^1].Number == newest);
            }

            await moved.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Whether a subscriber at a block has fallen behind what is kept.</summary>
    public bool IsBehind(ulong block)
    {
        lock (_lock) return block + (ulong)limits.BlocksKept < _newest;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            if (Subscribers == 0) await _wanted.WaitAsync(stoppingToken);
            try
            {
                await Look(stoppingToken);
                _isLost = false;
            }
            catch (Exception caught) when (!stoppingToken.IsCancellationRequested)
            {
                // Told once, not with each try.
                if (!_isLost) LogLost(caught);
                _isLost = true;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(limits.PollMilliseconds), time, stoppingToken);
        }
    }

    /// <summary>Takes what is new. After a time without subscribers what was kept may be far behind: it is given up, and what lies between is read by whoever wants it.</summary>
    private async Task Look(CancellationToken cancellationToken)
    {
        var newest = await source.ReadNewest(cancellationToken);
        var known = _newest;
        if (newest <= known) return;
        var from = Math.Max(known + 1, newest >= (ulong)limits.BlocksKept ? newest - (ulong)limits.BlocksKept + 1 : 1);
        var blocks = await source.Read(from, newest, cancellationToken);
        if (blocks.Count == 0) return;
        lock (_lock)
        {
            if (blocks[0].Number != known + 1) _kept.Clear();
            foreach (var block in blocks)
            {
                _kept.Enqueue(block);
                if (_kept.Count > limits.BlocksKept) _kept.Dequeue();
            }

            _newest = blocks[^1].Number;
            var moved = _moved;
            _moved = New();
            moved.SetResult();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(EventId = 0, Level = LogLevel.Warning, Message = "What live streams come from cannot be read; it is tried again.")]
    private partial void LogLost(Exception cause);

    private void Leave(string client)
    {
        lock (_lock)
        {
            _count--;
            if (--_subscribers[client] == 0) _subscribers.Remove(client);
        }
    }

    private sealed class Place(LiveHub hub, string client) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0) hub.Leave(client);
        }
    }
}

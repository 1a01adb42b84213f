using System.Collections.Concurrent;
using Dtao.Api.Json;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains.Blocks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dtao.Api.Health;

/// <summary>Follows the newest block, and knows whether the network answers.</summary>
internal sealed partial class ChainWatch(DtaoClient client, TimeProvider time, ILogger<ChainWatch> logger) : BackgroundService
{
    /// <summary>Of so many blocks it is known when they were closed.</summary>
    private const int TimesMax = 64;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = New();
    private readonly ConcurrentQueue<(BlockNumber Block, long ClosedAt)> _times = new();
    private volatile ChainState? _state;

    /// <summary>What is known of the network; null before it has answered once.</summary>
    public ChainState? State => _state;

    /// <summary>The newest block that was heard of; genesis before any.</summary>
    public BlockNumber Head => _state?.Head.Block ?? BlockNumber.Genesis;

    /// <summary>When a block was closed; null for genesis, for one that is not closed, and for one of long ago.</summary>
    public Timestamp? TimeOf(BlockNumber block)
    {
        foreach (var (known, closedAt) in _times)
        {
            if (known == block) return new Timestamp(closedAt);
        }

        return null;
    }

    /// <summary>Waits until a block after the given one is known.</summary>
    public async Task<ChainState> WaitAfter(BlockNumber block, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_state is { } state && state.Head.Block > block) return state;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var network = await client.GetNetworkAsync(stoppingToken);
                var newest = await client.GetHeadAsync(stoppingToken);
                if (newest.Header is { } last) Note(last);
                Tell(new ChainState(newest, network.BlockIntervalMilliseconds, time.GetTimestamp(), IsReachable: true));
                await foreach (var header in client.Blocks(Head.Next, stoppingToken))
                {
                    // A reader of many old blocks would lag behind: what counts is the newest.
                    var head = header.Number > Head ? await client.GetHeadAsync(stoppingToken) : _state!.Head;
                    Note(header);
                    if (head.Header is { } ahead && ahead.Number > header.Number) Note(ahead);
                    Tell(new ChainState(head, network.BlockIntervalMilliseconds, time.GetTimestamp(), IsReachable: true));
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception lost)
            {
                LogLost(lost);
                if (_state is { } known) Tell(known with { IsReachable = false });
                await Task.Delay(s_pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Note(BlockHeader header)
    {
        _times.Enqueue((header.Number, header.ClosedAt));
        if (_times.Count > TimesMax) _times.TryDequeue(out _);
    }

    private void Tell(ChainState state)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _state = state;
            (changed, _changed) = (_changed, New());
        }

        changed.SetResult();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The network does not answer; it is asked again.")]
    private partial void LogLost(Exception cause);
}

/// <summary>What is known of the network.</summary>
/// <param name="BlockIntervalMilliseconds">Between blocks; below 0 when they close only when asked.</param>
/// <param name="HeardAt">When that was heard, by this process' clock.</param>
/// <param name="IsReachable">Whether the network answered the last time.</param>
internal sealed record ChainState(ChainHead Head, long BlockIntervalMilliseconds, long HeardAt, bool IsReachable);

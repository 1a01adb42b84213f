using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Dtao.Economics;
using Dtao.Grains.Telemetry;

namespace Dtao.Grains.Subnets;

/// <summary>
/// Commands of a silo's accounts on their way to one pool. One travels by itself; those that come meanwhile travel together, and those that come while such a
/// bundle is under way form the next. There is no timer: a command leaves at once, or waits for one answer.
/// </summary>
/// <remarks>
/// A message between two actors costs about as much as a swap. A bundle waits for nothing: the pool answers it in one step, and what it cannot decide in that
/// step is sent there by itself. So no command waits here for what another one waits for.
/// Where the pool is active in this silo there is no message at all (<see cref="ILocalPool"/>): what has gathered is decided in a turn of the pool.
/// </remarks>
internal sealed class CommandBundles(ISubnetPoolGrain pool) : IThreadPoolWorkItem
{
    /// <summary>A pool decides a bundle in one turn, which must not keep others from it for long.</summary>
    private const int CommandsMax = 128;

    private static readonly ConditionalWeakTable<IGrainFactory, ConcurrentDictionary<NetUid, CommandBundles>> s_ofSilos = [];

    private readonly Lock _lock = new();
    private readonly Queue<Waiting> _gathering = new();
    private bool _isUnderWay;
    private int _alone;
    private ILocalPool? _local;

    /// <summary>The bundles from the silo of this factory to a pool.</summary>
    public static CommandBundles To(IGrainFactory factory, NetUid netuid) =>
        s_ofSilos.GetValue(factory, static _ => []).GetOrAdd(netuid, static (netuid, factory) => new CommandBundles(factory.Pool(netuid)), factory);

    /// <summary>Whether a command may go by itself, since no other one does. Its sender lets the next go (<see cref="EndAlone"/>) when it has its answer.</summary>
    public bool TryGoAlone() => Volatile.Read(ref _local) is null && Interlocked.CompareExchange(ref _alone, 1, 0) == 0;

    public void EndAlone() => Volatile.Write(ref _alone, 0);

    /// <summary>The pool is active in this silo: from now on commands are decided in its turns.</summary>
    public void Attach(ILocalPool pool) => Volatile.Write(ref _local, pool);

    /// <summary>The activation ends, and takes no more commands. No effect when another one is attached.</summary>
    public void Detach(ILocalPool pool) => Interlocked.CompareExchange(ref _local, null, pool);

    /// <summary>Sends a command with others.</summary>
    /// <returns>The pool's answer; null when it has to be sent by itself. Fails as the message fails: then nobody knows what was decided.</returns>
    public Task<PoolReply?> Send(PoolCommand command)
    {
        var waiting = new Waiting(command);
        lock (_lock)
        {
            _gathering.Enqueue(waiting);
            LedgerMetrics.BundleQueueChanged(1);
            if (_isUnderWay) return waiting.Task;
            _isUnderWay = true;
        }

        Begin();
        return waiting.Task;
    }

    private void Begin()
    {
        // Outside of the actor that happens to be the first: it may end while others still send.
        if (Volatile.Read(ref _local) is { } pool) pool.PostDecisions();
        else ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    /// <summary>Decides what has gathered. Called by the pool in a turn of its own, after <see cref="ILocalPool.PostDecisions"/>.</summary>
    public void DecideIn(ILocalPool pool)
    {
        for (var left = CommandsMax; left > 0; left--)
        {
            if (TakeOne() is not { } waiting) return;
            try
            {
                // One that is detached, or has been replaced, decides nothing any more: each is sent to whoever has come after it.
                waiting.SetResult(Volatile.Read(ref _local) == pool ? pool.TryDecide(waiting.Command) : null);
            }
            catch (Exception exception)
            {
                waiting.TrySetException(exception);
            }
        }

        Begin();
    }

    /// <inheritdoc/>
    public void Execute() => _ = SendAll();

    private async Task SendAll()
    {
        while (TakeBundle() is { } bundle)
        {
            try
            {
                var replies = await pool.ExecuteAll(Array.ConvertAll(bundle, waiting => waiting.Command)).ConfigureAwait(false);
                for (var i = 0; i < bundle.Length; i++) bundle[i].SetResult(replies[i]);
            }
            catch (Exception exception)
            {
                foreach (var waiting in bundle) waiting.TrySetException(exception);
            }
        }
    }

    private Waiting[]? TakeBundle()
    {
        lock (_lock)
        {
            if (_gathering.Count == 0)
            {
                _isUnderWay = false;
                return null;
            }

            var bundle = new Waiting[Math.Min(_gathering.Count, CommandsMax)];
            for (var i = 0; i < bundle.Length; i++) bundle[i] = _gathering.Dequeue();
            LedgerMetrics.BundleQueueChanged(-bundle.Length);
            LedgerMetrics.BundleSent(bundle.Length);
            return bundle;
        }
    }

    private Waiting? TakeOne()
    {
        lock (_lock)
        {
            if (!_gathering.TryDequeue(out var waiting))
            {
                _isUnderWay = false;
                return null;
            }

            LedgerMetrics.BundleQueueChanged(-1);
            return waiting;
        }
    }

    /// <summary>A command and whoever waits for its answer: an actor, whose turns must not run here.</summary>
    private sealed class Waiting(PoolCommand command) : TaskCompletionSource<PoolReply?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public PoolCommand Command => command;
    }
}

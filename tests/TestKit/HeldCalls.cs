using System.Collections.Concurrent;
using Orleans;
using Orleans.Runtime;

namespace Dtao.TestKit;

/// <summary>Notes what actors are asked, and holds one answer back where a test says so: it has been computed, and has not arrived.</summary>
public sealed class HeldCalls : IIncomingGrainCallFilter, IOutgoingGrainCallFilter
{
    private readonly ConcurrentQueue<(GrainId Grain, string Method)> _seen = new();
    private Held? _held;

    /// <summary>Every call so far, in the order in which they began.</summary>
    public IReadOnlyList<(GrainId Grain, string Method)> Seen => [.. _seen];

    /// <summary>Holds the next answer of a method of one grain.</summary>
    public Held HoldNext(IAddressable grain, string method) => _held = new Held(grain.GetGrainId(), method);

    public Task Invoke(IIncomingGrainCallContext context)
    {
        _seen.Enqueue((context.TargetId, context.MethodName));
        return context.Invoke();
    }

    /// <remarks>Held on the caller's side: once it is released, the caller goes on before it looks at any later message.</remarks>
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        await context.Invoke();
        if (_held is { } held && held.Grain == context.TargetId && held.Method == context.MethodName && Interlocked.CompareExchange(ref _held, null, held) == held)
        {
            await held.Wait();
        }
    }

    /// <summary>An answer that is held back.</summary>
    public sealed class Held(GrainId grain, string method)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal GrainId Grain => grain;

        internal string Method => method;

        /// <summary>Ends when there is an answer to hold.</summary>
        public Task Reached => _reached.Task;

        public void Release() => _released.SetResult();

        internal Task Wait()
        {
            _reached.SetResult();
            return _released.Task;
        }
    }
}

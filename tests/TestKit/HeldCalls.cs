using System.Collections.Concurrent;
using Orleans;
using Orleans.Runtime;

namespace Dtao.TestKit;

/// <summary>Notes what actors are asked, and holds one answer (computed, and not arrived) or one request (made, and not sent) back where a test says so.</summary>
public sealed class HeldCalls : IIncomingGrainCallFilter, IOutgoingGrainCallFilter
{
    private readonly ConcurrentQueue<(GrainId Grain, string Method)> _seen = new();
    private Held? _held;

    /// <summary>Every call so far, in the order in which they began.</summary>
    public IReadOnlyList<(GrainId Grain, string Method)> Seen => [.. _seen];

    /// <summary>Holds the next answer of a method of one grain.</summary>
    public Held HoldNext(IAddressable grain, string method) => _held = new Held(grain.GetGrainId(), method, isRequest: false);

    /// <summary>Holds the next request to a method of one grain: it has been made, and has not been sent.</summary>
    public Held HoldNextRequest(IAddressable grain, string method) => _held = new Held(grain.GetGrainId(), method, isRequest: true);

    public Task Invoke(IIncomingGrainCallContext context)
    {
        _seen.Enqueue((context.TargetId, context.MethodName));
        return context.Invoke();
    }

    /// <remarks>Held on the caller's side: once it is released, the caller goes on before it looks at any later message.</remarks>
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (Takes(context, isRequest: true) is { } request) await request.Wait();
        await context.Invoke();
        if (Takes(context, isRequest: false) is { } answer) await answer.Wait();
    }

    private Held? Takes(IGrainCallContext context, bool isRequest) =>
        _held is { } held && held.IsRequest == isRequest && held.Grain == context.TargetId && held.Method == context.MethodName
            && Interlocked.CompareExchange(ref _held, null, held) == held
            ? held
            : null;

    /// <summary>An answer or a request that is held back.</summary>
    public sealed class Held(GrainId grain, string method, bool isRequest)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal GrainId Grain => grain;

        internal string Method => method;

        internal bool IsRequest => isRequest;

        /// <summary>Ends when there is something to hold.</summary>
        public Task Reached => _reached.Task;

        public void Release() => _released.SetResult();

        internal Task Wait()
        {
            _reached.SetResult();
            return _released.Task;
        }
    }
}

using System.Collections.Concurrent;
using Orleans;
using Orleans.Core.Internal;
using Orleans.Runtime;

namespace Dtao.TestKit;

/// <summary>
/// Notes what actors are asked, and holds one answer (computed, and not arrived) or one request (made, and not sent) back where a test says so; or loses an
/// answer, and ends who gave it.
/// </summary>
public sealed class HeldCalls : IIncomingGrainCallFilter, IOutgoingGrainCallFilter
{
    private readonly ConcurrentQueue<(GrainId Grain, string Method)> _seen = new();
    private Held? _held;
    private Lost? _lost;

    /// <summary>Every call so far, in the order in which they began.</summary>
    public IReadOnlyList<(GrainId Grain, string Method)> Seen => [.. _seen];

    /// <summary>Holds the next answer of a method of one grain.</summary>
    public Held HoldNext(IAddressable grain, string method) => _held = new Held(grain.GetGrainId(), method, isRequest: false);

    /// <summary>Holds the next request to a method of one grain: it has been made, and has not been sent.</summary>
    public Held HoldNextRequest(IAddressable grain, string method) => _held = new Held(grain.GetGrainId(), method, isRequest: true);

    /// <summary>Holds every answer of a method of one grain from now on: for those who ask again when they have waited for long enough.</summary>
    public Held HoldEach(IAddressable grain, string method) => _held = new Held(grain.GetGrainId(), method, isRequest: false, isLasting: true);

    /// <summary>Loses the next answer of a method of one grain; the actor that gave it ends.</summary>
    public Lost LoseNext(IAddressable grain, string method) => _lost = new Lost(grain.GetGrainId(), method);

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
        if (_lost is { } lost && lost.Grain == context.TargetId && lost.Method == context.MethodName
            && Interlocked.CompareExchange(ref _lost, null, lost) == lost)
        {
            await lost.End((IGrain)context.Grain);
        }
    }

    private Held? Takes(IGrainCallContext context, bool isRequest) =>
        _held is { } held && held.IsRequest == isRequest && held.Grain == context.TargetId && held.Method == context.MethodName
            && (held.IsLasting || Interlocked.CompareExchange(ref _held, null, held) == held)
            ? held
            : null;

    /// <summary>An answer that does not arrive.</summary>
    public sealed class Lost(GrainId grain, string method)
    {
        internal GrainId Grain => grain;

        internal string Method => method;

        /// <summary>Whether there was one to lose.</summary>
        public bool IsReached { get; private set; }

        internal async Task End(IGrain answered)
        {
            IsReached = true;
            await answered.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
            throw new TimeoutException($"The answer to {Method} was lost, and the actor that gave it has ended.");
        }
    }

    /// <summary>An answer or a request that is held back.</summary>
    public sealed class Held(GrainId grain, string method, bool isRequest, bool isLasting = false)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal GrainId Grain => grain;

        internal string Method => method;

        internal bool IsRequest => isRequest;

        internal bool IsLasting => isLasting;

        /// <summary>Ends when there is something to hold.</summary>
        public Task Reached => Patience.Until(_reached.Task, $"Nobody asked {Grain} for {Method}.");

        public void Release() => _released.TrySetResult();

        internal Task Wait()
        {
            _reached.TrySetResult();
            return _released.Task;
        }
    }
}

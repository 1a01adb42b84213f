namespace Dtao.LoadTest.Driving;

/// <summary>What is loaded.</summary>
public interface ILoadTarget
{
    /// <summary>Makes the next request and sends it. It is made before the first await, so that requests are made in the order of the calls. Does not throw.</summary>
    /// <returns>Null when there was nothing to send.</returns>
    Task<StepResult>? SendNext();
}

/// <summary>Sends at the times of a schedule, whatever became of what was sent before: an open model.</summary>
public static class OpenDriver
{
    /// <summary>
    /// Runs to the end of the schedule, and until what was sent has ended. While <paramref name="inFlightMax"/> are under way nothing is sent; what waits is sent late,
    /// and its latency counts from when it was meant to be sent. What still waits at the end of the schedule is not sent, and counted.
    /// </summary>
    public static async Task RunAsync(Schedule schedule, ILoadTarget target, Recorder recorder, ILoadClock clock, int inFlightMax, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(recorder);
        ArgumentNullException.ThrowIfNull(clock);
        using var places = new SemaphoreSlim(inFlightMax, inFlightMax);
        try
        {
            for (var (number, count) = (0L, schedule.Count); number < count; number++)
            {
                var intended = schedule.At(number);
                if (clock.Now < intended) await clock.WaitUntil(intended, cancellationToken);
                if (!places.Wait(0, CancellationToken.None)) await places.WaitAsync(cancellationToken);
                var now = clock.Now;
                if (now >= schedule.Microseconds && now > intended)
                {
                    places.Release();
                    for (; number < count; number++) recorder.Unsent(schedule.At(number));
                    break;
                }

                if (target.SendNext() is not { } sent)
                {
                    places.Release();
                    recorder.Unsent(intended);
                    continue;
                }

                recorder.Sent(intended, now);
                _ = Follow(sent, intended);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What was sent is waited for all the same.
        }

        for (var place = 0; place < inFlightMax; place++) await places.WaitAsync(CancellationToken.None);

        async Task Follow(Task<StepResult> sent, long intended)
        {
            var result = await sent;
            recorder.Ended(intended, clock.Now, result);
            places.Release();
        }
    }
}

/// <summary>Loops that each send when their last request has ended and they have thought: a closed model. Latency counts from the send, since nothing was meant to be sent before.</summary>
/// <remarks>A loop that has nothing to send counts that as not sent, uses up no request, and waits.</remarks>
public static class ClosedDriver
{
    /// <summary>A loop that has nothing to send looks again after this.</summary>
    private const long IdleMicroseconds = 100_000;

    /// <param name="operationsMax">All loops together send no more.</param>
    /// <param name="between">Awaited before each request, and part of no latency; with the number of requests so far.</param>
    /// <param name="goesOn">Whether loops send on when the time is over; null: they do not.</param>
    public static Task RunAsync(
        int loops, long thinkMicroseconds, long microseconds, long operationsMax, ILoadTarget target, Recorder recorder, ILoadClock clock, Func<long, ValueTask>? between,
        CancellationToken cancellationToken, Func<bool>? goesOn = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(recorder);
        ArgumentNullException.ThrowIfNull(clock);
        var left = operationsMax;
        return Task.WhenAll(Enumerable.Range(0, loops).Select(_ => Task.Run(Loop, CancellationToken.None)));

        async Task Loop()
        {
            try
            {
                await clock.WaitUntil(0, cancellationToken);
                while ((clock.Now < microseconds || goesOn?.Invoke() == true) && !cancellationToken.IsCancellationRequested && Interlocked.Decrement(ref left) is >= 0 and var rest)
                {
                    if (between is not null) await between(operationsMax - rest - 1);
                    // To the end of the queue: a loop whose answer comes at once must not run while others wait.
                    await Task.Yield();
                    var began = clock.Now;
                    if (target.SendNext() is not { } sent)
                    {
                        Interlocked.Increment(ref left);
                        recorder.Unsent(began);
                        await clock.WaitUntil(began + Math.Max(IdleMicroseconds, thinkMicroseconds), cancellationToken);
                        continue;
                    }

                    recorder.Sent(began, began);
                    var result = await sent;
                    recorder.Ended(began, clock.Now, result);
                    if (thinkMicroseconds > 0) await clock.WaitUntil(clock.Now + thinkMicroseconds, cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The way it ends when somebody asks for it.
            }
        }
    }
}

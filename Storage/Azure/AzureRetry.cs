using Orleans.Persistence.AzureStorage;

namespace Dtao.Storage;

/// <summary>
/// Sends a request again while it stays unanswered: a bounded number of times, within a bounded time, after pauses that grow
/// and are shortened by chance, so that many clients of a busy service do not come back together.
/// </summary>
internal sealed class AzureRetry(string provider, int retriesMax, TimeSpan firstPause, TimeSpan timeMax, TimeProvider time)
{
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(10);

    public static AzureRetry ForOperations(string provider, AzureStoragePolicyOptions policy, TimeProvider time) =>
        new(provider, policy.MaxOperationRetries, policy.PauseBetweenOperationRetries, policy.OperationTimeout, time);

    public static AzureRetry ForCreation(string provider, AzureStoragePolicyOptions policy, TimeProvider time) =>
        new(provider, policy.MaxCreationRetries, policy.PauseBetweenCreationRetries, policy.CreationTimeout, time);

    /// <summary>Ends with the answer, or with the fault that stays: any that is not unanswered, at once.</summary>
    /// <param name="request">Sends the request; the token ends when there is no more time.</param>
    /// <param name="cancellationToken">Gives up: only for requests that change nothing.</param>
    public async Task<AzureOutcome<T>> Run<T>(Func<CancellationToken, Task<T>> request, CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource timeUp = new(timeMax, time);
        using var either = cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(timeUp.Token, cancellationToken) : null;
        var end = either?.Token ?? timeUp.Token;
        var isUnanswered = false;
        for (var attempt = 0; ; attempt++)
        {
            AzureFault fault;
            try
            {
                return new(await request(end).ConfigureAwait(false), null, isUnanswered);
            }
#pragma warning disable CA1031 // Every exception is read into a fault, and none is lost: the last one is the outcome.
            catch (Exception e)
#pragma warning restore CA1031
            {
                cancellationToken.ThrowIfCancellationRequested();
                fault = AzureFault.Of(e);
            }

            if (fault.Kind != AzureFaultKind.Unanswered) return new(default, fault, isUnanswered);
            isUnanswered = true;
            if (fault.IsThrottled) StoreMetrics.RequestThrottled(provider);
            else StoreMetrics.RequestUnanswered(provider);
            if (attempt >= retriesMax || timeUp.IsCancellationRequested) return new(default, fault, isUnanswered);
            try
            {
                await Task.Delay(PauseBefore(attempt, fault), time, end).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return new(default, fault, isUnanswered);
            }
        }
    }

    /// <summary>As <see cref="Run"/>, for requests whose caller has nothing to decide: throws what the fault means.</summary>
    public async Task<T> RunOrThrow<T>(
        string subject, Func<CancellationToken, Task<T>> request, CancellationToken cancellationToken = default)
    {
        var outcome = await Run(request, cancellationToken).ConfigureAwait(false);
        return outcome.Fault is { } fault ? throw fault.ToException(subject) : outcome.Value!;
    }

    private TimeSpan PauseBefore(int attempt, AzureFault fault)
    {
        var longest = TimeSpan.FromTicks(Math.Min(PauseMax.Ticks, firstPause.Ticks << Math.Min(attempt, 10)));
        var pause = TimeSpan.FromTicks(Random.Shared.NextInt64(longest.Ticks / 2, longest.Ticks + 1));
        return fault.RetryAfter is { } asked && asked > pause ? (asked < timeMax ? asked : timeMax) : pause;
    }
}

/// <summary>How a request ended.</summary>
/// <param name="Value">The answer, where there is no fault.</param>
/// <param name="Fault">Why there is none.</param>
/// <param name="WasUnanswered">An attempt stayed unanswered, so that the request may have been done before its last attempt.</param>
internal readonly record struct AzureOutcome<T>(T? Value, AzureFault? Fault, bool WasUnanswered);

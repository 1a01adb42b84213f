using Dtao.Economics;
using Dtao.Silo.Display;
using Microsoft.Extensions.Logging;

namespace Dtao.Silo.Running;

/// <summary>What one audit found.</summary>
/// <param name="Details">What is off, one line; empty when clean.</param>
internal sealed record AuditFinding(bool IsClean, BlockNumber Block, string Details);

/// <summary>Audits the running network over and over, on a thread of its own.</summary>
/// <param name="told">Told of each audit and how long it took.</param>
internal sealed partial class AuditWatch(Func<AuditFinding> audit, TimeProvider time, ILogger logger, Action<AuditState, TimeSpan>? told = null)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private AuditState _state;

    public AuditState State
    {
        get
        {
            lock (_lock) return _state;
        }
    }

    /// <summary>Audits at once and then after each pause, until it is cancelled; a failure is shown and the next audit tried.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Factory.StartNew(Audit, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Audits once.</summary>
    public void Audit()
    {
        var began = time.GetTimestamp();
        var state = Look();
        lock (_lock) _state = state;
        told?.Invoke(state, time.GetElapsedTime(began));
    }

    private AuditState Look()
    {
        try
        {
            var finding = audit();
            if (!finding.IsClean) LogOff(finding.Block.Value, finding.Details);
            return new(finding.IsClean ? AuditOutcome.Clean : AuditOutcome.Off, finding.Block);
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            return new(AuditOutcome.Failed, State.Block);
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The audit at block {Block} is off: {Details}")]
    private partial void LogOff(ulong block, string details);

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit could not be run.")]
    private partial void LogFailed(Exception cause);
}

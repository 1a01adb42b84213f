using Dtao.Hosting.Audit;
using Dtao.LoadTest.Driving;

namespace Dtao.LoadTest.Runs;

/// <summary>An audit that ran beside a load.</summary>
/// <param name="AtMicroseconds">The instant whose books were audited, from the beginning of the run.</param>
/// <param name="Fault">Why it is not clean, or could not be made; null when it is clean.</param>
public sealed record AuditNote(long AtMicroseconds, long TookMicroseconds, ulong Block, string? Fault)
{
    public bool IsClean => Fault is null;
}

/// <summary>Audits the network again and again while it is loaded. It takes its part of the processors, and never more than about a tenth of the time.</summary>
/// <param name="audit">Audits the books of one instant.</param>
/// <param name="seconds">From the end of one to the next.</param>
internal sealed class AuditsBeside(Func<CancellationToken, Task<AuditReport>> audit, int seconds, ILoadClock clock)
{
    private const int PauseParts = 9;
    private const int FaultsShown = 3;

    private readonly List<AuditNote> _notes = [];
    private readonly Lock _lock = new();

    public IReadOnlyList<AuditNote> Notes
    {
        get
        {
            lock (_lock) return [.. _notes];
        }
    }

    /// <summary>The last that is complete; null before the first.</summary>
    public AuditNote? Last
    {
        get
        {
            lock (_lock) return _notes.Count == 0 ? null : _notes[^1];
        }
    }

    /// <summary>Until it is told that the load is over; an audit that is under way then is finished.</summary>
    public async Task RunAsync(CancellationToken over)
    {
        for (var pause = seconds * LoadOptions.MicrosecondsPerSecond; ;)
        {
            await Task.Delay(TimeSpan.FromMicroseconds(pause), over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested) return;
            var note = await Look();
            lock (_lock) _notes.Add(note);
            pause = Math.Max(seconds * LoadOptions.MicrosecondsPerSecond, PauseParts * note.TookMicroseconds);
        }
    }

    private async Task<AuditNote> Look()
    {
        var began = clock.Now;
        try
        {
            var report = await Task.Run(() => audit(CancellationToken.None));
            return new(began, clock.Now - began, report.Block.Value, report.IsClean ? null : string.Join("; ", Proofs.LoadProof.OfAudit(report).Faults.Take(FaultsShown)));
        }
        catch (Exception caught) when (caught is not OutOfMemoryException)
        {
            return new(began, clock.Now - began, 0, caught.Message);
        }
    }
}

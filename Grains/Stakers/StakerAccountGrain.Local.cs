using Dtao.Economics;
using Dtao.Grains.Shell;
using Dtao.Grains.Telemetry;

namespace Dtao.Grains.Stakers;

/// <content>Operations out of batches, and the way to this account for whoever takes them in the same silo. See docs/decisions/0129-many-operations-in-one-message.md.</content>
public sealed partial class StakerAccountGrain : ILocalAccount
{
    /// <summary>Shorter than the batch's, so that what has its outcome is told even where another operation of the account has none.</summary>
    private static readonly TimeSpan s_batchPatience = TimeSpan.FromSeconds(OperationLimits.BatchSeconds - 2);

    private static readonly TimeSpan s_localPatience = TimeSpan.FromSeconds(2);
    private static readonly Action<object> s_run = static turn => ((IThreadPoolWorkItem)turn).Execute();

    private bool _isAttached;

    /// <summary>What <see cref="_durablySettledBelow"/> becomes when these have ended: the oldest write that others wait for, and the newest.</summary>
    private Task? _settling;
    private ulong _settlingBelow;
    private Task? _settlingNext;
    private ulong _settlingNextBelow;

    /// <summary>Operations that came without a message and are under way: the runtime does not know of them.</summary>
    private int _localOperations;
    private TaskCompletionSource? _localOperationsEnded;

    /// <summary>Kept for longer already, since it finishes what another activation has begun.</summary>
    private bool _isKept;

    public async Task<ReceiptBatch> SubmitAll(OperationBatch batch)
    {
        AttachLocally();
        var run = new BatchRun(batch.Operations.Length);
        for (var place = 0; place < batch.Operations.Length; place++) run.Follow(place, Submit(batch.Operations[place]));
        await run.WaitAtMost(s_batchPatience);
        return new ReceiptBatch(run.Receipts(place => Receipt.NotAccepted(batch.Operations[place].Id, RefusalCode.OutcomeUnknown, network.Head)));
    }

    void ILocalAccount.Post(IThreadPoolWorkItem turn) => GrainContext.Scheduler.QueueAction(s_run, turn);

    bool ILocalAccount.TryBegin(Operation operation, IOperationEnd end)
    {
        if (!_isAttached) return false;
        if (!_isKept) NoteLocalUse();

        // How long an operation takes is measured here, so there it is waited for here, too.
        var waitsHere = LedgerMetrics.MeasuresOperations || network.Head == BlockNumber.Genesis || !IsForOutside(operation);
        var submitted = waitsHere ? Tell(operation, end) : Accept(operation, isFromOutside: true, end);
        if (submitted.IsCompleted) end.Answer(submitted.IsCompletedSuccessfully ? submitted.Result : Unknown(operation), Task.CompletedTask, null);
        return true;
    }

    private async Task<Receipt> Tell(Operation operation, IOperationEnd end)
    {
        var receipt = Unknown(operation);
        _localOperations++;
        try
        {
            return receipt = await Submit(operation);
        }
        finally
        {
            end.Answer(receipt, Task.CompletedTask, null);
            EndLocalOperation();
        }
    }

    private Receipt Unknown(Operation operation) => Receipt.NotAccepted(operation.Id, RefusalCode.OutcomeUnknown, network.Head);

    private void EndLocalOperation()
    {
        if (--_localOperations == 0) _localOperationsEnded?.TrySetResult();
    }

    /// <summary>As the runtime does with messages: what was begun here gets its answer before the activation ends, where it comes soon.</summary>
    private async Task WaitForLocalOperations()
    {
        if (_localOperations == 0 || IsPoisoned) return;
        _localOperationsEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _localOperationsEnded.Task.WaitAsync(s_localPatience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    /// <summary>All of this account's operations below are settled, and durably so.</summary>
    private ulong DurablySettledBelow
    {
        get
        {
            while (_settling is { IsCompleted: true } settling)
            {
                if (settling.Exception is { } lost) throw PoisonedBy(lost.GetBaseException());
                _durablySettledBelow = Math.Max(_durablySettledBelow, _settlingBelow);
                (_settling, _settlingBelow, _settlingNext) = (_settlingNext, _settlingNextBelow, null);
            }

            return _durablySettledBelow;
        }
    }

    /// <summary>Leaves the wait for a receipt that was recorded to whoever began the operation.</summary>
    private Receipt AnswerOutside(Receipt receipt, IOperationEnd end)
    {
        ThrowIfPoisoned();
        var written = WhenWritten();
        var whenDurable = written.IsCompletedSuccessfully ? Task.CompletedTask : written.AsTask();
        _ = DurablySettledBelow;
        if (_settling is null || _settling == whenDurable) (_settling, _settlingBelow) = (whenDurable, State.SettledBelow);
        else (_settlingNext, _settlingNextBelow) = (whenDurable, State.SettledBelow);
        end.Answer(receipt, whenDurable, network.Operations);
        return receipt;
    }

    /// <summary>Only on one ordered log: what is replaced there knows it at its next step.</summary>
    private void AttachLocally()
    {
        var accounts = LocalAccounts.Of(GrainFactory);
        if (_isAttached || IsPoisoned || Journals.LogId == Guid.Empty || accounts.AreCallsSeen(ServiceProvider)) return;
        _isAttached = true;
        accounts.Attach(State.Id, this);
    }

    private void DetachLocally()
    {
        if (!_isAttached) return;
        _isAttached = false;
        LocalAccounts.Of(GrainFactory).Detach(State.Id, this);
    }
}

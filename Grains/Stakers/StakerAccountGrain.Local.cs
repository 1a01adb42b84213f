using Dtao.Economics;
using Dtao.Grains.Shell;
using Dtao.Grains.Telemetry;

namespace Dtao.Grains.Stakers;

/// <content>Operations out of batches, and the way to this account for whoever takes them in the same silo. See docs/decisions/0129-many-operations-in-one-message.md.</content>
public sealed partial class StakerAccountGrain : ILocalAccount
{
    /// <summary>Shorter than the batch's, so that what has its outcome is told even where another operation of the account has none.</summary>
    private static readonly TimeSpan s_batchPatience = TimeSpan.FromSeconds(OperationLimits.BatchSeconds - 2);

    private static readonly Action<object> s_run = static turn => ((IThreadPoolWorkItem)turn).Execute();

    private bool _isAttached;

    /// <summary>What <see cref="_durablySettledBelow"/> becomes when this has ended. Only the oldest is kept: it ends first.</summary>
    private Task? _settling;
    private ulong _settlingBelow;

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
        if (!_isAttached || LedgerTraces.IsTraced || network.Head == BlockNumber.Genesis) return false;
        if (!_isKept) NoteLocalUse();

        // How long an operation takes is measured here, so there it is waited for here, too.
        var submitted = LedgerMetrics.MeasuresOperations || !IsForOutside(operation) ? Tell(operation, end) : Accept(operation, isFromOutside: true, end);
        if (submitted.IsCompletedSuccessfully) end.Answer(submitted.Result, Task.CompletedTask);
        return true;
    }

    private async Task<Receipt> Tell(Operation operation, IOperationEnd end)
    {
        var receipt = Receipt.NotAccepted(operation.Id, RefusalCode.OutcomeUnknown, network.Head);
        try
        {
            return receipt = await Submit(operation);
        }
        finally
        {
            end.Answer(receipt, Task.CompletedTask);
        }
    }

    /// <summary>All of this account's operations below are settled, and durably so.</summary>
    private ulong DurablySettledBelow
    {
        get
        {
            if (_settling is not { IsCompleted: true }) return _durablySettledBelow;
            if (_settling.Exception is { } lost) throw PoisonedBy(lost.GetBaseException());
            _settling = null;
            return _durablySettledBelow = Math.Max(_durablySettledBelow, _settlingBelow);
        }
    }

    /// <summary>Leaves the wait for a receipt that was recorded to whoever began the operation.</summary>
    private Receipt AnswerOutside(Receipt receipt, IOperationEnd end)
    {
        ThrowIfPoisoned();
        var written = WhenWritten();
        var whenDurable = written.IsCompletedSuccessfully ? Task.CompletedTask : written.AsTask();
        _ = DurablySettledBelow;
        if (_settling is null) (_settling, _settlingBelow) = (whenDurable, State.SettledBelow);
        end.Answer(receipt, whenDurable);
        return receipt;
    }

    /// <summary>Only on one ordered log: what is replaced there knows it at its next step.</summary>
    private void AttachLocally()
    {
        if (_isAttached || IsPoisoned || Journals.LogId == Guid.Empty || LocalCalls.AreSeen(ServiceProvider)) return;
        _isAttached = true;
        LocalAccounts.Of(GrainFactory).Attach(State.Id, this);
    }

    private void DetachLocally()
    {
        if (!_isAttached) return;
        _isAttached = false;
        LocalAccounts.Of(GrainFactory).Detach(State.Id, this);
    }
}

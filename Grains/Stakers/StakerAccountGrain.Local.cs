using Dtao.Grains.Shell;
using Dtao.Grains.Telemetry;

namespace Dtao.Grains.Stakers;

/// <content>Operations out of batches, and the way to this account for whoever takes them in the same silo. See docs/decisions/0129-many-operations-in-one-message.md.</content>
public sealed partial class StakerAccountGrain : ILocalAccount
{
    /// <summary>Shorter than the batch's, so that what has its outcome is told even where another operation of the account has none.</summary>
    private static readonly TimeSpan s_batchPatience = TimeSpan.FromSeconds(OperationLimits.BatchSeconds - 2);

    private bool _isAttached;

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

    void ILocalAccount.Post(Action turn) => GrainContext.Scheduler.QueueAction(turn);

    Task<Receipt>? ILocalAccount.TrySubmit(Operation operation)
    {
        if (!_isAttached || LedgerTraces.IsTraced) return null;
        if (!_isKept) NoteLocalUse();
        return Submit(operation);
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

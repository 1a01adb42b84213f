using System.Diagnostics;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dtao.Grains.Stakers;

/// <content>What an account tells about its operations: spans, counts, and log lines.</content>
public sealed partial class StakerAccountGrain
{
    private int _countedHolds;
    private int _countedLine;

    /// <summary>Spans of traced operations whose requests wait here. Made with the first of them.</summary>
    private Dictionary<OperationId, Activity>? _spans;

    /// <summary>As <see cref="Accept"/>, where somebody listens.</summary>
    private async Task<Receipt> AcceptObserved(Operation operation)
    {
        var began = Stopwatch.GetTimestamp();
        var isRepeat = State.Settled.Contains(operation.Id) || State.SequenceOf(operation.Id) != 0 || IsWaitedFor(operation.Id);
        using var span = LedgerTraces.StartOperation(operation, isRepeat);
        if (span is not null && !isRepeat) (_spans ??= [])[operation.Id] = span;
        try
        {
            var receipt = await Accept(operation, isFromOutside: true);
            LedgerTraces.End(span, receipt);
            if (isRepeat)
            {
                LedgerMetrics.OperationRepeated();
            }
            else
            {
                LedgerMetrics.OperationTook(began, receipt.Status);
                if (receipt.Status == ReceiptStatus.NotAccepted) LedgerMetrics.OperationAnswered(operation.Call.Kind, receipt);
            }

            return receipt;
        }
        finally
        {
            if (span is not null && !isRepeat) _spans!.Remove(operation.Id);
        }
    }

    /// <summary>Lets what is sent from here on belong to the operation's own span, whichever operation's turn it is.</summary>
    private void ContinueSpan(OperationId id)
    {
        if (_spans is not null) LedgerTraces.Continue(_spans.GetValueOrDefault(id));
    }

    /// <summary>An operation has its receipt, which is recorded.</summary>
    private void NoteAnswered(OperationId id, Call call, Receipt receipt)
    {
        LedgerMetrics.OperationAnswered(call.Kind, receipt);
        LogAnswered(id, call.Kind, call.Netuid.Value, State.Id, receipt.Status, receipt.ErrorName, receipt.Block.Value);
    }

    private void CountHolds(int holds)
    {
        if (holds == _countedHolds) return;
        LedgerMetrics.HoldsChanged(holds - _countedHolds);
        _countedHolds = holds;
    }

    private void CountLine(int length)
    {
        if (length == _countedLine) return;
        LedgerMetrics.AccountQueueChanged(length - _countedLine);
        _countedLine = length;
    }

    private void LogRetry(InFlightOperation operation, string reason)
    {
        NoteRepeat();
        WriteRetry(operation.Id, operation.Call.Netuid.Value, State.Id, operation.Sequence, operation.Route, Now.Value, reason);
    }

    [LoggerMessage(203, LogLevel.Information, "Operation {OperationId} on subnet {Netuid} of account {Account} is sent again as sequence {Sequence} ({Route}) at block {Block}: {Reason}")]
    private partial void WriteRetry(OperationId operationId, ushort netuid, AccountId account, ulong sequence, OperationRoute route, ulong block, string reason);

    [LoggerMessage(204, LogLevel.Debug, "Operation {OperationId} ({Call}) on subnet {Netuid} of account {Account}: {Outcome} {Code} at block {Block}")]
    private partial void LogAnswered(OperationId operationId, CallKind call, ushort netuid, AccountId account, ReceiptStatus outcome, string code, ulong block);
}

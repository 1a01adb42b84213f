using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Stakers;

namespace Dtao.Client;

/// <content>Many operations in one message.</content>
public sealed partial class DtaoClient
{
    /// <summary>One at a time takes places for many, so that two who need many do not each keep half of them.</summary>
    private readonly SemaphoreSlim _manyPlaces = new(1);

    /// <summary>
    /// Submits the calls of many accounts, many in one message: a call for each place of the list, signed where the network asks for it. Otherwise as
    /// <see cref="SubmitManyAsync(IReadOnlyList{Operation}, CancellationToken)"/>.
    /// </summary>
    /// <param name="calls">Who calls what; the same account may stand there several times.</param>
    public async Task<IReadOnlyList<OperationResult>> SubmitManyAsync(IReadOnlyList<(AccountId Signer, Call Call)> calls, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(calls);
        if (calls.Count == 0) return [];
        var ticket = await CreateTicketAsync(cancellationToken).ConfigureAwait(false);
        var networkId = _networkId ?? await LearnNetworkId(cancellationToken).ConfigureAwait(false);
        var operations = new Operation[calls.Count];
        for (var place = 0; place < operations.Length; place++)
        {
            var (signer, call) = calls[place];
            ArgumentNullException.ThrowIfNull(call);
            var operation = new Operation { Id = OperationId.Create(), Signer = signer, Call = call, LastValidBlock = ticket.LastValidBlock, NetworkId = networkId };
            operations[place] = _requiresSignatures && _signers.TryGetValue(signer, out var known)
                ? Sign(operation with { Nonce = await NextNonce(known, cancellationToken).ConfigureAwait(false) }, known.Signer)
                : operation;
        }

        var results = (OperationResult[])await SubmitManyAsync(operations, cancellationToken).ConfigureAwait(false);
        if (_requiresSignatures) await Task.WhenAll(Enumerable.Range(0, results.Length).Select(SignAnew)).ConfigureAwait(false);
        return results;

        // Another client of the account was quicker to use a nonce.
        async Task SignAnew(int place)
        {
            if (!IsRefusedForItsNonce(results[place]) || !_signers.TryGetValue(operations[place].Signer, out var signer)) return;
            signer.Forget();
            results[place] = await SubmitSigned(operations[place] with { Nonce = null, Signature = null }, signer, null, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Submits operations of any number of accounts, many in one message (<see cref="OperationLimits.BatchMax"/>). They have nothing else to do with each other: each has its own
    /// outcome, takes effect once however often it is sent, and is durable when its result says Applied or Refused. Each that may pass is sent again, as
    /// <see cref="SubmitAsync(Operation, CancellationToken)"/> does, without those that have their outcome.
    /// </summary>
    /// <param name="operations">Any number. Those of one account are taken on in this order where they fit side by side and none has to be sent again.</param>
    /// <returns>A result for each operation, in the same order. On return all have theirs.</returns>
    /// <exception cref="OperationWaitCanceledException">
    /// The wait was cancelled after something was sent; submit <see cref="OperationWaitCanceledException.Operations"/> again to learn what became of each.
    /// </exception>
    public async Task<IReadOnlyList<OperationResult>> SubmitManyAsync(IReadOnlyList<Operation> operations, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(operations);
        // Cut before anything is sent: an argument that cannot be sent is refused without an effect.
        var messages = new List<Range>();
        for (var from = 0; from < operations.Count; from = messages[^1].End.Value) messages.Add(from..(from + CountInMessage(operations, from)));
        var results = new OperationResult[operations.Count];
        var ends = await Task.WhenAll(messages.Select(message => WaitForMessage(operations, message, results, cancellationToken))).ConfigureAwait(false);
        if (Array.TrueForAll(ends, end => end == MessageEnd.Answered)) return results;
        throw Array.TrueForAll(ends, end => end == MessageEnd.NotSent)
            ? new OperationCanceledException(cancellationToken)
            : new OperationWaitCanceledException(operations, cancellationToken);
    }

    private async Task<MessageEnd> WaitForMessage(IReadOnlyList<Operation> operations, Range message, OperationResult[] results, CancellationToken cancellationToken)
    {
        var (from, count) = message.GetOffsetAndLength(operations.Count);
        try
        {
            await SubmitMessage(operations, from, count, results, cancellationToken).ConfigureAwait(false);
            return MessageEnd.Answered;
        }
        catch (OperationWaitCanceledException)
        {
            return MessageEnd.Unknown;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return MessageEnd.NotSent;
        }
    }

    /// <summary>How many operations from a place on go into one message: at least one.</summary>
    private int CountInMessage(IReadOnlyList<Operation> operations, int from)
    {
        var countMax = Math.Min(_options.OperationsMax, operations.Count - from);
        long bytes = 0;
        for (var count = 0; count < countMax; count++)
        {
            ArgumentNullException.ThrowIfNull(operations[from + count]);
            bytes += BatchSize.Of(operations[from + count]);
            if (!BatchSize.Fits(count + 1, bytes)) return Math.Max(1, count);
        }

        return countMax;
    }

    private async Task SubmitMessage(IReadOnlyList<Operation> operations, int from, int count, OperationResult[] results, CancellationToken cancellationToken)
    {
        if (count == 1)
        {
            results[from] = await SubmitAsync(operations[from], cancellationToken).ConfigureAwait(false);
            return;
        }

        await TakePlaces(count, cancellationToken).ConfigureAwait(false);
        try
        {
            var batch = new OperationTry[count];
            for (var i = 0; i < count; i++) batch[i] = new OperationTry(operations[from + i]);
            await SendToTheirEnds(batch, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < count; i++) results[from + i] = batch[i].Result!;
        }
        finally
        {
            _places.Release(count);
        }
    }

    private async Task TakePlaces(int count, CancellationToken cancellationToken)
    {
        var taken = 0;
        await _manyPlaces.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (; taken < count; taken++) await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            if (taken > 0) _places.Release(taken);
            throw;
        }
        finally
        {
            _manyPlaces.Release();
        }
    }

    /// <summary>As <see cref="SendToItsEnd"/>, for all of a message; those that have their outcome are not sent again.</summary>
    private async Task SendToTheirEnds(OperationTry[] batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var left = batch;
        for (var tries = 1; ; tries++)
        {
            Receipt[]? receipts = null;
            Exception? failure = null;
            try
            {
                var sent = _grains.Intake().SubmitMany(new OperationBatch(Array.ConvertAll(left, one => one.Operation)));
                receipts = (await sent.WaitAsync(cancellationToken).ConfigureAwait(false)).Receipts;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationWaitCanceledException(left[0].Operation, cancellationToken);
            }
            catch (Exception caught) when (caught is not ObjectDisposedException)
            {
                failure = caught;
            }

            for (var i = 0; i < left.Length; i++) Note(left[i], receipts?[i], failure, tries);
            left = Array.FindAll(left, one => one.Result is null);
            if (left.Length == 0) return;
            for (var i = 0; i < left.Length; i++) ClientMetrics.SentAgain();
            await Pause(left[0].Operation, tries, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes in what a try came to for one operation, and settles whether it was the last one.</summary>
    private void Note(OperationTry one, Receipt? receipt, Exception? failure, int tries)
    {
        one.Failure = failure ?? one.Failure;
        if (receipt is not null)
        {
            one.Receipt = receipt;
            if (receipt.Code == RefusalCode.WrongNetwork) Volatile.Write(ref _lossesSeen, LookAgain);
            else NoteHead(receipt.Block);
            if (receipt.Code == RefusalCode.OutcomeUnknown) one.Failure ??= new TimeoutException("The ledger lost the answer.");
            if (!receipt.MayPassOnRetry) one.Result = new(one.Operation, StatusOf(one.Operation, receipt, one.Failure), receipt, tries, one.Failure);
        }

        if (one.Result is null && tries >= _options.TriesMax)
        {
            one.Result = new(one.Operation, one.Failure is null ? OperationStatus.NotAccepted : OperationStatus.OutcomeUnknown, one.Receipt, tries, one.Failure);
        }

        if (one.Result is { } ended && ClientMetrics.IsEnabled) ClientMetrics.Ended(ended, one.Began);
    }

    private enum MessageEnd
    {
        Answered,
        NotSent,
        Unknown,
    }

    /// <summary>An operation of a message, and what its tries have come to so far.</summary>
    private sealed class OperationTry(Operation operation)
    {
        public Operation Operation => operation;

        public long Began { get; } = System.Diagnostics.Stopwatch.GetTimestamp();

        public Receipt? Receipt { get; set; }

        public Exception? Failure { get; set; }

        public OperationResult? Result { get; set; }
    }
}

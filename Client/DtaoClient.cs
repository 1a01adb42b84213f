using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Registry;
using Dtao.Grains.Stakers;

namespace Dtao.Client;

/// <summary>A dynamic TAO ledger for any .NET program: operations, quotes, reads, and streams.</summary>
/// <remarks>
/// Safe for use by many threads. Amounts are whole rao, as types.
/// An operation is answered only when it is durable: an Applied or Refused result survives the death of every process at that instant.
/// It is sent again, always with the same id, while the answer is lost or the ledger asks to come back, at most
/// <see cref="DtaoClientOptions.TriesMax"/> times; what remains unknown then is <see cref="OperationStatus.OutcomeUnknown"/>.
/// A cancellation token ends the wait and never the operation: once something was sent, cancelling throws
/// <see cref="OperationWaitCanceledException"/>, which carries the operation to ask again with.
/// Refusals are results; exceptions are for a lost network in reads, and for bugs.
/// A client belongs to the network that it first saw. Where another one answers at the same address, operations are refused as
/// <see cref="RefusalCode.WrongNetwork"/>, and reads throw <see cref="NetworkChangedException"/>.
/// </remarks>
public sealed partial class DtaoClient : IAsyncDisposable
{
    private readonly IGrainFactory _grains;
    private readonly DtaoClientOptions _options;
    private readonly TimeProvider _time;
    private readonly Connection? _connection;
    private readonly SemaphoreSlim _places;
    private readonly Lock _headLock = new();
    private BlockNumber _head;
    private long _headReadAt;
    private bool _headIsKnown;

    /// <summary>A client over a grain factory of this process, a silo's or a connected cluster client's. Disposing it leaves the factory alone.</summary>
    /// <exception cref="ValidationException">An option is out of its range.</exception>
    public DtaoClient(IGrainFactory grains, DtaoClientOptions? options = null, TimeProvider? time = null)
        : this(grains, options ?? new DtaoClientOptions(), time ?? TimeProvider.System, null)
    {
    }

    private DtaoClient(IGrainFactory grains, DtaoClientOptions options, TimeProvider time, Connection? connection)
    {
        ArgumentNullException.ThrowIfNull(grains);
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        _grains = grains;
        _options = options;
        _places = new SemaphoreSlim(options.OperationsMax);
        _time = time;
        _connection = connection;
    }

    private IBlockCoordinatorGrain Coordinator => _grains.Coordinator();

    private ISubnetRegistryGrain Registry => _grains.Registry();

    /// <summary>Makes what identifies one operation, before its first try. Keep it, and the call can be repeated from anywhere.</summary>
    public async Task<OperationTicket> CreateTicketAsync(CancellationToken cancellationToken = default)
    {
        var head = await GetRecentHead(cancellationToken).ConfigureAwait(false);
        return new(OperationId.Create(), new BlockNumber(head.Value + (ulong)_options.ValidityBlocks));
    }

    /// <summary>Submits a call to its end; signed, where the network asks for it and the signer was added (<see cref="AddSigner"/>). See <see cref="DtaoClient"/> for repeats, durability, and cancellation.</summary>
    /// <param name="signer">The coldkey that calls.</param>
    /// <param name="call">Made by <see cref="Calls"/>.</param>
    /// <param name="ticket">Made before the first try by <see cref="CreateTicketAsync"/>; null makes one.</param>
    public async Task<OperationResult> SubmitAsync(
        AccountId signer, Call call, OperationTicket? ticket = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        var (id, lastValidBlock) = ticket ?? await CreateTicketAsync(cancellationToken).ConfigureAwait(false);
        var networkId = _networkId ?? await LearnNetworkId(cancellationToken).ConfigureAwait(false);
        var operation = new Operation { Id = id, Signer = signer, Call = call, LastValidBlock = lastValidBlock, NetworkId = networkId };
        return _requiresSignatures && _signers.TryGetValue(signer, out var known)
            ? await SubmitSigned(operation, known, ticket?.Nonce, cancellationToken).ConfigureAwait(false)
            : await SubmitAsync(operation, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Submits an operation, or asks again for the outcome of one that was submitted before: it takes effect once in all.</summary>
    public Task<OperationResult> SubmitAsync(Operation operation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return Send(operation, () => _grains.Submit(operation), cancellationToken);
    }

    /// <summary>
    /// Sets one field of a subnet, or with no subnet one network parameter; the administrator's call, signed by <see cref="Administrator"/> where there is one.
    /// On return every pool works with the new value. A repeat with the same id changes nothing.
    /// </summary>
    /// <param name="parameter">Named as in a genesis document.</param>
    /// <param name="value">As text; null clears.</param>
    /// <returns>
    /// Refused as UnknownParameter, InvalidParameterValue, or SubnetNotExists; not accepted as SignatureMissing or NotAdministrator where the silos name their administrators, or the
    /// network takes signed operations only.
    /// </returns>
    public async Task<OperationResult> AdministerAsync(
        string parameter, string? value, NetUid? netuid = null, OperationTicket? ticket = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(parameter);
        await GetNetworkAsync(cancellationToken).ConfigureAwait(false);
        var (id, lastValidBlock) = ticket ?? await CreateTicketAsync(cancellationToken).ConfigureAwait(false);
        var call = Calls.Administer(parameter, value, netuid);
        if (_administrator is not { } administrator)
        {
            var unsigned = new Operation { Id = id, Signer = default, Call = call, LastValidBlock = lastValidBlock };
            return await Send(unsigned, () => Registry.Administer(id, call), cancellationToken).ConfigureAwait(false);
        }

        var networkId = _networkId ?? await LearnNetworkId(cancellationToken).ConfigureAwait(false);
        var operation = Sign(new() { Id = id, Signer = administrator.Account, Call = call, LastValidBlock = lastValidBlock, NetworkId = networkId }, administrator);
        return await Send(operation, () => Registry.AdministerSigned(operation), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the connection that <see cref="ConnectAsync"/> made. Operations that were sent go on.</summary>
    /// <remarks>The places are left to be collected: operations that wait for an answer give theirs back.</remarks>
    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    private IStakerAccountGrain Account(AccountId account) => _grains.Account(account);

    private Task<OperationResult> Send(Operation operation, Func<Task<Receipt>> send, CancellationToken cancellationToken) =>
        ClientTraces.Source.HasListeners() || ClientMetrics.IsEnabled
            ? SendObserved(operation, send, cancellationToken)
            : SendInTurn(operation, send, cancellationToken);

    private async Task<OperationResult> SendObserved(Operation operation, Func<Task<Receipt>> send, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        using var span = ClientTraces.Start(operation);
        var result = await SendInTurn(operation, send, cancellationToken).ConfigureAwait(false);
        ClientTraces.End(span, result);
        ClientMetrics.Ended(result, began);
        return result;
    }

    /// <summary>Waits for a place among this client's operations, and sends. While it waits nothing was sent, and cancelling ends it without a trace.</summary>
    private async Task<OperationResult> SendInTurn(Operation operation, Func<Task<Receipt>> send, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await SendToItsEnd(operation, send, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task<OperationResult> SendToItsEnd(Operation operation, Func<Task<Receipt>> send, CancellationToken cancellationToken)
    {
        Receipt? receipt = null;
        Exception? failure = null;
        for (var tries = 1; ; tries++)
        {
            if (tries == 1) cancellationToken.ThrowIfCancellationRequested();
            else ClientMetrics.SentAgain();
            try
            {
                receipt = await Wait(operation, send(), cancellationToken).ConfigureAwait(false);
                if (receipt.Code == RefusalCode.WrongNetwork) Volatile.Write(ref _lossesSeen, LookAgain);
                else NoteHead(receipt.Block);
                if (receipt.Code == RefusalCode.OutcomeUnknown) failure ??= new TimeoutException("The ledger lost the answer.");
                if (!receipt.MayPassOnRetry) return new(operation, StatusOf(operation, receipt, failure), receipt, tries, failure);
            }
            catch (Exception caught) when (caught is not (OperationWaitCanceledException or ObjectDisposedException))
            {
                // Whatever went wrong on the way, the operation may have been decided; only a receipt says more.
                failure = caught;
            }

            if (tries >= _options.TriesMax)
            {
                // An earlier try whose answer was lost may still take effect, whatever a later one was told.
                return new(operation, failure is null ? OperationStatus.NotAccepted : OperationStatus.OutcomeUnknown, receipt, tries, failure);
            }

            await Pause(operation, tries, cancellationToken).ConfigureAwait(false);
        }
    }

    private static OperationStatus StatusOf(Operation operation, Receipt receipt, Exception? failure) => receipt.Status switch
    {
        ReceiptStatus.Applied => OperationStatus.Applied,
        ReceiptStatus.Refused => OperationStatus.Refused,
        // By then the account may have forgotten the receipt of an operation that took effect in time.
        _ when receipt.Code == RefusalCode.Expired
            && receipt.Block.Value > operation.LastValidBlock.Value + OperationLimits.ReceiptBlocks => OperationStatus.OutcomeUnknown,
        // What became of a try that was not answered is known only to the network that it went to.
        _ when receipt.Code == RefusalCode.WrongNetwork && failure is not null => OperationStatus.OutcomeUnknown,
        _ => OperationStatus.NotAccepted,
    };

    private static async Task<Receipt> Wait(Operation operation, Task<Receipt> sent, CancellationToken cancellationToken)
    {
        try
        {
            return await sent.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationWaitCanceledException(operation, cancellationToken);
        }
    }

    private async Task Pause(Operation operation, int tries, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(PauseAfter(tries), _time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new OperationWaitCanceledException(operation, cancellationToken);
        }
    }

    private TimeSpan PauseAfter(int tries)
    {
        var milliseconds = (long)_options.RetryPauseMilliseconds << Math.Min(tries - 1, 20);
        return TimeSpan.FromMilliseconds(Math.Min(milliseconds, _options.RetryPauseMillisecondsMax));
    }

    private async Task<BlockNumber> GetRecentHead(CancellationToken cancellationToken)
    {
        lock (_headLock)
        {
            if (_headIsKnown && _time.GetElapsedTime(_headReadAt) < TimeSpan.FromMilliseconds(_options.HeadMillisecondsMax)) return _head;
        }

        return (await GetHeadAsync(cancellationToken).ConfigureAwait(false)).Block;
    }

    private void NoteHead(BlockNumber block)
    {
        lock (_headLock)
        {
            if (block > _head) _head = block;
        }
    }
}

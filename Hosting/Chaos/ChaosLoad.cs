using System.Collections.Concurrent;
using System.Globalization;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains;
using Dtao.Hosting.Demo;

namespace Dtao.Hosting.Chaos;

/// <summary>An operation and what its client was told.</summary>
public sealed record Acknowledged(Operation Operation, Receipt Receipt)
{
    /// <summary>Everything that a receipt says, as one line: two receipts are the same when their lines are.</summary>
    public static string Line(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{receipt.Id} {receipt.Status} {receipt.Code} block {receipt.Block} order {receipt.Order} by {receipt.DecidedBy} {receipt.Outcome?.Error} {receipt.Outcome?.Amount} [{string.Join("; ", receipt.Outcome?.Moves ?? [])}]");
    }
}

/// <summary>Clients that send operations of every route, each the next one when the last has an outcome, and keep what they were told.</summary>
public sealed class ChaosLoad
{
    /// <summary>Of so many operations one is sent by two clients at once.</summary>
    private const ulong TwinPeriod = 8;

    private readonly ChaosNetwork _network;
    private readonly IReadOnlyList<DtaoClient> _clients;
    private readonly Func<ulong> _head;
    private readonly List<Worker> _workers;
    private readonly ConcurrentDictionary<OperationId, Acknowledged> _acknowledged = [];
    private readonly ConcurrentDictionary<OperationId, Operation> _open = [];
    private readonly ConcurrentQueue<string> _faults = [];
    private long _tries;
    private long _twins;
    private long _notAccepted;

    /// <param name="clients">Each connected by itself.</param>
    /// <param name="stakerWorkers">How many send for stakers; beside them one for each claimer and one for the owner of hotkeys.</param>
    /// <param name="head">The newest block that anybody has seen.</param>
    public ChaosLoad(ChaosNetwork network, IReadOnlyList<DtaoClient> clients, int stakerWorkers, ulong seed, Func<ulong> head)
    {
        ArgumentNullException.ThrowIfNull(network);
        (_network, _clients, _head) = (network, clients, head);
        var signers = Enumerable.Range(0, stakerWorkers).Select(number => network.Stakers[number % network.Stakers.Count])
            .Concat(network.Claimers).Append(ChaosNetwork.Owner);
        var numbers = new SplitMix(seed);
        _workers = [.. signers.Select((signer, number) => new Worker(this, signer, number, numbers.Next()))];
    }

    public ICollection<Acknowledged> Acknowledged => _acknowledged.Values;

    public int AcknowledgedCount => _acknowledged.Count;

    public int Workers => _workers.Count;

    /// <summary>Operations that were sent and have no outcome yet.</summary>
    public ICollection<Operation> Open => _open.Values;

    /// <summary>How often operations were sent.</summary>
    public long Tries => Interlocked.Read(ref _tries);

    /// <summary>Operations that two clients sent at once.</summary>
    public long Twins => Interlocked.Read(ref _twins);

    /// <summary>Operations that were not accepted: they had no effect, and nothing is recorded of them.</summary>
    public long NotAccepted => Interlocked.Read(ref _notAccepted);

    /// <summary>What a client was told that cannot be.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Sends until told to end, and then until everything that was sent has an outcome.</summary>
    /// <param name="over">Begin nothing new.</param>
    /// <param name="abort">Give up: what has no outcome stays in <see cref="Open"/>.</param>
    public Task RunAsync(CancellationToken over, CancellationToken abort) => Task.WhenAll(_workers.Select(worker => Task.Run(() => worker.Run(over, abort), CancellationToken.None)));

    /// <summary>Sends everything that was acknowledged once more, and compares.</summary>
    /// <returns>How many were sent, and how many are so old that their accounts need not remember them.</returns>
    public async Task<(int Sent, int Old)> ResendAsync(int width, CancellationToken cancellationToken)
    {
        var (sent, old) = (0, 0);
        await Parallel.ForEachAsync(
            _acknowledged.Values, new ParallelOptions { MaxDegreeOfParallelism = width, CancellationToken = cancellationToken },
            async (first, token) =>
            {
                var result = await Outcome(_clients[(first.Operation.Id.GetHashCode() & int.MaxValue) % _clients.Count], first.Operation, token);
                if (result.Status is not (OperationStatus.Applied or OperationStatus.Refused)
                    && first.Operation.LastValidBlock.Value + OperationLimits.ReceiptBlocks <= _head())
                {
                    Interlocked.Increment(ref old);
                    return;
                }

                Interlocked.Increment(ref sent);
                Compare(first, result);
            });
        return (sent, old);
    }

    private void Compare(Acknowledged first, OperationResult again)
    {
        var line = again.Receipt is { } receipt ? Chaos.Acknowledged.Line(receipt) : again.Status.ToString();
        if (line != Chaos.Acknowledged.Line(first.Receipt)) _faults.Enqueue($"told '{Chaos.Acknowledged.Line(first.Receipt)}' and then '{line}'");
    }

    /// <summary>Sends until there is an outcome; what is unknown is asked for again, always the same operation.</summary>
    private async Task<OperationResult> Outcome(DtaoClient client, Operation operation, CancellationToken abort)
    {
        while (true)
        {
            var result = await client.SubmitAsync(operation, abort);
            Interlocked.Add(ref _tries, result.Tries);
            if (result.Status != OperationStatus.OutcomeUnknown) return result;
        }
    }

    private void Note(OperationResult result)
    {
        var operation = result.Operation;
        _open.TryRemove(operation.Id, out _);
        if (result.Status is OperationStatus.Applied or OperationStatus.Refused) _acknowledged[operation.Id] = new(operation, result.Receipt!);
        else Interlocked.Increment(ref _notAccepted);
    }

    private sealed class Worker(ChaosLoad load, AccountId signer, int number, ulong seed)
    {
        private readonly ChaosCalls _calls = new(load._network, signer, seed);
        private readonly SplitMix _numbers = new(seed ^ ulong.MaxValue);

        public async Task Run(CancellationToken over, CancellationToken abort)
        {
            try
            {
                while (!over.IsCancellationRequested) await One(abort);
            }
            catch (OperationCanceledException) when (abort.IsCancellationRequested)
            {
                // What is open stays noted as such.
            }
            catch (Exception unexpected) when (unexpected is not OutOfMemoryException)
            {
                load._faults.Enqueue($"client {number} was thrown {unexpected.GetType().Name}: {unexpected.Message}");
            }
        }

        private async Task One(CancellationToken abort)
        {
            var operation = new Operation
            {
                Id = OperationId.Create(),
                Signer = signer,
                Call = _calls.Next(),
                // Receipts are looked at until the end of the trial.
                LastValidBlock = new BlockNumber(load._head() + OperationLimits.ValidityBlocksMax - 96),
                NetworkId = ChaosNetwork.NetworkId,
            };
            load._open[operation.Id] = operation;
            var client = (int)_numbers.Below((ulong)load._clients.Count);
            if (_numbers.Below(TwinPeriod) != 0)
            {
                load.Note(await load.Outcome(load._clients[client], operation, abort));
                return;
            }

            Interlocked.Increment(ref load._twins);
            var both = await Task.WhenAll(
                load.Outcome(load._clients[client], operation, abort), load.Outcome(load._clients[(client + 1) % load._clients.Count], operation, abort));
            load.Note(both[0]);
            if (both[0].Receipt is { } receipt) load.Compare(new(operation, receipt), both[1]);
        }
    }
}

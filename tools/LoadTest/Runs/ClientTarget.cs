using System.Collections.Concurrent;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Hosting.Chaos;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Plans;
using Dtao.LoadTest.Populations;

namespace Dtao.LoadTest.Runs;

/// <summary>Sends what a plan says through clients, and keeps every operation with what its client was told.</summary>
internal sealed class ClientTarget : ILoadTarget, IDisposable
{
    /// <summary>So many intents are tried when stakers have no means, before a request is left out.</summary>
    private const int IntentsMax = 16;

    private readonly IReadOnlyList<DtaoClient> _clients;
    private readonly Population _population;
    private readonly Planner _planner;
    private readonly Trader _trader;
    private readonly StakerBooks _books;
    private readonly PriceBoard _board;
    private readonly int _workers;
    private readonly Lock _planning = new();
    private readonly PlanHash _hash = new();
    private readonly AcknowledgedBook _acknowledged = [];
    private readonly ConcurrentDictionary<OperationId, Operation> _open = [];
    private readonly ConcurrentQueue<string> _faults = [];
    private long _withoutMeans;
    private long _settled;

    /// <param name="workers">Among how many the stakers are divided.</param>
    public ClientTarget(IReadOnlyList<DtaoClient> clients, Population population, Planner planner, StakerBooks books, PriceBoard board, IReadOnlyList<AccountId> hotkeys, int workers)
    {
        (_clients, _population, _planner, _books, _board, _workers) = (clients, population, planner, books, board, workers);
        _trader = new Trader(hotkeys, population.Staker);
    }

    /// <summary>Operations with an outcome.</summary>
    public IReadOnlyCollection<Acknowledged> Acknowledged => _acknowledged;

    /// <summary>Operations that were sent, and of which nobody knows what became of them.</summary>
    public IReadOnlyCollection<Operation> Open => (IReadOnlyCollection<Operation>)_open.Values;

    /// <summary>What cannot be.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Operations whose outcome was not known when their request ended, and is since.</summary>
    public long Settled => Interlocked.Read(ref _settled);

    /// <summary>Intents of stakers that had no means.</summary>
    public long WithoutMeans => Interlocked.Read(ref _withoutMeans);

    /// <summary>Stakers that have acted.</summary>
    public int StakersSeen => _books.Count;

    /// <summary>Whether each staker of this worker had its turn; one without means then had none.</summary>
    public bool HasPlannedEveryone => _planner.HasDrawnEveryone;

    /// <summary>How many of the stakers of this worker had their turn.</summary>
    public long Planned => _planner.Drawn;

    public (string Hash, long Count) Plan
    {
        get
        {
            lock (_planning) return (_hash.Text, _hash.Count);
        }
    }

    public Task<StepResult>? SendNext()
    {
        lock (_planning)
        {
            for (var tries = 0; tries < IntentsMax; tries++)
            {
                var intent = _planner.Next();
                var view = _board.View;
                if (_books.Decide(intent.Staker, book => _trader.Decide(intent, view, book)) is not { } call)
                {
                    Interlocked.Increment(ref _withoutMeans);
                    continue;
                }

                _hash.Add(_population.Staker(intent.Staker), call);
                return Send(intent, call);
            }
        }

        return null;
    }

    /// <summary>Asks again for what has no outcome yet; what has none then stays open.</summary>
    public async Task SettleAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(patience);
        try
        {
            await Parallel.ForEachAsync(_open.Values, end.Token, async (operation, token) =>
            {
                while (true)
                {
                    var result = await _clients[0].SubmitAsync(operation, token);
                    if (result.Status == OperationStatus.OutcomeUnknown) continue;
                    if (Note(result)) Interlocked.Increment(ref _settled);
                    return;
                }
            });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What is open is reported as such.
        }
    }

    /// <summary>Reads the prices once.</summary>
    public static async Task<IReadOnlyList<(NetUid Netuid, UInt128 Price, ulong TaoReserve, ulong AlphaReserve)>> ReadPricesAsync(DtaoClient client, CancellationToken cancellationToken)
    {
        var subnets = await client.GetSubnetsAsync(cancellationToken);
        return [.. subnets.Where(subnet => subnet.Pool.Books is { IsRoot: false, SubtokenEnabled: true }).Select(subnet => (subnet.Netuid, subnet.Pool.PriceBits, subnet.Pool.Books!.TaoReserve.Rao, subnet.Pool.Books.AlphaReserve.Rao))];
    }

    public void Dispose() => _hash.Dispose();

    private async Task<StepResult> Send(Intent intent, Call call)
    {
        var operation = NameOf(call.Kind);
        try
        {
            var signer = _population.Staker(intent.Staker);
            var result = await _clients[intent.Staker / _workers % _clients.Count].SubmitAsync(signer, call);
            if (result.Status == OperationStatus.OutcomeUnknown) _open[result.Operation.Id] = result.Operation;
            else Note(result);
            _books.End(intent.Staker, call, result.Receipt, call.Kind == CallKind.Transfer ? intent.Receiver : null);
            return new StepResult(EndOf(result.Status), result.ErrorName, operation, call.Netuid.Value);
        }
        catch (Exception thrown) when (thrown is not OutOfMemoryException)
        {
            // Before its first try an operation needs the head block, which a network that is not there does not tell: nothing was sent.
            _books.End(intent.Staker, call, null, null);
            return new StepResult(StepEnd.Failed, thrown.GetType().Name, operation, call.Netuid.Value);
        }
    }

    /// <returns>Whether it was kept with a receipt.</returns>
    private bool Note(OperationResult result)
    {
        _open.TryRemove(result.Operation.Id, out _);
        if (result.Status is not (OperationStatus.Applied or OperationStatus.Refused)) return false;
        if (result.Receipt is { } receipt && receipt.Id == result.Operation.Id)
        {
            _acknowledged.Add(result.Operation, receipt);
            return true;
        }

        _faults.Enqueue($"operation {result.Operation.Id} was answered with the receipt of {result.Receipt?.Id}");
        return false;
    }

    private static StepEnd EndOf(OperationStatus status) => status switch
    {
        OperationStatus.Applied => StepEnd.Applied,
        OperationStatus.Refused => StepEnd.Refused,
        _ => StepEnd.Failed,
    };

    /// <summary>The name of an operation in reports.</summary>
    internal static string NameOf(CallKind kind) => kind switch
    {
        CallKind.AddStake => "add_stake",
        CallKind.RemoveStake => "remove_stake",
        CallKind.SwapStake => "swap_stake",
        CallKind.Transfer => "transfer",
        CallKind.ClaimRoot => "claim_root",
        _ => kind.ToString(),
    };
}

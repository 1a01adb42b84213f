using Dtao.Client;
using Dtao.Economics;
using Dtao.Hosting.Chaos;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Plans;
using Dtao.LoadTest.Populations;

namespace Dtao.LoadTest.Runs;

/// <summary>What one worker has seen, or all of them together.</summary>
/// <param name="PlanHashes">Of each worker's sequence of operations.</param>
/// <param name="StakersSeen">Stakers that acted.</param>
public sealed record LoadResult(
    LoadTally Tally, IReadOnlyCollection<Acknowledged> Acknowledged, IReadOnlyCollection<Grains.Operation> Open, IReadOnlyCollection<string> Faults, IReadOnlyList<string> PlanHashes,
    long WithoutMeans, int StakersSeen)
{
    /// <summary>Operations that were signed, those by which stakers were made among them, and how long that took the testers in all; 0 on a network that asks for none.</summary>
    public (long Count, long Microseconds) Signed { get; init; }

    /// <summary>How many of the acknowledged operations made the stakers; the others are the load's.</summary>
    public int Making { get; init; }

    /// <summary>Operations of the load that counted as failed because their outcome was not known, and of which it was learnt at the end.</summary>
    public long Settled { get; init; }

    /// <summary>Whether somebody ended it before it was over.</summary>
    public bool IsInterrupted { get; init; }
}

/// <summary>Drives one worker's part of a load over clients that are connected.</summary>
internal sealed class LoadSession : IAsyncDisposable
{
    internal const string NoSubnets = "The network has no subnet that can be traded on.";

    private const long OperationsPerView = 64;

    private readonly LoadOptions _options;
    private readonly LoadModel _model;
    private readonly DtaoClient _reader;
    private readonly PriceBoard _board;
    private readonly ClientTarget _target;
    private readonly Population _population;
    private readonly CancellationTokenSource _over = new();
    private Task _prices = Task.CompletedTask;

    private LoadSession(LoadOptions options, DtaoClient reader, Population population, PriceBoard board, ClientTarget target)
    {
        (_options, _model, _reader, _population, _board, _target) = (options, options.Model, reader, population, board, target);
        Recorder = new(options.IntervalMicroseconds, options.LateMicroseconds);
    }

    public Recorder Recorder { get; }

    /// <summary>How many stakers had their turn.</summary>
    public long Planned => _target.Planned;

    /// <summary>Makes everything that a load needs before its time begins to count.</summary>
    public static async Task<LoadSession> CreateAsync(
        LoadOptions options, IReadOnlyList<DtaoClient> clients, Population population, StakerBooks books, IReadOnlyList<AccountId> hotkeys, int worker, int workers,
        CancellationToken cancellationToken)
    {
        var prices = await ClientTarget.ReadPricesAsync(clients[0], cancellationToken);
        if (prices.Count == 0) throw new LoadBrokenException(NoSubnets);
        var board = new PriceBoard(prices);
        var planner = new Planner(population, prices.Count, worker, workers);
        var own = options.PartOf(worker, workers);
        return new(own, clients[0], population, board, new ClientTarget(clients, population, planner, books, board, hotkeys, workers));
    }

    /// <summary>Runs to the end, asks for what has no outcome, and tells what was seen.</summary>
    /// <param name="clock">Begins now, and not before everything is ready: what was due while sessions were made would be sent late, all at once.</param>
    public async Task<LoadResult> RunAsync(ILoadClock clock, CancellationToken cancellationToken)
    {
        if (!_options.IsSequential) _prices = FollowPrices(_over.Token);
        var length = _options.Seconds * LoadOptions.MicrosecondsPerSecond;
        await (_model.Schedule is { } schedule
            ? OpenDriver.RunAsync(schedule, _target, Recorder, clock, _options.InFlightMax, cancellationToken)
            : ClosedDriver.RunAsync(
                _model.Loops, _model.ThinkMicroseconds, length, _options.OperationsMax, _target, Recorder, clock, _options.IsSequential ? LookBetween : null, cancellationToken,
                _options.Everyone ? () => !_target.HasPlannedEveryone : null));
        var isInterrupted = cancellationToken.IsCancellationRequested;
        await _over.CancelAsync();
        await _prices;
        await _target.SettleAsync(_options.Patience, CancellationToken.None);
        var (hash, _) = _target.Plan;
        return new(Recorder.Read(tally => tally), _target.Acknowledged, [.. _target.Open], _target.Faults, [hash], _target.WithoutMeans, _target.StakersSeen)
        {
            Signed = (_population.Signing.Count, _population.Signing.Microseconds),
            Settled = _target.Settled,
            IsInterrupted = isInterrupted,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _prices;
        _over.Dispose();
        _target.Dispose();
    }

    private async ValueTask LookBetween(long operations)
    {
        if (operations > 0 && operations % OperationsPerView == 0) await LookAtPrices(CancellationToken.None);
    }

    private async Task FollowPrices(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(_options.PriceMilliseconds), over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!over.IsCancellationRequested) await LookAtPrices(over);
        }
    }

    private async Task LookAtPrices(CancellationToken cancellationToken)
    {
        try
        {
            _board.Note(await ClientTarget.ReadPricesAsync(_reader, cancellationToken));
        }
        catch (Exception caught) when (caught is not OutOfMemoryException)
        {
            // Traders go on with what they have seen last.
        }
    }
}

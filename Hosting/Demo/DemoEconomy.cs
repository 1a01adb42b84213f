using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;

namespace Dtao.Hosting.Demo;

/// <summary>A gentle load from inside the process: traders that buy, sell, move, and send, and validators that weight miners. Bounded in rate and in operations under way.</summary>
/// <remarks>A refusal is counted and never ends it; neither does a lost answer. Cancelling ends it at once, and leaves no task behind.</remarks>
public sealed partial class DemoEconomy
{
    private readonly IDemoNetwork _network;
    private readonly DemoPopulation _population;
    private readonly DemoEconomyOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DemoPlanner _planner;

    public DemoEconomy(IDemoNetwork network, DemoPopulation population, DemoEconomyOptions options, TimeProvider time, ILogger logger)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        _network = network;
        _population = population;
        _options = options;
        _time = time;
        _logger = logger;
        _planner = new(options.Seed, population.Traders.Count);
    }

    public DemoCounts Counts { get; } = new();

    /// <summary>Trades until it is cancelled; returns at once when nobody can trade.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        if (_population.Traders.Count == 0 || _population.Hotkeys.Count == 0)
        {
            LogNobody();
            return;
        }
        var free = new SemaphoreSlim(_options.ConcurrencyMax);
        using var clock = new PeriodicTimer(TimeSpan.FromTicks(TimeSpan.TicksPerSecond / _options.OperationsPerSecond), _time);
        try
        {
            var markets = await ReadMarkets(clock, cancellationToken);
            if (markets.Count == 0) LogNobody();
            else await Trade(markets, clock, free, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The way it is meant to end.
        }
        for (var slot = 0; slot < _options.ConcurrencyMax; slot++) await free.WaitAsync(CancellationToken.None);
        free.Dispose();
    }

    /// <summary>Makes one operation of a plan and counts what became of it. Throws only when it is cancelled.</summary>
    internal async Task RunPlan(DemoPlan plan, IReadOnlyList<DemoMarket> markets, CancellationToken cancellationToken)
    {
        try
        {
            var made = await DemoTrader.MakeCall(plan, _population, markets, _network, cancellationToken);
            Counts.Add(made is { } signed ? await _network.Submit(signed.Signer, signed.Call, cancellationToken) : DemoCounts.NoMeans);
        }
        catch (Exception caught) when (!cancellationToken.IsCancellationRequested)
        {
            // A network that is closing or overloaded fails reads; the economy goes on with the next plan.
            Counts.Add(caught.GetType().Name);
            LogFailed(plan.Action, caught);
        }
    }

    private async Task Trade(IReadOnlyList<DemoMarket> markets, PeriodicTimer clock, SemaphoreSlim free, CancellationToken cancellationToken)
    {
        while (await clock.WaitForNextTickAsync(cancellationToken))
        {
            var plan = _planner.Next();
            if (free.Wait(0, CancellationToken.None)) _ = Occupy(plan, markets, free, cancellationToken);
            else Counts.Add(DemoCounts.TooBusy);
        }
    }

    private async Task Occupy(DemoPlan plan, IReadOnlyList<DemoMarket> markets, SemaphoreSlim free, CancellationToken cancellationToken)
    {
        try
        {
            await RunPlan(plan, markets, cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping: what was sent goes on in the ledger, nobody waits for it here.
        }
        finally
        {
            free.Release();
        }
    }

    private async Task<IReadOnlyList<DemoMarket>> ReadMarkets(PeriodicTimer clock, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await _network.ReadMarkets(cancellationToken);
            }
            catch (Exception caught) when (!cancellationToken.IsCancellationRequested)
            {
                LogFailed(DemoAction.Unset, caught);
                await clock.WaitForNextTickAsync(cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The demo economy rests: the network has nobody with TAO, no hotkey, or no subnet to trade on.")]
    private partial void LogNobody();

    [LoggerMessage(Level = LogLevel.Debug, Message = "The demo economy's {Action} failed.")]
    private partial void LogFailed(DemoAction action, Exception cause);
}

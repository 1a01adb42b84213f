using System.Globalization;
using System.Net;
using Dtao.Client;
using Dtao.Economics;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Plans;
using Dtao.LoadTest.Populations;

namespace Dtao.LoadTest.Runs;

/// <summary>One worker's part of a load, over connections: makes its stakers where they are not there, says that it is ready, and runs when it is told.</summary>
internal sealed class LoadWorker(LoadOptions options, IReadOnlyList<IPEndPoint> gateways, AccountId? rich, int worker, int workers) : IAsyncDisposable
{
    public const string ReadyWord = "ready";
    public const string GoWord = "go";
    public const string DoneWord = "done";
    public const string ProgressWord = "progress";

    private List<DtaoClient> _clients = [];

    public IReadOnlyList<DtaoClient> Clients => _clients;

    /// <summary>Connects and makes what is missing.</summary>
    /// <returns>What runs the load when it is called.</returns>
    public async Task<Func<ILoadClock, Action<Recorder>, Task<LoadResult>>> PrepareAsync(CancellationToken cancellationToken)
    {
        _clients = await LiveNetwork.ConnectAsync(gateways, cancellationToken);
        var population = new Population(options.Population);
        if (rich is not { } account)
        {
            var hotkeys = Enumerable.Range(0, options.Population.Validators).Select(population.ValidatorHotkey).ToArray();
            return (clock, begun) => Run(population, StakerBooks.OfGenesis(population), hotkeys, clock, begun, [], cancellationToken);
        }

        var netuids = (await ClientTarget.ReadPricesAsync(_clients[0], cancellationToken)).Select(price => price.Netuid).ToArray();
        if (netuids.Length == 0) throw new LoadUsageException("The network has no subnet that can be traded on.");
        var creation = new LiveCreation(options, population, _clients, worker, workers);
        await creation.RunAsync(account, netuids, cancellationToken);
        return (clock, begun) => Run(population, creation.Books, [.. creation.Validators.Select(population.ValidatorHotkey)], clock, begun, creation.Acknowledged, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) await client.DisposeAsync();
    }

    /// <summary>As a child of the process that it was started by: talks over its input and output.</summary>
    public static async Task RunAsChildAsync(LoadWorker self, string file, TextReader input, TextWriter output, CancellationToken cancellationToken)
    {
        var run = await self.PrepareAsync(cancellationToken);
        await output.WriteLineAsync(ReadyWord);
        await output.FlushAsync(cancellationToken);
        if (await input.ReadLineAsync(cancellationToken) != GoWord) return;
        using var over = new CancellationTokenSource();
        var progress = Task.CompletedTask;
        var result = await run(new LoadClock(), recorder => progress = Tell(recorder, output, over.Token));
        await over.CancelAsync();
        await progress;
        await WorkerFiles.WriteAsync(file, result);
        await output.WriteLineAsync(DoneWord);
        await output.FlushAsync(cancellationToken);
    }

    /// <summary>The parent shows the sum of these lines.</summary>
    private static async Task Tell(Recorder recorder, TextWriter output, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var line = recorder.Read(tally => string.Create(
                CultureInfo.InvariantCulture, $"{ProgressWord} {tally.Sent} {tally.All.Applied} {tally.All.Refused} {tally.All.Failed} {tally.Late} {tally.All.Latency.Percentile(50)} {tally.All.Latency.Percentile(99)}"));
            await output.WriteLineAsync(line);
            await output.FlushAsync(CancellationToken.None);
        }
    }

    private async Task<LoadResult> Run(
        Population population, StakerBooks books, IReadOnlyList<AccountId> hotkeys, ILoadClock clock, Action<Recorder> begun, IReadOnlyCollection<Hosting.Chaos.Acknowledged> before,
        CancellationToken cancellationToken)
    {
        await using var session = await LoadSession.CreateAsync(options, _clients, population, books, hotkeys, clock, worker, workers, cancellationToken);
        begun(session.Recorder);
        var result = await session.RunAsync(cancellationToken);
        return before.Count == 0 ? result : result with { Acknowledged = [.. before, .. result.Acknowledged] };
    }
}

using System.Globalization;
using System.Net;
using Dtao.Client;
using Dtao.Economics;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Plans;
using Dtao.LoadTest.Populations;

namespace Dtao.LoadTest.Runs;

/// <summary>One worker's part of a load, over connections: makes its stakers where they are not there, says that it is ready, and runs when it is told.</summary>
/// <param name="makes">Whether its stakers are to be made; else they are there from genesis on.</param>
internal sealed class LoadWorker(LoadOptions options, IReadOnlyList<IPEndPoint> gateways, bool makes, int worker, int workers) : IAsyncDisposable
{
    public const string ReadyWord = "ready";
    public const string GoWord = "go";
    public const string StopWord = "stop";
    public const string DoneWord = "done";
    public const string ProgressWord = "progress";
    public const string MadeWord = "made";

    private List<DtaoClient> _clients = [];
    private LoadSession? _session;
    private LiveCreation? _creation;

    /// <summary>Stakers that are made so far.</summary>
    public int Made => _creation?.Made ?? 0;

    /// <summary>Connects and makes what is missing, so that the load can begin at once.</summary>
    public async Task<PreparedLoad> PrepareAsync(CancellationToken cancellationToken)
    {
        _clients = await LiveNetwork.ConnectAsync(gateways, cancellationToken);
        var population = new Population(options.Population, (await _clients[0].GetNetworkAsync(cancellationToken)).RequiresSignatures);
        if (!makes)
        {
            if (population.Signs) await AddSigners(population, cancellationToken);
            var hotkeys = Enumerable.Range(0, options.Population.Validators).Select(population.ValidatorHotkey).ToArray();
            return await Prepare(population, StakerBooks.OfGenesis(population), hotkeys, [], cancellationToken);
        }

        var netuids = (await ClientTarget.ReadPricesAsync(_clients[0], cancellationToken)).Select(price => price.Netuid).ToArray();
        if (netuids.Length == 0) throw new LoadBrokenException(LoadSession.NoSubnets);
        var payments = new LivePayments(population, workers);
        var creation = _creation = new LiveCreation(payments, _clients, worker);
        foreach (var client in _clients) await client.GetNetworkAsync(cancellationToken);
        await creation.RunAsync(netuids, cancellationToken);
        return await Prepare(population, creation.Books, [.. payments.ValidatorsOf(worker).Select(population.ValidatorHotkey)], creation.Acknowledged, cancellationToken);
    }

    /// <summary>Of its own stakers, each at the client that sends for it.</summary>
    private async Task AddSigners(Population population, CancellationToken cancellationToken)
    {
        foreach (var client in _clients) await client.GetNetworkAsync(cancellationToken);
        for (var staker = worker; staker < population.Options.Stakers; staker += workers) _clients[staker / workers % _clients.Count].AddSigner(population.StakerSigner(staker));
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is not null) await _session.DisposeAsync();
        foreach (var client in _clients) await client.DisposeAsync();
    }

    /// <summary>As a child of the process that it was started by: talks over its input and output.</summary>
    /// <remarks>Told to stop, it settles what it has sent and tells that. When its input ends its parent is gone: then nobody would read it, and it ends at once.</remarks>
    /// <exception cref="LoadBrokenException">Its parent is gone.</exception>
    public static async Task RunAsChildAsync(LoadWorker self, string file, TextReader input, TextWriter output, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (begins, stops, closed) = Listen(input);
        _ = StopWhen(stops, stopping);
        var running = Run(self, file, begins, output, stopping.Token);
        if (await Task.WhenAny(running, closed) == running) await running;
        else throw new LoadBrokenException("The process that started this worker has gone.");
    }

    private static async Task Run(LoadWorker self, string file, Task<bool> begins, TextWriter output, CancellationToken cancellationToken)
    {
        var load = await TellMade(self, output, cancellationToken);
        await output.WriteLineAsync(ReadyWord);
        await output.FlushAsync(CancellationToken.None);
        if (!await begins) return;
        using var over = new CancellationTokenSource();
        var progress = Tell(load.Progress, output, over.Token);
        var result = await load.Run(new LoadClock());
        await over.CancelAsync();
        await progress;
        await WorkerFiles.WriteAsync(file, result);
        await output.WriteLineAsync(DoneWord);
        await output.FlushAsync(CancellationToken.None);
    }

    /// <summary>Reads to the end on a thread of its own: a console is read one line at a time, and whoever reads it waits.</summary>
    /// <returns>Whether it is told to begin, when it is told to stop, and when the input has ended.</returns>
    internal static (Task<bool> Begins, Task Stops, Task Closed) Listen(TextReader input)
    {
        var begins = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var stops = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var closed = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    while (input.ReadLine() is { } line)
                    {
                        if (line == GoWord) begins.TrySetResult(true);
                        if (line == StopWord) stops.TrySetResult();
                    }
                }
                catch (IOException)
                {
                    // Whoever wrote is gone.
                }

                begins.TrySetResult(false);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return (begins.Task, stops.Task, closed);
    }

    private static async Task StopWhen(Task stops, CancellationTokenSource stopping)
    {
        await stops;
        try
        {
            await stopping.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The run has ended before.
        }
    }

    /// <summary>Prepares, and tells each second how many stakers are made.</summary>
    private static async Task<PreparedLoad> TellMade(LoadWorker self, TextWriter output, CancellationToken cancellationToken)
    {
        var preparing = self.PrepareAsync(cancellationToken);
        while (await Task.WhenAny(preparing, Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None)) != preparing)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{MadeWord} {self.Made}"));
            await output.FlushAsync(CancellationToken.None);
        }

        return await preparing;
    }

    /// <summary>The parent shows the sum of these lines.</summary>
    private static async Task Tell(Func<LoadProgress> read, TextWriter output, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await output.WriteLineAsync(LineOf(read()));
            await output.FlushAsync(CancellationToken.None);
        }
    }

    /// <summary>The word, then the numbers, then the most frequent codes.</summary>
    internal static string LineOf(LoadProgress now) => string.Create(
        CultureInfo.InvariantCulture,
        $"{ProgressWord} {now.Sent} {now.Applied} {now.Refused} {now.Failed} {now.Late} {now.P50} {now.P99} {now.Acted}{string.Concat(now.Codes.Select(code => string.Create(CultureInfo.InvariantCulture, $" {code.Key}={code.Value}")))}");

    /// <summary>What <see cref="LineOf"/> wrote.</summary>
    internal static LoadProgress ReadLine(string line)
    {
        var parts = line.Split(' ');
        var numbers = parts[1..9].Select(part => long.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        var codes = parts[9..].Select(part => part.Split('=')).Select(part => KeyValuePair.Create(part[0], long.Parse(part[1], CultureInfo.InvariantCulture)));
        return new(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], [.. codes]) { Acted = numbers[7] };
    }

    private async Task<PreparedLoad> Prepare(
        Population population, StakerBooks books, IReadOnlyList<AccountId> hotkeys, IReadOnlyCollection<Hosting.Chaos.Acknowledged> before, CancellationToken cancellationToken)
    {
        var session = _session = await LoadSession.CreateAsync(options, _clients, population, books, hotkeys, worker, workers, cancellationToken);
        return new(session.Recorder, () => session.Planned, async clock =>
        {
            var result = await session.RunAsync(clock, cancellationToken);
            return before.Count == 0 ? result : result with { Acknowledged = [.. before, .. result.Acknowledged], Making = before.Count };
        });
    }
}

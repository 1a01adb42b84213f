using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text.Json;
using Dtao.LoadTest.Populations;

namespace Dtao.LoadTest.Runs;

/// <summary>Worker processes: this same program, each with its share of the stakers, and one beginning for all.</summary>
internal sealed class WorkerPool : IDisposable
{
    private static readonly TimeSpan EndMax = TimeSpan.FromMinutes(5);

    private readonly List<Process> _processes = [];
    private readonly List<string> _files = [];
    private readonly LoadProgress[] _progress;
    private readonly int[] _made;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-load-workers-");

    private WorkerPool(int workers)
    {
        _progress = [.. Enumerable.Repeat(new LoadProgress(0, 0, 0, 0, 0, 0, 0, []), workers)];
        _made = new int[workers];
    }

    public IReadOnlyList<WatchedProcess> Processes => [.. _processes.Select((process, number) => new WatchedProcess($"worker {number + 1}", process.Id))];

    /// <summary>Starts them, and returns when all are ready.</summary>
    /// <param name="program">This program: what runs it, and what it is given before a worker's options.</param>
    /// <param name="makes">Whether they make their stakers first.</param>
    /// <param name="made">Told how many stakers all of them have made.</param>
    public static async Task<WorkerPool> StartAsync(
        LoadOptions options, IReadOnlyList<string> program, IReadOnlyList<IPEndPoint> gateways, bool makes, int workers, Action<int> made, CancellationToken cancellationToken)
    {
        var pool = new WorkerPool(workers);
        try
        {
            var population = Path.Combine(pool._folder.FullName, "population.json");
            await File.WriteAllTextAsync(population, JsonSerializer.Serialize(options.Population, PopulationReader.Json), cancellationToken);
            for (var worker = 0; worker < workers; worker++) pool.Start(program, Arguments(options, gateways, makes, worker, workers, population), worker);
            using var stopped = cancellationToken.Register(pool.Kill);
            await pool.All(worker => pool.WaitFor(worker, LoadWorker.ReadyWord, made));
            return pool;
        }
        catch (Exception caught)
        {
            pool.Dispose();
            if (caught is LoadBrokenException && cancellationToken.IsCancellationRequested) throw new OperationCanceledException(cancellationToken);
            throw;
        }
    }

    /// <summary>This program, as it was started: the runtime and the entry assembly, or the program itself.</summary>
    public static IReadOnlyList<string> OwnProgram(IReadOnlyList<string> prefix)
    {
        var self = Environment.ProcessPath!;
        var isRuntime = Path.GetFileNameWithoutExtension(self) == "dotnet";
        return isRuntime ? [self, Assembly.GetEntryAssembly()!.Location, .. prefix] : [self, .. prefix];
    }

    /// <summary>Lets all begin, and adds up what they have seen. When it is cancelled they are asked to end, and what they have seen until then is told.</summary>
    /// <exception cref="LoadBrokenException">One of them has ended before it was done. The others are ended, too.</exception>
    public async Task<LoadResult> RunAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource();
        using var late = patience.Token.Register(Kill);
        Say(LoadWorker.GoWord);
        using (cancellationToken.Register(() =>
        {
            Say(LoadWorker.StopWord);
            patience.CancelAfter(EndMax);
        }))
        {
            await All(worker => WaitFor(worker, LoadWorker.DoneWord, null));
        }

        patience.CancelAfter(EndMax);
        foreach (var process in _processes) await process.WaitForExitAsync(CancellationToken.None);
        var results = new List<LoadResult>();
        foreach (var file in _files) results.Add(await WorkerFiles.ReadAsync(file));
        return WorkerFiles.Merge(results);
    }

    /// <summary>What all have told so far, added up; percentiles are the slowest one's.</summary>
    public LoadProgress Progress() => Sum([.. _progress.Select((_, worker) => Volatile.Read(ref _progress[worker]))]);

    internal static LoadProgress Sum(IReadOnlyList<LoadProgress> told) => new(
        told.Sum(one => one.Sent), told.Sum(one => one.Applied), told.Sum(one => one.Refused), told.Sum(one => one.Failed), told.Sum(one => one.Late), told.Max(one => one.P50), told.Max(one => one.P99),
        [.. told.SelectMany(one => one.Codes).GroupBy(code => code.Key, StringComparer.Ordinal).Select(code => KeyValuePair.Create(code.Key, code.Sum(one => one.Value)))
            .OrderByDescending(code => code.Value).ThenBy(code => code.Key, StringComparer.Ordinal).Take(LoadProgress.CodesShown)])
    {
        Acted = told.Sum(one => one.Acted),
    };

    public void Dispose()
    {
        Kill();
        foreach (var process in _processes) process.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>Whoever is killed says nothing more, so that nobody waits for it.</summary>
    private void Kill()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited) process.Kill();
        }
    }

    /// <summary>To all that are there still.</summary>
    private void Say(string word)
    {
        foreach (var process in _processes)
        {
            try
            {
                process.StandardInput.WriteLine(word);
                process.StandardInput.Flush();
            }
            catch (Exception gone) when (gone is IOException or ObjectDisposedException)
            {
                // Whoever waits for its answer learns that it has ended.
            }
        }
    }

    /// <summary>Ends when each has; when one fails the others are ended, and why that one did is thrown.</summary>
    private async Task All(Func<int, Task> each)
    {
        var left = Enumerable.Range(0, _processes.Count).Select(each).ToList();
        Task? first = null;
        while (left.Count > 0)
        {
            var ended = await Task.WhenAny(left);
            left.Remove(ended);
            if (ended.IsCompletedSuccessfully || first is not null) continue;
            first = ended;
            Kill();
        }

        if (first is not null) await first;
    }

    /// <summary>Everything of a run that concerns a worker, as options of its command line.</summary>
    internal static List<string> Arguments(LoadOptions options, IReadOnlyList<IPEndPoint> gateways, bool makes, int worker, int workers, string population)
    {
        List<string> arguments =
        [
            "--worker", string.Create(CultureInfo.InvariantCulture, $"{worker}/{workers}"), "--population", population, "--seconds", Text(options.Seconds), "--in-flight", Text(options.InFlightMax),
            "--late", Text(options.LateMicroseconds / 1_000),
        ];
        foreach (var gateway in gateways) arguments.AddRange(["--gateway", gateway.ToString()]);
        if (!makes) arguments.Add("--embedded");
        if (options.Model.Schedule is not { } schedule)
        {
            arguments.AddRange(["--concurrency", Text(options.Model.Loops), "--think", Text(options.Model.ThinkMicroseconds / 1_000)]);
            if (options.Everyone) arguments.Add("--all");
            if (options.OperationsMax < long.MaxValue) arguments.AddRange(["--operations", Text(options.OperationsMax)]);
            return arguments;
        }

        arguments.AddRange(["--rate", Text(schedule.PerSecond), "--ramp", Text(schedule.RampMicroseconds / LoadOptions.MicrosecondsPerSecond)]);
        if (schedule.Spike is { } spike)
        {
            arguments.AddRange(["--spike", $"{Text(spike.PerSecond)}@{Text(spike.FromMicroseconds / LoadOptions.MicrosecondsPerSecond)}+{Text(spike.Microseconds / LoadOptions.MicrosecondsPerSecond)}"]);
        }

        return arguments;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private void Start(IReadOnlyList<string> program, List<string> arguments, int worker)
    {
        var file = Path.Combine(_folder.FullName, string.Create(CultureInfo.InvariantCulture, $"worker-{worker}.json"));
        _files.Add(file);
        var start = new ProcessStartInfo(program[0]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in program.Skip(1).Concat(arguments).Append("--json").Append(file)) start.ArgumentList.Add(argument);
        _processes.Add(Process.Start(start)!);
    }

    /// <returns>How many all have made.</returns>
    private int NoteMade(int worker, int count)
    {
        Volatile.Write(ref _made[worker], count);
        return _made.Sum();
    }

    /// <summary>Reads a worker's lines until the one that is waited for.</summary>
    private async Task WaitFor(int worker, string word, Action<int>? made)
    {
        while (await _processes[worker].StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == word) return;
            if (line.StartsWith(LoadWorker.MadeWord + " ", StringComparison.Ordinal)) made?.Invoke(NoteMade(worker, int.Parse(line.AsSpan(LoadWorker.MadeWord.Length + 1), CultureInfo.InvariantCulture)));
            if (line.StartsWith(LoadWorker.ProgressWord + " ", StringComparison.Ordinal)) Volatile.Write(ref _progress[worker], LoadWorker.ReadLine(line));
        }

        throw new LoadBrokenException($"Worker {worker + 1} of {_processes.Count} ended before it was {word}: see what it said above.");
    }
}

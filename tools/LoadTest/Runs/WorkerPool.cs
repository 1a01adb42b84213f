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
    private readonly long[][] _progress;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-load-workers-");

    private WorkerPool(int workers) => _progress = [.. Enumerable.Range(0, workers).Select(_ => new long[7])];

    public IReadOnlyList<WatchedProcess> Processes => [.. _processes.Select((process, number) => new WatchedProcess($"worker {number + 1}", process.Id))];

    /// <summary>Starts them, and returns when all are ready.</summary>
    /// <param name="program">This program: what runs it, and what it is given before a worker's options.</param>
    public static async Task<WorkerPool> StartAsync(
        LoadOptions options, IReadOnlyList<string> program, IReadOnlyList<IPEndPoint> gateways, string? fundFrom, int workers, CancellationToken cancellationToken)
    {
        var pool = new WorkerPool(workers);
        try
        {
            var population = Path.Combine(pool._folder.FullName, "population.json");
            await File.WriteAllTextAsync(population, JsonSerializer.Serialize(options.Population, PopulationReader.Json), cancellationToken);
            for (var worker = 0; worker < workers; worker++) pool.Start(program, Arguments(options, gateways, fundFrom, worker, workers, population), worker);
            for (var worker = 0; worker < workers; worker++) await pool.WaitFor(worker, LoadWorker.ReadyWord, cancellationToken);
            return pool;
        }
        catch
        {
            pool.Dispose();
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

    /// <summary>Lets all begin, and adds up what they have seen.</summary>
    public async Task<LoadResult> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var process in _processes)
        {
            await process.StandardInput.WriteLineAsync(LoadWorker.GoWord);
            await process.StandardInput.FlushAsync(cancellationToken);
        }

        await Task.WhenAll(Enumerable.Range(0, _processes.Count).Select(worker => WaitFor(worker, LoadWorker.DoneWord, cancellationToken)));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(EndMax);
        foreach (var process in _processes) await process.WaitForExitAsync(patience.Token);
        var results = new List<LoadResult>();
        foreach (var file in _files) results.Add(await WorkerFiles.ReadAsync(file));
        return WorkerFiles.Merge(results);
    }

    /// <summary>What all have told so far: sent, applied, refused, failed, late; and of the slowest p50 and p99.</summary>
    public long[] Progress()
    {
        var sum = new long[7];
        foreach (var told in _progress)
        {
            lock (told)
            {
                for (var place = 0; place < 5; place++) sum[place] += told[place];
                for (var place = 5; place < 7; place++) sum[place] = Math.Max(sum[place], told[place]);
            }
        }

        return sum;
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited) process.Kill();
            process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private static List<string> Arguments(LoadOptions options, IReadOnlyList<IPEndPoint> gateways, string? fundFrom, int worker, int workers, string population)
    {
        List<string> arguments =
        [
            "--worker", string.Create(CultureInfo.InvariantCulture, $"{worker}/{workers}"), "--population", population, "--seconds", Text(options.Seconds), "--in-flight", Text(options.InFlightMax),
            "--late", Text(options.LateMicroseconds / 1_000),
        ];
        foreach (var gateway in gateways) arguments.AddRange(["--gateway", gateway.ToString()]);
        if (fundFrom is not null) arguments.AddRange(["--fund-from", fundFrom]);
        else arguments.Add("--embedded");
        if (options.Model.Schedule is not { } schedule)
        {
            arguments.AddRange(["--concurrency", Text(options.Model.Loops), "--think", Text(options.Model.ThinkMicroseconds / 1_000)]);
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

    /// <summary>Reads a worker's lines until the one that is waited for.</summary>
    private async Task WaitFor(int worker, string word, CancellationToken cancellationToken)
    {
        while (await _processes[worker].StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line == word) return;
            var parts = line.Split(' ');
            if (parts[0] != LoadWorker.ProgressWord) continue;
            lock (_progress[worker])
            {
                for (var place = 0; place < _progress[worker].Length; place++) _progress[worker][place] = long.Parse(parts[place + 1], CultureInfo.InvariantCulture);
            }
        }

        throw new LoadUsageException($"Worker {worker + 1} of {_processes.Count} ended before it was {word}: see what it said above.");
    }
}

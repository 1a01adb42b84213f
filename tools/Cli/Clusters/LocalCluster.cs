using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Dtao.Client;
using Dtao.Hosting.Emulator;

namespace Dtao.Cli.Clusters;

/// <summary>A cluster on this machine: the storage emulator and silo processes, all in one folder. One command at a time works on it.</summary>
internal sealed partial class LocalCluster : IDisposable
{
    /// <summary>The emulator is one event loop: of few partitions it has fewer requests with more rows in each.</summary>
    private const int BucketsOfNew = 1;

    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan DisconnectMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(100);

    private readonly string _folder;
    private readonly TextWriter _output;
    private readonly FileStream _lock;

    /// <summary>Within one program several things may be done to the cluster at once.</summary>
    private readonly Lock _change = new();

    private LocalCluster(string folder, TextWriter output, FileStream alone)
    {
        _folder = folder;
        _output = output;
        _lock = alone;
    }

    /// <exception cref="UsageException">Another command works on the folder, or it cannot be written.</exception>
    public static LocalCluster Open(string folder, TextWriter output)
    {
        folder = Path.GetFullPath(folder);
        try
        {
            Directory.CreateDirectory(folder);
            return new(folder, output, new FileStream(LockFile(folder), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception caught) when (caught is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The cluster's folder cannot be used now: {caught.Message}");
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Starts the emulator and so many silos; goes on with what an earlier cluster has stored in the folder.</summary>
    /// <param name="storagePorts">The emulator's, for blobs, queues, and tables; null for any that are free.</param>
    /// <param name="inMemory">The emulator keeps nothing on disk, and begins with nothing.</param>
    public async Task<ClusterState> Up(
        int silos, string siloProgram, IReadOnlyList<string> siloArguments, IReadOnlyList<int>? storagePorts, CancellationToken cancellationToken, bool inMemory = false)
    {
        if (ClusterState.Read(_folder) is { } running && (running.Storage is { IsAlive: true } || running.Silos.Any(silo => silo.Process.IsAlive)))
        {
            throw new UsageException($"A cluster runs in {_folder} already: see 'dtao cluster status', or stop it with 'dtao cluster down'.");
        }

        if (inMemory && Directory.Exists(StorageFolder)) throw new UsageException($"The cluster in {_folder} has stored something on disk, and --in-memory would not go on with it: give another --dir, or 'dtao cluster reset' it.");
        var stored = Directory.Exists(StorageFolder) ? ClusterState.Read(_folder) : null;
        var state = new ClusterState(null, string.Empty, siloProgram, siloArguments, []) { IsInMemory = inMemory, BucketCount = stored?.BucketCount ?? BucketsOfNew };
        try
        {
            var (storage, connection) = await StartStorage(storagePorts, inMemory, cancellationToken);
            state = state with { Storage = storage, Connection = connection };
            state.Write(_folder);
            await _output.WriteLineAsync($"storage emulator  process {storage.Id}");
            return await StartSilos(Enumerable.Range(1, silos), cancellationToken);
        }
        catch
        {
            // Half a cluster is none: what was started is in the file.
            await Down(CancellationToken.None);
            throw;
        }
    }

    public Task<ClusterState> Add(CancellationToken cancellationToken)
    {
        var state = Running();
        var number = state.Silos.Count == 0 ? 1 : state.Silos.Max(silo => silo.Number) + 1;
        return StartSilos([number], cancellationToken);
    }

    /// <summary>Starts the silo of this number, which does not run.</summary>
    public async Task<SiloEntry> Start(int number, CancellationToken cancellationToken)
    {
        if (Running().Silos.Any(silo => silo.Number == number && silo.Process.IsAlive)) throw new UsageException($"Silo {number} runs already.");
        Forget(number);
        return (await StartSilos([number], cancellationToken)).Silos.First(silo => silo.Number == number);
    }

    /// <summary>SIGSTOP for one silo.</summary>
    public void Pause(int number) => Find(number).Silo.Process.Pause();

    /// <summary>SIGCONT for one silo.</summary>
    public void Continue(int number) => Find(number).Silo.Process.Continue();

    /// <summary>SIGTERM for the emulator, which saves what it has. Silos go on without it, and fail.</summary>
    /// <remarks>It says when it has saved, and ends when nobody is connected any more. Whoever stands still in the middle of a request stays connected: then it is killed after it has saved.</remarks>
    /// <exception cref="NetworkUnreachableException">It does not save; it is not killed, since then it would lose what it has acknowledged.</exception>
    public async Task StopStorage(CancellationToken cancellationToken)
    {
        if (Running().Storage is not { } storage) return;
        var told = new FileTail(StorageLog);
        storage.Terminate();
        for (var began = Stopwatch.GetTimestamp(); storage.IsAlive && AzuriteServer.ServicesClosed(told.Read()) < AzuriteServer.ServicesCount;)
        {
            if (Stopwatch.GetElapsedTime(began) > StopMax) throw new NetworkUnreachableException($"The storage emulator, process {storage.Id}, does not stop. It said:\n{told.Read()}", null);
            await Task.Delay(LookPause, cancellationToken);
        }

        if (await storage.WaitForEnd(DisconnectMax, cancellationToken)) return;
        storage.Kill();
        await storage.WaitForEnd(StopMax, cancellationToken);
    }

    /// <summary>Starts the emulator at the ports that it had, with what it has saved.</summary>
    public async Task RestartStorage(CancellationToken cancellationToken)
    {
        var state = ClusterState.Read(_folder) ?? throw new UsageException($"There is no cluster in {_folder}.");
        if (state.Storage is { IsAlive: true }) throw new UsageException("The storage emulator runs already.");
        var (storage, _) = await StartStorage(AzuriteServer.PortsOf(state.Connection), state.IsInMemory, cancellationToken);
        Change(now => now with { Storage = storage });
    }

    /// <summary>SIGKILL for one silo.</summary>
    public async Task Kill(int number, CancellationToken cancellationToken)
    {
        var (_, silo) = Find(number);
        silo.Process.Kill();
        await silo.Process.WaitForEnd(StopMax, cancellationToken);
        Forget(number);
        await _output.WriteLineAsync($"silo {number}  process {silo.Process.Id} was killed");
    }

    /// <summary>SIGTERM for one silo: it finishes what is under way and hands over.</summary>
    public async Task Stop(int number, CancellationToken cancellationToken)
    {
        var (_, silo) = Find(number);
        await End(silo, cancellationToken);
        Forget(number);
    }

    /// <summary>SIGKILL for all silos, also for those that stand still or are starting.</summary>
    public void KillSilos()
    {
        foreach (var silo in ClusterState.Read(_folder)?.Silos ?? []) silo.Process.Kill();
    }

    /// <summary>Stops all processes, the emulator last and so that it saves what it has.</summary>
    public async Task Down(CancellationToken cancellationToken)
    {
        if (ClusterState.Read(_folder) is not { } state) return;
        await Task.WhenAll(state.Silos.Select(silo => End(silo, cancellationToken)));
        state = state with { Silos = [] };
        state.Write(_folder);
        if (state.Storage is not { } storage) return;
        storage.Terminate();
        if (!await storage.WaitForEnd(StopMax, cancellationToken)) storage.Kill();
        (state with { Storage = null }).Write(_folder);
        await _output.WriteLineAsync($"storage emulator  process {storage.Id} has stopped");
    }

    /// <summary>Stops everything, and removes what it stored: the ledger with it. Only what a cluster makes is removed.</summary>
    public async Task Reset(CancellationToken cancellationToken)
    {
        await Down(cancellationToken);
        foreach (var folder in Directory.GetDirectories(_folder).Where(folder => SiloFolder().IsMatch(Path.GetFileName(folder)) || folder == StorageFolder)) Directory.Delete(folder, recursive: true);
        foreach (var log in Directory.GetFiles(_folder, "*.log").Where(log => log == StorageLog || SiloFolder().IsMatch(Path.GetFileNameWithoutExtension(log)))) File.Delete(log);
        File.Delete(Path.Combine(_folder, ClusterState.FileName));
        _lock.Dispose();
        File.Delete(LockFile(_folder));
        if (!Directory.EnumerateFileSystemEntries(_folder).Any()) Directory.Delete(_folder);
        await _output.WriteLineAsync("what the cluster stored is removed");
    }

    private string StorageFolder => Path.Combine(_folder, "storage");

    private string StorageLog => Path.Combine(_folder, "storage.log");

    private static string LockFile(string folder) => Path.Combine(folder, "cluster.lock");

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"silo-{number}");

    private ClusterState Running() => ClusterState.Read(_folder) is { Storage.IsAlive: true } state
        ? state
        : throw new UsageException($"No cluster runs in {_folder}: start one with 'dtao cluster up'.");

    private (ClusterState State, SiloEntry Silo) Find(int number)
    {
        var state = Running();
        return (state, state.Silos.FirstOrDefault(silo => silo.Number == number)
            ?? throw new UsageException($"There is no silo {number}; there are {string.Join(", ", state.Silos.Select(silo => silo.Number))}."));
    }

    private ClusterState Change(Func<ClusterState, ClusterState> change)
    {
        lock (_change)
        {
            var state = change(ClusterState.Read(_folder) ?? throw new UsageException($"There is no cluster in {_folder}."));
            state.Write(_folder);
            return state;
        }
    }

    private ClusterState Forget(int number) => Change(state => state with { Silos = [.. state.Silos.Where(other => other.Number != number)] });

    private async Task<(LocalProcess Process, string Connection)> StartStorage(IReadOnlyList<int>? ports, bool inMemory, CancellationToken cancellationToken)
    {
        try
        {
            var entry = await AzuriteInstallation.EntryFileAsync();
            if (!inMemory) Directory.CreateDirectory(StorageFolder);
            var told = new FileTail(StorageLog);
            var process = LocalProcess.Start("node", [entry, .. AzuriteServer.Arguments(inMemory ? null : StorageFolder, ports)], _folder, StorageLog, []);
            var lines = await WaitFor(process, "The storage emulator", told, all => AzuriteServer.ConnectionStringOf(all) is not null, cancellationToken);
            return (process, AzuriteServer.ConnectionStringOf(lines)!);
        }
        catch (AzuriteUnavailableException unavailable)
        {
            throw new UsageException(unavailable.Message);
        }
    }

    private async Task<ClusterState> StartSilos(IEnumerable<int> numbers, CancellationToken cancellationToken)
    {
        var state = Running();
        var starting = new List<(SiloEntry Entry, FileTail Told)>();
        try
        {
            foreach (var number in numbers)
            {
                var log = Path.Combine(_folder, NameOf(number) + ".log");
                var told = new FileTail(log);
                starting.Add((new SiloEntry(number, Launch(state, number, log), string.Empty, string.Empty), told));
            }

            // Written before they serve, so that one that does not can be stopped.
            state = Change(now => now with { Silos = [.. now.Silos, .. starting.Select(silo => silo.Entry)] });
        }
        catch
        {
            // Nobody else knows of them.
            foreach (var (entry, _) in starting) entry.Process.Kill();
            throw;
        }

        foreach (var (entry, told) in starting)
        {
            var lines = await WaitFor(entry.Process, $"Silo {entry.Number}", told, all => Gateway().IsMatch(all), cancellationToken);
            var serving = entry with { Gateway = Gateway().Match(lines).Groups[1].Value, Health = HealthAddress().Match(lines).Groups[1].Value };
            state = Change(now => now with { Silos = [.. now.Silos.Select(silo => silo == entry ? serving : silo)] });
            await _output.WriteLineAsync($"silo {entry.Number}  process {entry.Process.Id}  gateway {serving.Gateway}  health {serving.Health}/health/ready");
        }

        return state;
    }

    private LocalProcess Launch(ClusterState state, int number, string log)
    {
        string[] arguments =
        [
            state.SiloProgram, "--role", "cluster", "--data", Path.Combine(_folder, NameOf(number)), "--gateway-port", "0", "--silo-port", "0", "--health-port", "0",
            .. state.SiloArguments,
        ];
        // A heap for each core would be one for each core and silo.
        return LocalProcess.Start("dotnet", arguments, _folder, log, [("DTAO_STORAGE__CONNECTIONSTRING", state.Connection), ("DTAO_STORAGE__BUCKETCOUNT", state.BucketCount.ToString(CultureInfo.InvariantCulture)), ("DOTNET_gcServer", "0")]);
    }

    private async Task End(SiloEntry silo, CancellationToken cancellationToken)
    {
        var wasAlive = silo.Process.IsAlive;
        silo.Process.Terminate();
        if (await silo.Process.WaitForEnd(StopMax, cancellationToken))
        {
            await _output.WriteLineAsync($"silo {silo.Number}  process {silo.Process.Id} {(wasAlive ? "has stopped" : "had ended")}");
            return;
        }

        silo.Process.Kill();
        await silo.Process.WaitForEnd(StopMax, cancellationToken);
        await _output.WriteLineAsync($"silo {silo.Number}  process {silo.Process.Id} did not stop within {StopMax.Ticks / TimeSpan.TicksPerSecond} seconds and was killed");
    }

    private static async Task<string> WaitFor(LocalProcess process, string who, FileTail told, Func<string, bool> isThere, CancellationToken cancellationToken)
    {
        var (said, began) = (0, Stopwatch.GetTimestamp());
        while (true)
        {
            var isAlive = process.IsAlive;
            var lines = told.Read();
            // What says how far it has come goes on: a large genesis takes its time.
            if (lines.Length > said) (said, began) = (lines.Length, Stopwatch.GetTimestamp());
            if (isThere(lines)) return lines;
            if (!isAlive) throw new NetworkUnreachableException($"{who} ended before it served. It said:\n{lines}", null);
            if (Stopwatch.GetElapsedTime(began) > StartMax) throw new NetworkUnreachableException($"{who} does not serve, and has said nothing for {StartMax}. It said:\n{lines}", null);
            await Task.Delay(LookPause, cancellationToken);
        }
    }

    [GeneratedRegex(@"clients connect to (\S+:\d+)\.")]
    private static partial Regex Gateway();

    [GeneratedRegex(@"Health at (\S+)\.\s")]
    private static partial Regex HealthAddress();

    [GeneratedRegex(@"^silo-\d+$")]
    private static partial Regex SiloFolder();

    /// <summary>What is written to a file from now on.</summary>
    private sealed class FileTail(string file)
    {
        private readonly long _start = File.Exists(file) ? new FileInfo(file).Length : 0;

        public string Read()
        {
            if (!File.Exists(file)) return string.Empty;
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            stream.Seek(_start, SeekOrigin.Begin);
            return new StreamReader(stream).ReadToEnd();
        }
    }
}

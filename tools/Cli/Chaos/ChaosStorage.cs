using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dtao.Cli.Clusters;
using Dtao.Client;
using Dtao.Hosting.Chaos;

namespace Dtao.Cli.Chaos;

/// <summary>What a trial does to the storage: it makes requests fail for a while, and has the emulator go away and come back.</summary>
internal sealed class ChaosStorage(string folder, TimeSpan patience)
{
    private const int PortLowest = 20_000;
    private const int PortBehind = 32_000;
    private const int PortTriesMax = 1_000;
    private const int QuietLooks = 6;
    private static readonly TimeSpan IdlePause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    /// <summary>Where the silos of the trial read the rates of their faults.</summary>
    public string RatesFile { get; } = Path.Combine(folder, "fault-rates.json");

    public void SetRates(FaultRates rates) => rates.Write(RatesFile);

    /// <summary>Requests that met a fault so far, by its kind, as far as the silos lived to note them.</summary>
    public Dictionary<string, long> ReadCounts()
    {
        var sums = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(folder, Path.GetFileName(RatesFile) + ".*.counts"))
        {
            try
            {
                foreach (var (name, count) in JsonNode.Parse(File.ReadAllText(file))!.AsObject()) sums[name] = sums.GetValueOrDefault(name) + count!.GetValue<long>();
            }
            catch (Exception torn) when (torn is JsonException or IOException or NullReferenceException)
            {
                // It is being written, or its writer was killed meanwhile.
            }
        }

        return sums;
    }

    /// <summary>Stops the emulator while the silos stand still, and lets them go on without it.</summary>
    /// <remarks>
    /// The emulator saves when it is told to end, and may answer one more request after that. Azure does not lose what it has acknowledged, and so the emulator
    /// is stopped between two requests.
    /// </remarks>
    public async Task Stop(LocalCluster cluster, ChaosSilos silos, CancellationToken cancellationToken)
    {
        var still = await silos.StandStill(cancellationToken);
        try
        {
            await WaitUntilIdle(ClusterState.Read(folder)!.Storage!, cancellationToken);
            await cluster.StopStorage(cancellationToken);
        }
        finally
        {
            foreach (var process in still) process.Continue();
        }
    }

    /// <summary>Starts the emulator where it was.</summary>
    public async Task Start(LocalCluster cluster, ChaosSilos silos, CancellationToken cancellationToken)
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                await cluster.RestartStorage(cancellationToken);
                break;
            }
            catch (NetworkUnreachableException) when (Stopwatch.GetElapsedTime(began) < patience)
            {
                // Somebody may have its port for a moment.
                await Task.Delay(RetryPause, cancellationToken);
            }
        }

        silos.Allow();
    }

    /// <summary>Three ports that nobody has, and that the system gives to nobody who asks for any: the emulator has to find them free again.</summary>
    public static List<int> FreePorts()
    {
        var found = new List<int>();
        for (var tries = 0; found.Count < 3 && tries < PortTriesMax; tries++)
        {
            var port = System.Security.Cryptography.RandomNumberGenerator.GetInt32(PortLowest, PortBehind);
            if (found.Contains(port)) continue;
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                found.Add(port);
            }
            catch (SocketException)
            {
                // Taken.
            }
        }

        return found.Count == 3 ? found : throw new UsageException("No free ports were found for the storage emulator.");
    }

    /// <summary>Until it has had nothing to do for several looks: none of its threads runs, waits for a processor, or waits for the disk.</summary>
    private static async Task WaitUntilIdle(LocalProcess storage, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        for (var (quiet, ticks) = (0, -1L); quiet < QuietLooks && Stopwatch.GetElapsedTime(began) < IdleMax;)
        {
            var (isResting, now) = Look(storage.Id);
            (quiet, ticks) = (isResting && now == ticks ? quiet + 1 : 0, now);
            await Task.Delay(IdlePause, cancellationToken);
        }
    }

    /// <summary>Whether all threads rest, and the processor time that they have used; where that cannot be read, a rest that nobody disturbs.</summary>
    private static (bool IsResting, long Ticks) Look(int process)
    {
        try
        {
            var (isResting, ticks) = (true, 0L);
            foreach (var thread in Directory.GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task")))
            {
                var line = File.ReadAllText(Path.Combine(thread, "stat"));
                var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
                isResting &= fields[0] == "S";
                ticks += long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            }

            return (isResting, ticks);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return (true, 0);
        }
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dtao.Cli.Clusters;
using Dtao.Client;

namespace Dtao.Cli.Chaos;

/// <summary>The silos of a trial: starts another process wherever one has ended, so that some always run.</summary>
internal sealed class ChaosSilos(LocalCluster cluster, string folder, int silos, Action<string> tell)
{
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LaunchMax = TimeSpan.FromMilliseconds(300);

    private readonly Lock _lock = new();
    private readonly List<Slot> _slots = [];
    private readonly ConcurrentQueue<string> _incidents = [];
    private volatile bool _mayStart = true;

    public IReadOnlyCollection<string> Incidents => _incidents;

    public int ServingCount => Serving().Count;

    public int Count
    {
        get
        {
            lock (_lock) return _slots.Count;
        }
    }

    public bool AllServe => ServingCount == Count;

    /// <summary>Takes over silos that were started.</summary>
    public async Task TakeOver(IEnumerable<SiloEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var entry in entries)
        {
            var slot = new Slot(entry.Number) { Entry = entry, Silo = await NameOf(entry, cancellationToken), State = SlotState.Serving };
            lock (_lock) _slots.Add(slot);
        }
    }

    /// <summary>Until told to stop; then no start is under way any more.</summary>
    public async Task Supervise(CancellationToken stop)
    {
        var starting = new Dictionary<int, Task>();
        while (!stop.IsCancellationRequested)
        {
            foreach (var slot in Snapshot())
            {
                if (slot.State == SlotState.Serving && !slot.Entry!.Process.IsAlive)
                {
                    _incidents.Enqueue($"silo {slot.Number} ended without being hit: {LastLines(slot.Number)}");
                    slot.State = SlotState.Ended;
                }

                if (slot.State != SlotState.Ended || !_mayStart || starting.GetValueOrDefault(slot.Number) is { IsCompleted: false }) continue;
                slot.State = SlotState.Starting;
                starting[slot.Number] = Task.Run(() => Start(slot, stop), CancellationToken.None);
            }

            await Task.Delay(LookPause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(starting.Values);
    }

    public IReadOnlyList<Slot> Serving() => [.. Snapshot().Where(slot => slot.State == SlotState.Serving && slot.Entry!.Process.IsAlive)];

    /// <summary>The silo that a fault hits; from here on nobody else touches it.</summary>
    public Slot Take(int choice)
    {
        var serving = Serving();
        var slot = serving[choice % serving.Count];
        slot.State = SlotState.Held;
        return slot;
    }

    /// <summary>Its process has ended: another takes its place, or where there are more silos than wanted, none does.</summary>
    /// <returns>Whether there will be another.</returns>
    public bool Release(Slot slot, bool mayRetire)
    {
        lock (_lock)
        {
            if (mayRetire && _slots.Count > silos)
            {
                _slots.Remove(slot);
                return false;
            }
        }

        slot.State = SlotState.Ended;
        return true;
    }

    public int Add()
    {
        lock (_lock)
        {
            var number = _slots.Max(slot => slot.Number) + 1;
            _slots.Add(new Slot(number) { State = SlotState.Ended });
            return number;
        }
    }

    /// <summary>No process is started until <see cref="Allow"/>, and all that live stand still.</summary>
    public async Task<IReadOnlyList<LocalProcess>> StandStill(CancellationToken cancellationToken)
    {
        _mayStart = false;
        // One that was just launched is not in the file yet.
        await Task.Delay(LaunchMax, cancellationToken);
        LocalProcess[] processes = [.. ClusterState.Read(folder)!.Silos.Select(silo => silo.Process).Where(process => process.IsAlive)];
        foreach (var process in processes) process.Pause();
        return processes;
    }

    public void Allow() => _mayStart = true;

    private Slot[] Snapshot()
    {
        lock (_lock) return [.. _slots];
    }

    private async Task Start(Slot slot, CancellationToken stop)
    {
        try
        {
            slot.Entry = await cluster.Start(slot.Number, stop);
            slot.Silo = await NameOf(slot.Entry, stop);
            slot.State = SlotState.Serving;
        }
        catch (Exception failed) when (failed is UsageException or NetworkUnreachableException or OperationCanceledException or HttpRequestException or JsonException)
        {
            // A process that did not come to serve in time is none.
            foreach (var silo in ClusterState.Read(folder)!.Silos.Where(silo => silo.Number == slot.Number)) silo.Process.Kill();
            if (failed is not (UsageException or OperationCanceledException))
            {
                _incidents.Enqueue($"silo {slot.Number} did not start, and is started again: {LastLines(slot.Number)}");
                tell($"silo {slot.Number} did not start, and is started again");
            }

            slot.State = SlotState.Ended;
        }
    }

    /// <summary>As the cluster calls it.</summary>
    private static async Task<string> NameOf(SiloEntry entry, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        var report = await http.GetStringAsync(new Uri(entry.Health + "/health/live"), cancellationToken).ConfigureAwait(false);
        return JsonNode.Parse(report)!["silo"]!.GetValue<string>();
    }

    private string LastLines(int number)
    {
        var log = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"silo-{number}.log"));
        if (!File.Exists(log)) return "it said nothing";
        using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(" | ", lines.TakeLast(3).Select(line => line.Length > 200 ? line[..200] : line));
    }

    internal enum SlotState
    {
        Starting,
        Serving,
        /// <summary>A fault has it.</summary>
        Held,
        Ended,
    }

    internal sealed class Slot(int number)
    {
        private volatile int _state;

        public int Number => number;

        public SiloEntry? Entry { get; set; }

        /// <summary>As the cluster calls it: address, port, and generation.</summary>
        public string Silo { get; set; } = string.Empty;

        public SlotState State
        {
            get => (SlotState)_state;
            set => _state = (int)value;
        }
    }
}

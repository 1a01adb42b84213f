using System.Globalization;

namespace Dtao.Benchmarks.Loads;

/// <summary>Prints what the phases came to, and what they come to against each other.</summary>
internal sealed class Report(TextWriter output, StallWatch? stalls = null)
{
    private readonly List<PhaseResult> _results = [];

    public void Head() => Line("phase", "in flight", "done/s", "CPU s/s", "done/CPU s", "bytes each", "in GC", "in JIT", "GCs 0/2", "p50 us", "p95 us", "p99 us", "max us", "refused", "failed");

    public void Add(PhaseResult result)
    {
        _results.Add(result);
        var latency = result.Latency;
        Line(
            result.Name, Number(result.InFlight), Number(result.PerSecond), (result.Cpu / result.Length).ToString("0.00", CultureInfo.InvariantCulture),
            Number(result.PerCpuSecond), Number(result.BytesPerStep), Share(result.Collecting), Share(result.Compiling), $"{result.Collections.Young}/{result.Collections.Old}", Percentile(50), Percentile(95), Percentile(99), Percentile(100), Number(result.Refused), Number(result.Failed));

        if (result.Name.Contains("pool", StringComparison.Ordinal) && !result.Name.StartsWith("transactions", StringComparison.Ordinal)) stalls?.Print(output);

        string Share(TimeSpan time) => (time / result.Length).ToString("P1", CultureInfo.InvariantCulture);

        string Percentile(double percent) => latency.TotalCount == 0 ? "-" : Number(latency.GetValueAtPercentile(percent));
    }

    public void Ratios()
    {
        output.WriteLine();
        foreach (var result in _results.Where(result => result.Name.Contains("pool", StringComparison.Ordinal)))
        {
            if (Best("ping") is { } ping) output.WriteLine($"{result.Name} ({result.InFlight} in flight): {Ratio(ping, result)} pings of CPU each");
        }

        foreach (var pools in _results.Where(result => result.Name.StartsWith("durable", StringComparison.Ordinal)))
        {
            var peer = Best("transactions" + pools.Name[pools.Name.LastIndexOf(',')..]);
            if (peer is not null) output.WriteLine($"{pools.Name}: {Ratio(pools, peer)} times the rate per CPU-second of Orleans Transactions at {peer.InFlight} in flight");
        }
    }

    private PhaseResult? Best(string name) =>
        _results.Where(result => result.Name.StartsWith(name, StringComparison.Ordinal)).MaxBy(result => result.PerCpuSecond);

    private static string Ratio(PhaseResult more, PhaseResult less) => (more.PerCpuSecond / less.PerCpuSecond).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private void Line(string name, params string[] columns) => output.WriteLine($"{name,-26}{string.Concat(columns.Select(column => column.PadLeft(12)))}");
}

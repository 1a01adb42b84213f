using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Populations;

namespace Dtao.LoadTest.Reports;

/// <summary>A report as JSON. Names and units are stable: docs/reference/load.md lists them.</summary>
public static class ReportJson
{
    /// <summary>Goes up when a name changes its meaning or goes.</summary>
    public const int Schema = 1;

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static string Text(LoadReport report) => ToJson(report).ToJsonString(s_indented) + "\n";

    public static JsonObject ToJson(LoadReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var tally = report.Tally;
        return new JsonObject
        {
            ["schema"] = Schema,
            ["passed"] = report.IsPassed,
            ["interrupted"] = report.IsInterrupted,
            ["started_at"] = report.StartedAt.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            ["command"] = report.Command,
            ["build"] = report.Machine.Build,
            ["machine"] = OfMachine(report.Machine),
            ["seed"] = report.Options.Population.Seed,
            ["population"] = JsonSerializer.SerializeToNode(report.Options.Population, PopulationReader.Json),
            ["model"] = OfModel(report),
            ["seconds"] = report.Options.Seconds,
            ["workers"] = report.Workers,
            ["network"] = OfNetwork(report.Network),
            ["plan"] = new JsonObject
            {
                ["hashes"] = new JsonArray([.. report.Result.PlanHashes.Select(hash => JsonValue.Create(hash))]),
                ["stakers_seen"] = report.Result.StakersSeen,
                ["without_means"] = report.Result.WithoutMeans,
            },
            ["requests"] = OfRequests(report),
            ["signing"] = new JsonObject { ["signatures"] = report.Result.Signed.Count, ["total_us"] = report.Result.Signed.Microseconds },
            ["latency_us"] = new JsonObject { ["applied"] = OfLatency(tally.All.Latency), ["refused"] = OfLatency(tally.RefusedLatency), ["failed"] = OfLatency(tally.FailedLatency) },
            ["codes"] = new JsonObject { ["refused"] = OfCounts(tally.RefusedCodes), ["failed"] = OfCounts(tally.FailedCodes) },
            ["operations"] = new JsonArray([.. tally.Operations.Select(entry => OfEnds("operation", entry.Key, entry.Value))]),
            ["subnets"] = new JsonArray([.. tally.Subnets.Select(entry => OfEnds("netuid", entry.Key, entry.Value))]),
            ["intervals"] = new JsonArray([.. tally.Intervals.Select((interval, place) => OfInterval(interval, place * tally.IntervalMicroseconds))]),
            ["blocks"] = OfBlocks(report.Blocks),
            ["processes"] = new JsonArray([.. report.Processes.Select(process => OfProcess(process.Name, process.Samples))]),
            ["silos"] = new JsonArray([.. report.Silos.Select(silo => new JsonObject { ["silo"] = silo.Name, ["samples"] = new JsonArray([.. silo.Samples.Select(sample => new JsonArray(sample.AtMicroseconds / 1_000, sample.CpuPermille, sample.ManagedBytes))]) })]),
            ["faults"] = new JsonArray([.. report.Faults.Select(fault => new JsonObject { ["at_ms"] = fault.AtMilliseconds, ["back_ms"] = fault.BackMilliseconds, ["what"] = fault.What })]),
            ["audits"] = new JsonArray([.. report.Audits.Select(audit => new JsonObject { ["at_ms"] = audit.AtMicroseconds / 1_000, ["took_ms"] = audit.TookMicroseconds / 1_000, ["block"] = audit.Block, ["clean"] = audit.IsClean, ["fault"] = audit.Fault })]),
            ["proof"] = OfProof(report),
            ["thresholds"] = new JsonArray([.. report.Thresholds.Select(threshold => new JsonObject { ["threshold"] = threshold.Text, ["value"] = threshold.Value, ["passed"] = threshold.IsPassed })]),
        };
    }

    internal static JsonObject OfLatency(LatencyHistogram latency)
    {
        var json = new JsonObject { ["count"] = latency.Count, ["mean"] = latency.Mean };
        foreach (var (name, percent) in LoadMetrics.Percentiles) json[name.Replace('.', '_')] = latency.Percentile(percent);
        json["max"] = latency.Max;
        return json;
    }

    private static JsonObject OfMachine(MachineFacts machine) => new()
    {
        ["processors"] = machine.Processors,
        ["memory_bytes"] = machine.MemoryBytes,
        ["system"] = machine.System,
        ["framework"] = machine.Framework,
        ["collector"] = machine.Collector,
    };

    private static JsonObject OfModel(LoadReport report)
    {
        var model = report.Options.Model;
        var json = new JsonObject { ["kind"] = model.IsOpen ? "open" : "closed", ["text"] = model.Text };
        if (model.Schedule is { } schedule)
        {
            json["per_second"] = schedule.PerSecond;
            json["ramp_us"] = schedule.RampMicroseconds;
            json["spike"] = schedule.Spike is { } spike ? new JsonObject { ["per_second"] = spike.PerSecond, ["from_us"] = spike.FromMicroseconds, ["length_us"] = spike.Microseconds } : null;
            json["in_flight_max"] = report.Options.InFlightMax;
            json["late_us"] = report.Options.LateMicroseconds;
        }
        else
        {
            json["concurrency"] = model.Loops;
            json["think_us"] = model.ThinkMicroseconds;
        }

        return json;
    }

    private static JsonObject OfNetwork(NetworkFacts network) => new()
    {
        ["kind"] = network.Kind,
        ["silos"] = network.Silos,
        ["gateways"] = new JsonArray([.. network.Gateways.Select(gateway => JsonValue.Create(gateway))]),
        ["creation_ms"] = network.CreationMilliseconds,
        ["store_bytes"] = network.StoreBytes,
        ["store_bytes_after"] = network.StoreBytesAfter,
        ["first_block_ms"] = network.FirstBlockMilliseconds,
        ["audit_ms"] = network.AuditMilliseconds,
        ["rss_bytes"] = network.ResidentBytes,
        ["rss_bytes_proof"] = network.ProofResidentBytes,
        ["restart_ms"] = network.RestartMilliseconds,
        ["signatures"] = network.RequiresSignatures,
        ["idle"] = network.Idle is { } idle
            ? new JsonObject { ["active"] = idle.Before, ["active_after"] = idle.After, ["rss_bytes"] = idle.ResidentBytesBefore, ["rss_bytes_after"] = idle.ResidentBytesAfter, ["waited_ms"] = idle.WaitedMilliseconds }
            : null,
    };

    private static JsonObject OfRequests(LoadReport report)
    {
        var tally = report.Tally;
        return new JsonObject
        {
            ["offered"] = tally.Offered,
            ["sent"] = tally.Sent,
            ["late"] = tally.Late,
            ["unsent"] = tally.Unsent,
            ["latest_us"] = tally.LatestMicroseconds,
            ["applied"] = tally.All.Applied,
            ["refused"] = tally.All.Refused,
            ["failed"] = tally.All.Failed,
            ["sending_us"] = report.SendingMicroseconds,
            ["offered_per_second"] = report.OfferedPerSecond(),
            ["applied_per_second"] = report.ReachedPerSecond(),
        };
    }

    private static JsonObject OfCounts(IReadOnlyDictionary<string, long> counts) => new(counts.Select(count => KeyValuePair.Create<string, JsonNode?>(count.Key, count.Value)));

    private static JsonObject OfEnds<TKey>(string name, TKey key, EndTally ends) => new()
    {
        [name] = JsonValue.Create(key),
        ["applied"] = ends.Applied,
        ["refused"] = ends.Refused,
        ["failed"] = ends.Failed,
        ["latency_us"] = OfLatency(ends.Latency),
    };

    private static JsonObject OfInterval(IntervalTally interval, long fromMicroseconds)
    {
        var json = new JsonObject
        {
            ["from_ms"] = fromMicroseconds / 1_000,
            ["offered"] = interval.Offered,
            ["sent"] = interval.Sent,
            ["late"] = interval.Late,
            ["applied"] = interval.Ends.Applied,
            ["refused"] = interval.Ends.Refused,
            ["failed"] = interval.Ends.Failed,
        };
        foreach (var (name, percent) in LoadMetrics.Percentiles) json[name.Replace('.', '_') + "_us"] = interval.Ends.Latency.Percentile(percent);
        json["max_us"] = interval.Ends.Latency.Max;
        return json;
    }

    private static JsonObject OfBlocks(BlockFacts blocks) => new()
    {
        ["first"] = blocks.First,
        ["last"] = blocks.Last,
        ["interval_us"] = OfLatency(blocks.Intervals),
        ["phases_us"] = new JsonObject(blocks.Phases.Select(phase => KeyValuePair.Create<string, JsonNode?>(phase.Key, OfLatency(phase.Value)))),
        ["course"] = new JsonArray([.. blocks.Course.Select(block => new JsonArray([JsonValue.Create(block.AtMicroseconds / 1_000), JsonValue.Create(block.Block), .. block.Phases.Select(phase => JsonValue.Create(phase))]))]),
    };

    private static JsonObject OfProcess(string name, IReadOnlyList<Runs.ProcessSample> samples) => new()
    {
        ["process"] = name,
        ["rss_bytes_max"] = samples.Select(sample => sample.ResidentBytes).DefaultIfEmpty().Max(),
        ["samples"] = new JsonArray([.. samples.Select(sample => new JsonArray(sample.AtMicroseconds / 1_000, sample.CpuPermille, sample.ResidentBytes))]),
    };

    private static JsonObject OfProof(LoadReport report) => new()
    {
        ["passed"] = report.IsProved,
        ["checks"] = new JsonArray([.. report.Proof.Select(check => new JsonObject
        {
            ["check"] = check.Name,
            ["passed"] = check.IsPassed,
            ["extent"] = check.Extent,
            ["faults"] = new JsonArray([.. check.Faults.Select(fault => JsonValue.Create(fault))]),
        })]),
    };
}

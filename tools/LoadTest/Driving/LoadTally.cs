using System.Globalization;
using System.Text.Json.Nodes;

namespace Dtao.LoadTest.Driving;

/// <summary>How a request ended.</summary>
public enum StepEnd
{
    /// <summary>Took effect.</summary>
    Applied = 0,
    /// <summary>Refused by a rule of the ledger.</summary>
    Refused = 1,
    /// <summary>Not accepted, or its outcome was not known when the client gave up.</summary>
    Failed = 2,
}

/// <summary>What became of one request.</summary>
/// <param name="Code">The stable name of the refusal or failure; empty when applied.</param>
/// <param name="Operation">The kind of call.</param>
public readonly record struct StepResult(StepEnd End, string Code, string Operation, int Netuid);

/// <summary>Requests by how they ended, and how long those took that took effect.</summary>
public sealed class EndTally
{
    public long Applied { get; set; }

    public long Refused { get; set; }

    public long Failed { get; set; }

    public long Ended => Applied + Refused + Failed;

    /// <summary>Of what was applied.</summary>
    public LatencyHistogram Latency { get; private init; } = new();

    public void Add(StepEnd end, long microseconds)
    {
        switch (end)
        {
            case StepEnd.Applied:
                Applied++;
                Latency.Record(microseconds);
                break;
            case StepEnd.Refused:
                Refused++;
                break;
            default:
                Failed++;
                break;
        }
    }

    public void Add(EndTally other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (Applied, Refused, Failed) = (Applied + other.Applied, Refused + other.Refused, Failed + other.Failed);
        Latency.Add(other.Latency);
    }

    internal JsonArray ToJson() => [Applied, Refused, Failed, Latency.ToJson()];

    internal static EndTally FromJson(JsonNode json) => new()
    {
        Applied = json[0]!.GetValue<long>(),
        Refused = json[1]!.GetValue<long>(),
        Failed = json[2]!.GetValue<long>(),
        Latency = LatencyHistogram.FromJson(json[3]!.AsArray()),
    };
}

/// <summary>One stretch of a run.</summary>
public sealed class IntervalTally
{
    /// <summary>Requests that were meant to be sent in it.</summary>
    public long Offered { get; set; }

    /// <summary>Requests that were sent in it.</summary>
    public long Sent { get; set; }

    /// <summary>Of those that were meant for it: sent late, or not at all.</summary>
    public long Late { get; set; }

    /// <summary>Requests that ended in it.</summary>
    public EndTally Ends { get; init; } = new();
}

/// <summary>Everything that a load has seen. Tallies of several workers are added up; used by one thread at a time.</summary>
/// <param name="intervalMicroseconds">Length of one stretch.</param>
public sealed class LoadTally(long intervalMicroseconds)
{
    private const int IntervalsMax = 100_000;

    public long IntervalMicroseconds { get; } = intervalMicroseconds;

    public List<IntervalTally> Intervals { get; } = [];

    public EndTally All { get; private set; } = new();

    public LatencyHistogram RefusedLatency { get; private set; } = new();

    public LatencyHistogram FailedLatency { get; private set; } = new();

    public SortedDictionary<string, EndTally> Operations { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<int, EndTally> Subnets { get; } = [];

    /// <summary>By name, refusals and failures apart.</summary>
    public SortedDictionary<string, long> RefusedCodes { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long> FailedCodes { get; } = new(StringComparer.Ordinal);

    public long Offered { get; private set; }

    public long Sent { get; private set; }

    /// <summary>Sent later than was tolerated.</summary>
    public long Late { get; private set; }

    /// <summary>Not sent at all before the end.</summary>
    public long Unsent { get; private set; }

    /// <summary>How much later than intended the latest was sent.</summary>
    public long LatestMicroseconds { get; private set; }

    /// <summary>When the last request was sent, from the beginning of the run.</summary>
    public long LastSentMicroseconds { get; private set; }

    public void NoteSent(long intended, long now, long lateMicroseconds)
    {
        Offered++;
        Sent++;
        At(intended).Offered++;
        At(now).Sent++;
        LatestMicroseconds = Math.Max(LatestMicroseconds, now - intended);
        LastSentMicroseconds = Math.Max(LastSentMicroseconds, now);
        if (now - intended <= lateMicroseconds) return;
        Late++;
        At(intended).Late++;
    }

    public void NoteUnsent(long intended)
    {
        Offered++;
        Unsent++;
        At(intended).Offered++;
        At(intended).Late++;
    }

    /// <summary>Latency counts from the time at which the request was meant to be sent.</summary>
    public void NoteEnd(long intended, long now, StepResult result)
    {
        var took = now - intended;
        All.Add(result.End, took);
        At(now).Ends.Add(result.End, took);
        Of(Operations, result.Operation).Add(result.End, took);
        Of(Subnets, result.Netuid).Add(result.End, took);
        if (result.End == StepEnd.Applied) return;
        (result.End == StepEnd.Refused ? RefusedLatency : FailedLatency).Record(took);
        var codes = result.End == StepEnd.Refused ? RefusedCodes : FailedCodes;
        codes[result.Code] = codes.GetValueOrDefault(result.Code) + 1;
    }

    /// <summary>Takes up all that another one has; its stretches have to be as long.</summary>
    public void Add(LoadTally other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.IntervalMicroseconds != IntervalMicroseconds) throw new ArgumentException("The stretches are not of one length.", nameof(other));
        All.Add(other.All);
        RefusedLatency.Add(other.RefusedLatency);
        FailedLatency.Add(other.FailedLatency);
        foreach (var (name, tally) in other.Operations) Of(Operations, name).Add(tally);
        foreach (var (netuid, tally) in other.Subnets) Of(Subnets, netuid).Add(tally);
        foreach (var (name, count) in other.RefusedCodes) RefusedCodes[name] = RefusedCodes.GetValueOrDefault(name) + count;
        foreach (var (name, count) in other.FailedCodes) FailedCodes[name] = FailedCodes.GetValueOrDefault(name) + count;
        (Offered, Sent, Late, Unsent) = (Offered + other.Offered, Sent + other.Sent, Late + other.Late, Unsent + other.Unsent);
        LatestMicroseconds = Math.Max(LatestMicroseconds, other.LatestMicroseconds);
        LastSentMicroseconds = Math.Max(LastSentMicroseconds, other.LastSentMicroseconds);
        for (var place = 0; place < other.Intervals.Count; place++)
        {
            var (into, from) = (At(place * IntervalMicroseconds), other.Intervals[place]);
            (into.Offered, into.Sent, into.Late) = (into.Offered + from.Offered, into.Sent + from.Sent, into.Late + from.Late);
            into.Ends.Add(from.Ends);
        }
    }

    public JsonObject ToJson() => new()
    {
        ["interval_us"] = IntervalMicroseconds,
        ["offered"] = Offered,
        ["sent"] = Sent,
        ["late"] = Late,
        ["unsent"] = Unsent,
        ["latest_us"] = LatestMicroseconds,
        ["last_sent_us"] = LastSentMicroseconds,
        ["all"] = All.ToJson(),
        ["refused_latency"] = RefusedLatency.ToJson(),
        ["failed_latency"] = FailedLatency.ToJson(),
        ["operations"] = new JsonObject(Operations.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Key, entry.Value.ToJson()))),
        ["subnets"] = new JsonObject(Subnets.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Key.ToString(CultureInfo.InvariantCulture), entry.Value.ToJson()))),
        ["refused_codes"] = new JsonObject(RefusedCodes.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Key, entry.Value))),
        ["failed_codes"] = new JsonObject(FailedCodes.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Key, entry.Value))),
        ["intervals"] = new JsonArray([.. Intervals.Select(interval => new JsonArray(interval.Offered, interval.Sent, interval.Late, interval.Ends.ToJson()))]),
    };

    public static LoadTally FromJson(JsonNode json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var tally = new LoadTally(json["interval_us"]!.GetValue<long>())
        {
            Offered = json["offered"]!.GetValue<long>(),
            Sent = json["sent"]!.GetValue<long>(),
            Late = json["late"]!.GetValue<long>(),
            Unsent = json["unsent"]!.GetValue<long>(),
            LatestMicroseconds = json["latest_us"]!.GetValue<long>(),
            LastSentMicroseconds = json["last_sent_us"]!.GetValue<long>(),
            All = EndTally.FromJson(json["all"]!),
            RefusedLatency = LatencyHistogram.FromJson(json["refused_latency"]!.AsArray()),
            FailedLatency = LatencyHistogram.FromJson(json["failed_latency"]!.AsArray()),
        };
        foreach (var (name, value) in json["operations"]!.AsObject()) tally.Operations.Add(name, EndTally.FromJson(value!));
        foreach (var (name, value) in json["subnets"]!.AsObject()) tally.Subnets.Add(int.Parse(name, CultureInfo.InvariantCulture), EndTally.FromJson(value!));
        foreach (var (name, value) in json["refused_codes"]!.AsObject()) tally.RefusedCodes.Add(name, value!.GetValue<long>());
        foreach (var (name, value) in json["failed_codes"]!.AsObject()) tally.FailedCodes.Add(name, value!.GetValue<long>());
        foreach (var value in json["intervals"]!.AsArray())
        {
            tally.Intervals.Add(new IntervalTally
            {
                Offered = value![0]!.GetValue<long>(),
                Sent = value[1]!.GetValue<long>(),
                Late = value[2]!.GetValue<long>(),
                Ends = EndTally.FromJson(value[3]!),
            });
        }

        return tally;
    }

    private IntervalTally At(long microseconds)
    {
        var place = (int)Math.Clamp(microseconds / IntervalMicroseconds, 0, IntervalsMax - 1);
        while (Intervals.Count <= place) Intervals.Add(new IntervalTally());
        return Intervals[place];
    }

    private static EndTally Of<TKey>(SortedDictionary<TKey, EndTally> tallies, TKey key)
        where TKey : notnull
    {
        if (!tallies.TryGetValue(key, out var tally)) tallies.Add(key, tally = new EndTally());
        return tally;
    }
}

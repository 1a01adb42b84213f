using System.Text.Json.Nodes;
using HdrHistogram;

namespace Dtao.LoadTest.Driving;

/// <summary>Latencies in microseconds, to three digits. Used by one thread at a time.</summary>
public sealed class LatencyHistogram
{
    /// <summary>What took longer is counted as this: two minutes.</summary>
    public const long HighestMicroseconds = 120_000_000;

    private const int Digits = 3;

    private readonly IntHistogram _histogram = new(1, HighestMicroseconds, Digits);

    public long Count => _histogram.TotalCount;

    public long Max => Count == 0 ? 0 : _histogram.GetMaxValue();

    /// <summary>Rounded down; 0 of nothing.</summary>
    public long Mean => Count == 0 ? 0 : (long)_histogram.GetMean();

    public void Record(long microseconds, long count = 1) => _histogram.RecordValueWithCount(Math.Clamp(microseconds, 1, HighestMicroseconds), count);

    /// <param name="percent">Such as 99.9.</param>
    public long Percentile(double percent) => Count == 0 ? 0 : _histogram.GetValueAtPercentile(percent);

    /// <summary>Takes up all that another one has.</summary>
    public void Add(LatencyHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _histogram.Add(other._histogram);
    }

    /// <summary>Value and count by turns, ascending; a value stands for all that the histogram does not tell from it.</summary>
    public JsonArray ToJson()
    {
        var pairs = new JsonArray();
        foreach (var entry in _histogram.RecordedValues())
        {
            pairs.Add(entry.ValueIteratedTo);
            pairs.Add(entry.CountAtValueIteratedTo);
        }

        return pairs;
    }

    public static LatencyHistogram FromJson(JsonArray pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var histogram = new LatencyHistogram();
        for (var place = 0; place + 1 < pairs.Count; place += 2) histogram.Record(pairs[place]!.GetValue<long>(), pairs[place + 1]!.GetValue<long>());
        return histogram;
    }
}

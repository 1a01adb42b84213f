using System.Text.Json;

namespace Dtao.Hosting.Conformance;

/// <summary>A case that did not come out as it says, with everything it was given.</summary>
public sealed record VectorFailure(int Line, string Reason, string Case);

/// <summary>What came of one file.</summary>
public sealed record VectorReport(string Name, string Topic, int Passed, IReadOnlyList<VectorFailure> Failures, IReadOnlyDictionary<string, int> Skipped)
{
    public int SkippedCount => Skipped.Values.Sum();
}

/// <summary>Runs vector files in the format of <c>tests/vectors/README.md</c> against the rules, by the topic in their header.</summary>
public static class VectorRunner
{
    private static readonly Dictionary<string, Action<VectorCase>> s_topics = new(StringComparer.Ordinal)
    {
        ["fixedmath"] = FixedMathTopic.Check,
        ["safefloat"] = SafeFloatTopic.Check,
        ["sharepool"] = SharePoolTopic.Check,
        ["balancer"] = BalancerTopic.Check,
        ["swap"] = SwapTopic.Check,
        ["moving-price"] = MovingPriceTopic.Check,
        ["block-emission"] = BlockEmissionTopic.Check,
        ["emission-shares"] = EmissionSharesTopic.Check,
        ["coinbase"] = CoinbaseTopic.Check,
        ["epoch"] = EpochTopic.Check,
        ["epoch-math"] = EpochMathTopic.Check,
        ["dividends"] = DividendTopic.Check,
    };

    public static VectorReport RunFile(string path) => Run(Path.GetFileName(path), File.ReadLines(path));

    /// <summary>Runs the lines of a file: a header, then one case a line. A line that cannot be read is a failure with its reason.</summary>
    public static VectorReport Run(string name, IEnumerable<string> lines)
    {
        var passed = 0;
        var failures = new List<VectorFailure>();
        var skipped = new SortedDictionary<string, int>(StringComparer.Ordinal);
        string? topic = null;
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            if (topic is null)
            {
                topic = ReadTopic(line, out var fault);
                if (topic is null) return new(name, "unknown", 0, [new(number, fault, line)], skipped);
                continue;
            }

            switch (Check(topic, line))
            {
                case { Failure: { } failure }: failures.Add(new(number, failure, line)); break;
                case { Skip: { } reason }: skipped[reason] = skipped.GetValueOrDefault(reason) + 1; break;
                default: passed++; break;
            }
        }

        if (topic is null) failures.Add(new(0, "the file is empty: it has no header", ""));
        return new(name, topic ?? "unknown", passed, failures, skipped);
    }

    private static (string? Failure, string? Skip) Check(string topic, string line)
    {
        if (!s_topics.TryGetValue(topic, out var check)) return (null, $"no such topic here: {topic}");
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return ("the line is not an object", null);
            var vector = new VectorCase(document.RootElement);
            check(vector);
            return vector.Differences.Count > 0 ? (string.Join("; ", vector.Differences), null) : (null, vector.SkipReason);
        }
        catch (JsonException fault)
        {
            return ($"the line is not JSON: {fault.Message}", null);
        }
        catch (MalformedVectorException fault)
        {
            return ($"malformed case: {fault.Message}", null);
        }
        catch (Exception fault) when (fault is ArithmeticException or ArgumentException or InvalidOperationException or IndexOutOfRangeException)
        {
            // A case outside the domain of the rules must name itself and leave the rest of the file to be run.
            return ($"the rule threw {fault.GetType().Name}: {fault.Message}", null);
        }
    }

    private static string? ReadTopic(string line, out string fault)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            fault = "the first line is no header with a topic";
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("header", out var header) || header.ValueKind != JsonValueKind.True) return null;
            return root.TryGetProperty("topic", out var topic) && topic.ValueKind == JsonValueKind.String ? topic.GetString() : null;
        }
        catch (JsonException exception)
        {
            fault = $"the first line is not JSON: {exception.Message}";
            return null;
        }
    }
}

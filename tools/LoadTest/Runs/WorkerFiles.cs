using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Dtao.Grains;
using Dtao.Hosting.Chaos;
using Dtao.LoadTest.Driving;

namespace Dtao.LoadTest.Runs;

/// <summary>What a worker leaves for its parent: a JSON of its tally, and beside it every operation with its receipt.</summary>
internal static class WorkerFiles
{
    private const string Suffix = ".operations";

    public static async Task WriteAsync(string file, LoadResult result)
    {
        await using (var stream = new BufferedStream(File.Create(file + Suffix), 1 << 16))
        {
            foreach (var (operation, receipt) in result.Acknowledged)
            {
                WritePart(stream, AcknowledgedBook.Operations.SerializeToArray(operation));
                WritePart(stream, AcknowledgedBook.Receipts.SerializeToArray(receipt));
            }

            foreach (var operation in result.Open)
            {
                WritePart(stream, AcknowledgedBook.Operations.SerializeToArray(operation));
                WritePart(stream, []);
            }
        }

        var json = new JsonObject
        {
            ["tally"] = result.Tally.ToJson(),
            ["faults"] = new JsonArray([.. result.Faults.Select(fault => JsonValue.Create(fault))]),
            ["plan_hashes"] = new JsonArray([.. result.PlanHashes.Select(hash => JsonValue.Create(hash))]),
            ["without_means"] = result.WithoutMeans,
            ["stakers_seen"] = result.StakersSeen,
            ["signed"] = result.Signed.Count,
            ["signing_us"] = result.Signed.Microseconds,
            ["making"] = result.Making,
            ["settled"] = result.Settled,
            ["interrupted"] = result.IsInterrupted,
        };
        await File.WriteAllTextAsync(file, json.ToJsonString());
    }

    public static async Task<LoadResult> ReadAsync(string file)
    {
        var json = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        var (acknowledged, open) = (new List<Acknowledged>(), new List<Operation>());
        await using (var stream = new BufferedStream(File.OpenRead(file + Suffix), 1 << 16))
        {
            while (ReadPart(stream) is { } bytes)
            {
                var operation = AcknowledgedBook.Operations.Deserialize(bytes)!;
                var receipt = ReadPart(stream) ?? throw new InvalidDataException($"{file}{Suffix} is cut off.");
                if (receipt.Length == 0) open.Add(operation);
                else acknowledged.Add(new Acknowledged(operation, AcknowledgedBook.Receipts.Deserialize(receipt)!));
            }
        }

        return new LoadResult(
            LoadTally.FromJson(json["tally"]!), acknowledged, open, [.. json["faults"]!.AsArray().Select(fault => fault!.GetValue<string>())],
            [.. json["plan_hashes"]!.AsArray().Select(hash => hash!.GetValue<string>())], json["without_means"]!.GetValue<long>(), json["stakers_seen"]!.GetValue<int>())
        {
            Signed = (json["signed"]!.GetValue<long>(), json["signing_us"]!.GetValue<long>()),
            Making = json["making"]!.GetValue<int>(),
            Settled = json["settled"]!.GetValue<long>(),
            IsInterrupted = json["interrupted"]!.GetValue<bool>(),
        };
    }

    /// <summary>What several workers have seen, as one.</summary>
    public static LoadResult Merge(IReadOnlyList<LoadResult> results)
    {
        var tally = new LoadTally(results[0].Tally.IntervalMicroseconds);
        foreach (var result in results) tally.Add(result.Tally);
        return new LoadResult(
            tally, [.. results.SelectMany(result => result.Acknowledged)], [.. results.SelectMany(result => result.Open)], [.. results.SelectMany(result => result.Faults)],
            [.. results.SelectMany(result => result.PlanHashes)], results.Sum(result => result.WithoutMeans), results.Sum(result => result.StakersSeen))
        {
            Signed = (results.Sum(result => result.Signed.Count), results.Sum(result => result.Signed.Microseconds)),
            Making = results.Sum(result => result.Making),
            Settled = results.Sum(result => result.Settled),
            IsInterrupted = results.Any(result => result.IsInterrupted),
        };
    }

    private static void WritePart(Stream stream, byte[] bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        stream.Write(length);
        stream.Write(bytes);
    }

    /// <summary>Null at the end.</summary>
    private static byte[]? ReadPart(Stream stream)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        if (stream.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) < length.Length) return null;
        var bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

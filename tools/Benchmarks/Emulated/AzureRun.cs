using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Dtao.AzuriteKit;
using Dtao.Benchmarks.Loads;
using Dtao.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Dtao.Benchmarks.Emulated;

/// <summary>
/// Small states of many grains written to the emulator's tables: each by a request of its own, gathered into transactions by
/// the grain storage, and as bare full transactions, which is the most that the emulator can do. And one grain alone.
/// </summary>
internal static class AzureRun
{
    public const string Usage = "[--seconds N] [--warm-up N] [--rounds N] [--grains N] [--bytes N] [--buckets N]";

    public static async Task<int> RunAsync(string[] args)
    {
        if (AzureOptions.Parse(args) is not { } options)
        {
            Console.Error.WriteLine($"usage: Benchmarks azure {Usage}");
            return 2;
        }

        await using var server = await AzuriteServer.StartAsync();
        Dictionary<string, List<PhaseResult>> results = [];
        // In turns, so that what else the machine does meets all of them alike.
        for (var round = 0; round < options.Rounds; round++)
        {
            Add(await Upserts("single upserts", options.Grains));
            Add(await GroupCommit("group commit", options.Grains));
            Add(await Transactions("transactions of 100", options.Buckets));
            Add(await Upserts("one alone, plain request", 1, isConditional: true));
            Add(await GroupCommit("one alone, grain storage", 1));
        }

        Print(options, results);
        return 0;

        void Add(PhaseResult result)
        {
            if (!results.TryGetValue(result.Name, out var list)) results[result.Name] = list = [];
            list.Add(result);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Name}: {result.PerSecond:f0}/s, {result.Failed} failed"));
        }

        async Task<PhaseResult> Upserts(string name, int writers, bool isConditional = false)
        {
            var table = await NewTable(server);
            var tags = new ETag[writers];
            for (var writer = 0; writer < writers; writer++) tags[writer] = (await table.AddEntityAsync(Row(writer))).Headers.ETag!.Value;
            return await ClosedLoop.RunAsync(name, writers, options.WarmUp, options.Length, async writer =>
            {
                var response = isConditional
                    ? await table.UpdateEntityAsync(Row(writer), tags[writer], TableUpdateMode.Replace)
                    : await table.UpsertEntityAsync(Row(writer), TableUpdateMode.Replace);
                tags[writer] = response.Headers.ETag!.Value;
                return StepEnd.Done;
            });
        }

        async Task<PhaseResult> Transactions(string name, int partitions)
        {
            var table = await NewTable(server);
            return await ClosedLoop.RunAsync(name, partitions, options.WarmUp, options.Length, async partition =>
            {
                await table.SubmitTransactionAsync(Enumerable.Range(0, 100).Select(row => new TableTransactionAction(
                    TableTransactionActionType.UpsertReplace, Row(row, partition))));
                return StepEnd.Done;
            });
        }

        async Task<PhaseResult> GroupCommit(string name, int grains)
        {
            await using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
            AzureTableStorageOptions storageOptions = new()
            {
                TableName = $"grains{Guid.NewGuid():N}",
                BucketCount = options.Buckets,
                GrainStorageSerializer = new OrleansGrainStorageSerializer(services.GetRequiredService<Serializer>()),
            };
            storageOptions.ConfigureTableServiceClient(server.ConnectionString);
            await using AzureTableGrainStorage storage = new(
                "benchmark", storageOptions, "benchmark", services.GetRequiredService<IActivatorProvider>(), TimeProvider.System, NullLogger<AzureTableGrainStorage>.Instance);
            await storage.InitializeAsync();
            var states = Enumerable.Range(0, grains).Select(_ => new Held(options.Bytes)).ToArray();
            return await ClosedLoop.RunAsync(name, grains, options.WarmUp, options.Length, async grain =>
            {
                await storage.WriteStateAsync("state", GrainId.Create("account", grain.ToString(CultureInfo.InvariantCulture)), states[grain]);
                return StepEnd.Done;
            });
        }

        TableEntity Row(int row, int? partition = null) => new(
            string.Create(CultureInfo.InvariantCulture, $"benchmark-{partition ?? row % options.Buckets:x3}"),
            string.Create(CultureInfo.InvariantCulture, $"account%002F{row}|state"))
        {
            ["Data"] = new byte[options.Bytes],
            ["WriteId"] = Guid.NewGuid(),
        };
    }

    private static async Task<TableClient> NewTable(AzuriteServer server)
    {
        TableClientOptions options = new();
        options.Retry.MaxRetries = 0;
        var table = new TableServiceClient(server.ConnectionString, options).GetTableClient($"rows{Guid.NewGuid():N}");
        await table.CreateAsync();
        return table;
    }

    private static void Print(AzureOptions options, Dictionary<string, List<PhaseResult>> results)
    {
        Console.WriteLine(Machine.Line);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Grains} grains, {options.Bytes} bytes a state, {options.Buckets} partitions; {options.Rounds} rounds of {options.Seconds} s, medians"));
        Console.WriteLine("| Phase | In flight | Rows/s | of rounds | p50 µs | p99 µs |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var (name, rounds) in results)
        {
            var rows = rounds.Select(round => RowsPerSecond(name, round)).Order().ToArray();
            var middle = rounds.OrderBy(round => round.PerSecond).ElementAt(rounds.Count / 2);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {middle.InFlight} | {rows[rows.Length / 2]:n0} | {rows[0]:n0} to {rows[^1]:n0} | {middle.Latency.GetValueAtPercentile(50):n0} | {middle.Latency.GetValueAtPercentile(99):n0} |"));
        }

        Ratio("group commit", "single upserts");
        Ratio("transactions of 100", "group commit");
        Ratio("one alone, grain storage", "one alone, plain request");

        void Ratio(string over, string under)
        {
            // Of the same round, and then the middle one: the machine's speed differs between rounds more than within one.
            var ratios = results[over].Zip(results[under], (one, other) => RowsPerSecond(over, one) / RowsPerSecond(under, other)).Order().ToArray();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{over} to {under}: {ratios[ratios.Length / 2]:f2} ({ratios[0]:f2} to {ratios[^1]:f2})"));
        }
    }

    private static double RowsPerSecond(string name, PhaseResult result) =>
        result.PerSecond * (name.StartsWith("transactions", StringComparison.Ordinal) ? 100 : 1);

    private sealed class Held(int bytes) : IGrainState<Raw>
    {
        [AllowNull]
        public Raw State { get; set; } = new() { Payload = new byte[bytes] };

        public string? ETag { get; set; }

        public bool RecordExists { get; set; }
    }

    /// <summary>Bytes as they are, so that the serializer is no part of what is measured.</summary>
    private sealed class Raw : IRawRecord
    {
        public byte[] Payload { get; set; } = [];
    }
}

/// <summary>How long and how hard the tables are driven.</summary>
internal sealed record AzureOptions(int Seconds, int WarmUpSeconds, int Rounds, int Grains, int Bytes, int Buckets)
{
    public TimeSpan Length => TimeSpan.FromSeconds(Seconds);

    public TimeSpan WarmUp => TimeSpan.FromSeconds(WarmUpSeconds);

    public static AzureOptions? Parse(string[] args)
    {
        var options = new AzureOptions(3, 1, 5, 256, 200, 4);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length) return null;
            if (!int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0) return null;
            switch (args[i])
            {
                case "--seconds":
                    options = options with { Seconds = number };
                    break;
                case "--warm-up":
                    options = options with { WarmUpSeconds = number };
                    break;
                case "--rounds":
                    options = options with { Rounds = number };
                    break;
                case "--grains":
                    options = options with { Grains = number };
                    break;
                case "--bytes":
                    options = options with { Bytes = number };
                    break;
                case "--buckets":
                    options = options with { Buckets = number };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}

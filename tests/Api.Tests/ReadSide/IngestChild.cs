using System.Diagnostics;
using System.Globalization;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Ingest;
using Dtao.Grains.Feed;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dtao.Api.Tests.ReadSide;

/// <summary>This program as a process that only ingests a made history, to be killed.</summary>
internal static class IngestChild
{
    private const string Variable = "DTAO_TEST_INGEST";

    /// <summary>Starts it; it says "ready" on a line when its first page is about to be read, and ends by itself when everything is in.</summary>
    public static Process Start(string store, int seed, int blocks, int operations, int pageFacts, int accounts = 40)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[Variable] = string.Create(CultureInfo.InvariantCulture, $"{seed}|{blocks}|{operations}|{pageFacts}|{accounts}|{store}");
        return Process.Start(start)!;
    }

    /// <summary>Runs as the child, when this process was started as one.</summary>
    /// <returns>The exit code; null when it was not.</returns>
    public static async Task<int?> RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } text) return null;
        var parts = text.Split('|', 6);
        var numbers = parts[..5].Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        try
        {
            await Run(parts[5], numbers);
            return 0;
        }
#pragma warning disable CA1031 // Whatever it is, the parent reads it.
        catch (Exception caught)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync(caught.ToString());
            return 1;
        }
    }

    private static async Task Run(string path, int[] numbers)
    {
        var options = new ReadSideOptions { Store = path, PageFacts = numbers[3] };
        var feed = new MadeFeed(MadeHistory.Of(numbers[0], numbers[1], numbers[2], numbers[4]).Facts);
        await using var store = options.Open();
        await store.PrepareAsync(false, CancellationToken.None);
        var ingest = new ReadSideIngest(store, new Telling(feed), options, new ReadSideEvents(), new IngestState(), TimeProvider.System, NullLogger<ReadSideIngest>.Instance);
        var began = Stopwatch.GetTimestamp();
        await ingest.CatchUpAsync(CancellationToken.None);
        var (position, took) = (await store.GetPositionAsync(CancellationToken.None), Stopwatch.GetElapsedTime(began));
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{position.Facts} facts in {took.Ticks / TimeSpan.TicksPerMillisecond} ms"));
    }

    /// <summary>Says each page that is read, so that the parent can kill at a page of its choice and a little later.</summary>
    private sealed class Telling(MadeFeed feed) : IFactSource
    {
        public async Task<FeedPage> ReadAsync(string? cursor, int factsMax, CancellationToken cancellationToken)
        {
            await Console.Out.WriteLineAsync("page");
            await Console.Out.FlushAsync(cancellationToken);
            return await feed.ReadAsync(cursor, factsMax, cancellationToken);
        }
    }
}

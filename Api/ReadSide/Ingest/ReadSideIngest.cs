using System.Data.Common;
using System.Diagnostics;
using Dtao.Client;
using Dtao.Grains.Feed;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dtao.Api.ReadSide.Ingest;

/// <summary>Builds the read side: reads the feed page by page and has each written, for as long as the process runs.</summary>
/// <remarks>
/// Where several processes share a database, all try, and one is first with each page. One that was not first follows: it only looks how far the others get, and takes over
/// when nothing has moved for a while although the feed goes on.
/// </remarks>
internal sealed partial class ReadSideIngest(
    IReadStore store, IFactSource facts, ReadSideOptions options, ReadSideEvents events, IngestState state, TimeProvider time, ILogger<ReadSideIngest> logger)
    : BackgroundService
{
    /// <summary>How often a follower looks before it tries for itself.</summary>
    private const int LooksOfFollower = 20;

    private readonly Stopwatch _second = new();
    private long _factsInSecond;

    /// <summary>Takes in what there is up to the feed's end, and ends.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var position = await store.GetPositionAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var (next, isAtEnd, isEmpty) = await Step(position, cancellationToken).ConfigureAwait(false);
            if (next is not null && isAtEnd) return;
            if (next is not null && isEmpty) await Pause(options.PollMilliseconds, cancellationToken).ConfigureAwait(false);
            position = next ?? await store.GetPositionAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host's start does not wait for the first page.
        await Task.Yield();
        await Until(() => store.PrepareAsync(options.IsRebuilt, stoppingToken), stoppingToken).ConfigureAwait(false);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Until(() => Follow(stoppingToken), stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task Follow(CancellationToken cancellationToken)
    {
        var position = await store.GetPositionAsync(cancellationToken).ConfigureAwait(false);
        events.Tell(position);
        while (true)
        {
            var (next, isAtEnd, isEmpty) = await Step(position, cancellationToken).ConfigureAwait(false);
            if (next is null) next = await WatchOthers(position, cancellationToken).ConfigureAwait(false);
            else if (isAtEnd || isEmpty) await Pause(options.PollMilliseconds, cancellationToken).ConfigureAwait(false);
            position = next;
        }
    }

    /// <summary>Takes in one page.</summary>
    /// <returns>Where the read side stands then, null when another process moved it; whether that is the feed's end; whether the page had nothing new.</returns>
    private async Task<(ReadPosition? Next, bool IsAtEnd, bool IsEmpty)> Step(ReadPosition position, CancellationToken cancellationToken)
    {
        var page = await facts.ReadAsync(position.Cursor.Length == 0 ? null : position.Cursor, options.PageFacts, cancellationToken).ConfigureAwait(false);
        if (page.Status != FeedStatus.Ok || (position.NetworkId.Length > 0 && page.NetworkId != position.NetworkId))
        {
            return (await BeginAnew(position, page, cancellationToken).ConfigureAwait(false), false, false);
        }

        // An empty page is written only when it says something new. Where silos do not all answer it may neither go on nor be at the end.
        if (page.Facts.Length == 0 && page.Next == position.Cursor && (position.IsAtEnd || !page.IsAtEnd))
        {
            state.Worked(page.Behind, -1);
            return (position, page.IsAtEnd, true);
        }

        var next = await store.ApplyAsync(position, page, cancellationToken).ConfigureAwait(false);
        if (next is null) return (null, false, false);
        state.Worked(page.Behind, Count(page.Facts.Length));
        events.Tell(next);
        return (next, page.IsAtEnd, false);
    }

    /// <summary>What was made of another network, or of a history that is no more, does not belong to this one.</summary>
    private async Task<ReadPosition?> BeginAnew(ReadPosition position, FeedPage page, CancellationToken cancellationToken)
    {
        if (page.Status == FeedStatus.NotAvailable) throw new ReadSideException("The silos' store has no feed, so there is nothing to build the read side from.");
        if (page.Status == FeedStatus.Unanswered) throw new ReadSideException("The silos cannot read on in their store at this moment.");
        if (position.Cursor.Length == 0) throw new ReadSideException($"The feed does not begin: {page.Status}.");
        LogBeginsAnew(logger, page.Status, position.NetworkId, page.NetworkId);
        if (!await store.ResetAsync(position, cancellationToken).ConfigureAwait(false)) return null;
        var next = await store.GetPositionAsync(cancellationToken).ConfigureAwait(false);
        events.Tell(next);
        return next;
    }

    /// <summary>Looks on while others write.</summary>
    private async Task<ReadPosition> WatchOthers(ReadPosition before, CancellationToken cancellationToken)
    {
        var position = before;
        for (var looks = 0; looks < LooksOfFollower; looks++)
        {
            var now = await store.GetPositionAsync(cancellationToken).ConfigureAwait(false);
            if (now != position) (position, looks) = (now, 0);
            events.Tell(position);
            state.Worked(-1, -1);
            await Pause(options.PollMilliseconds, cancellationToken).ConfigureAwait(false);
        }

        return await store.GetPositionAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tries again, later and later, while the network or the database is away.</summary>
    private async Task Until(Func<Task> work, CancellationToken stoppingToken)
    {
        for (var wait = options.PollMilliseconds; !stoppingToken.IsCancellationRequested; wait = Math.Min(wait * 2, options.RetryMillisecondsMax))
        {
            var revision = events.Position.Revision;
            try
            {
                await work().ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it was, nothing is lost: the page is read again from where the database stands.
            catch (Exception caught)
#pragma warning restore CA1031
            {
                if (state.Failure is null) LogStandsStill(logger, caught, store.Name);
                state.Failed(Reason(caught));
                if (events.Position.Revision != revision) wait = options.PollMilliseconds;
            }

            await Pause(wait, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static string Reason(Exception caught) => caught switch
    {
        ReadSideException => caught.Message,
        NetworkUnreachableException => "The network does not answer.",
        NetworkChangedException => "Another network answers than before.",
        DbException => "The database does not take the page.",
        _ => caught.GetType().Name,
    };

    private Task Pause(int milliseconds, CancellationToken cancellationToken) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), time, cancellationToken);

    private long Count(int taken)
    {
        if (!_second.IsRunning) _second.Start();
        _factsInSecond += taken;
        var passed = _second.ElapsedMilliseconds;
        if (passed < 1_000) return -1;
        var rate = _factsInSecond * 1_000 / passed;
        _second.Restart();
        _factsInSecond = 0;
        return rate;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The read side is built anew: the feed says {Status}. It was made of network {Before}, and {Now} answers.")]
    private static partial void LogBeginsAnew(ILogger logger, FeedStatus status, string before, string now);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The read side in {Store} stands still, and is tried again.")]
    private static partial void LogStandsStill(ILogger logger, Exception caught, string store);
}

using Dtao.Grains.Shell;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Dtao.Grains.Feed.Index;

/// <inheritdoc cref="IFeedIndexGrain"/>
/// <remarks>Reentrant: rounds go one after the other, and whoever asks while one is under way shares the next with all who ask meanwhile.</remarks>
[Reentrant]
public sealed partial class FeedIndexGrain(IActorJournals journals, IServiceProvider services, TimeProvider time, ILogger<FeedIndexGrain> logger)
    : LedgerGrain<FeedIndexState, FeedIndexEvent>(FeedIndexModel.Instance, journals, logger), IFeedIndexGrain
{
    private readonly OneAtATime _rounds = new();
    private FeedIndexer? _indexer;
    private Task<FeedIndexReply>? _next;

    protected override string ActorKey => FeedIndexModel.ActorKey;

    /// <remarks>A state of a million actors is 45 MB.</remarks>
    protected override int SnapshotWeight => State.Actors.Count / 256;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        if (services.GetService<IFeedStore>() is { } store) _indexer = new FeedIndexer(store, GrainContext.ActivationId.ToString(), time);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        try
        {
            if (_indexer is not null) await _indexer.StopAsync();
        }
        finally
        {
            await base.OnDeactivateAsync(reason, cancellationToken);
        }
    }

    public async Task<FeedIndexReply> Follow(long told)
    {
        if (_indexer is null) return default;
        try
        {
            ThrowIfPoisoned();
            if (told > State.Rounds) EndAsReplaced($"round {told} was read and it knows of {State.Rounds}");
            if (told == State.Rounds) return await WhileHealthy(_next ??= _rounds.Run(Round));
            var reply = Reply(isWhole: false);
            await Durable();
            return reply;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogNoRound(exception.Message);
            return default;
        }
    }

    private async Task<FeedIndexReply> Round()
    {
        // Whoever asks from here on is not served by this round: it is let go in a turn after the one that kept it.
        await Task.Yield();
        _next = null;
        ThrowIfPoisoned();
        var round = await _indexer!.LookAsync(State);
        if (round is not null) Record(round);
        var reply = Reply(_indexer.IsWhole);
        await Durable();
        return reply;
    }

    private FeedIndexReply Reply(bool isWhole) => new(true, State.Rounds, State.Lines, isWhole);

    [LoggerMessage(111, LogLevel.Warning, "The feed's index could not go on, and is asked again: {Reason}")]
    private partial void LogNoRound(string reason);
}

using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Wire;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Network;
using Dtao.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;

namespace Dtao.Cluster.Tests;

/// <summary>Which network there is, where many silos start at once on one store.</summary>
public sealed class StoredGenesisTests
{
    private readonly IGrainStorage _storage = MemoryStorage.Create();

    [Fact]
    public async Task Ensure_ManyAtOnceWithDifferentGenesis_OneIsTakenByAll()
    {
        var proposals = Enumerable.Range(0, 8).Select(number => SmallDocument.Agreed($"network-{number}")).ToArray();

        var agreed = await Task.WhenAll(proposals.Select(proposal => Task.Run(() => Ensure(proposal))));

        var ours = Assert.Single(agreed, one => one.IsOurs);
        Assert.All(agreed, one => Assert.Equal(ours.Genesis.NetworkId, one.Genesis.NetworkId));
        Assert.Equal(ours.Genesis.NetworkId, (await ReadRegistry()).NetworkId);
        Assert.True(await Stored().IsLoadedAsync());
    }

    [Fact]
    public async Task Ensure_NewNetwork_GivesEveryActorItsFirstSnapshot()
    {
        var proposal = SmallDocument.Agreed();

        await Ensure(proposal);

        foreach (var (actorKey, snapshot) in GenesisLoader.Actors(proposal.Document!.ToNetworkGenesis()))
        {
            using var journal = new GrainStorageJournals(_storage).Open(actorKey);
            var image = await journal.LoadAsync();
            Assert.Equal((0, 0), (image.SnapshotVersion, image.Events.Count));
            Assert.True(snapshot.Span.SequenceEqual(image.Snapshot!.Value.Span), actorKey);
        }
    }

    [Fact]
    public async Task Ensure_IntervalOfTheFirst_IsTheNetworks()
    {
        await Ensure(SmallDocument.Agreed() with { BlockIntervalMilliseconds = 777 });

        var later = await Ensure(SmallDocument.Agreed() with { BlockIntervalMilliseconds = 5 });

        Assert.Equal((777L, false), (later.Genesis.BlockIntervalMilliseconds, later.IsOurs));
        Assert.Equal(777, (await ReadRegistry()).BlockIntervalMilliseconds);
    }

    [Fact]
    public async Task Ensure_OtherGenesisGiven_RefusesAndChangesNothing()
    {
        await Ensure(SmallDocument.Agreed("first"));

        var refused = await Assert.ThrowsAsync<OtherGenesisException>(() => Ensure(SmallDocument.Agreed("second"), isGiven: true));

        Assert.Contains("'first'", refused.Message, StringComparison.Ordinal);
        Assert.Equal("first", (await ReadRegistry()).NetworkId);
    }

    [Fact]
    public async Task Ensure_SameGenesisGivenAgain_TakesPart() =>
        Assert.Equal((true, false), ((await Ensure(SmallDocument.Agreed(), isGiven: true)).IsOurs, (await Ensure(SmallDocument.Agreed(), isGiven: true)).IsOurs));

    [Fact]
    public async Task Ensure_FirstSiloDiedWhileLoading_AnotherFinishesTheSameNetwork()
    {
        using var dies = new CancellationTokenSource();
        await dies.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Stored().EnsureAsync(SmallDocument.Agreed("first"), isGiven: false, dies.Token));
        Assert.False(await Stored().IsLoadedAsync());

        var second = await Stored(TimeSpan.Zero).EnsureAsync(SmallDocument.Agreed("second"), isGiven: false, TestContext.Current.CancellationToken);

        Assert.Equal(("first", false), (second.Genesis.NetworkId, second.IsOurs));
        Assert.True(await Stored().IsLoadedAsync());
        Assert.Equal("first", (await ReadRegistry()).NetworkId);
    }

    /// <summary>A large genesis takes its time: whoever loads it is helped when it has said nothing for a while, and not before.</summary>
    [Fact]
    public async Task Ensure_LoaderThatGoesOn_IsNotHelpedBeforeItStops()
    {
        using var dies = new CancellationTokenSource();
        await dies.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Stored().EnsureAsync(SmallDocument.Agreed(), isGiven: false, dies.Token));
        var (time, counts) = (new SteppedTime(), new List<long>());
        // It goes on for two minutes, and is never heard of again.
        var loader = new LoaderElsewhere(_storage, () => Math.Min(time.Seconds, 120), () => time.Seconds);

        await new StoredGenesis(loader, time, NullLogger.Instance) { Progress = counts.Add }.EnsureAsync(SmallDocument.Agreed(), isGiven: false, TestContext.Current.CancellationToken);

        Assert.True(await Stored().IsLoadedAsync());
        Assert.Equal(Enumerable.Range(0, 121).Select(second => (long)second), counts.Take(121));
        Assert.InRange(loader.HelpedAt!.Value, 120 + (StoredGenesis.LoaderMaxDefault.Ticks / TimeSpan.TicksPerSecond), 150);
    }

    private Task<(AgreedGenesis Genesis, bool IsOurs)> Ensure(AgreedGenesis proposal, bool isGiven = false) =>
        Stored().EnsureAsync(proposal, isGiven, TestContext.Current.CancellationToken);

    private StoredGenesis Stored(TimeSpan? loaderMax = null) =>
        new(_storage, TimeProvider.System, NullLogger.Instance) { LoaderMax = loaderMax ?? StoredGenesis.LoaderMaxDefault };

    private async Task<RegistryState> ReadRegistry()
    {
        using var journal = new GrainStorageJournals(_storage).Open(ActorKeys.Registry);
        return RegistryModel.Instance.Restore(await journal.LoadAsync());
    }

    /// <summary>Whoever waits has waited at once.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private long _ticks;

        public long Seconds => Interlocked.Read(ref _ticks) / TimeSpan.TicksPerSecond;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Add(ref _ticks, dueTime.Ticks);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    /// <summary>A store in which another silo says how far it has come.</summary>
    private sealed class LoaderElsewhere(IGrainStorage inner, Func<long> count, Func<long> seconds) : IGrainStorage
    {
        private readonly Lock _lock = new();

        /// <summary>When the first actor was written; null: none was.</summary>
        public long? HelpedAt { get; private set; }

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (stateName != "loading") return inner.ReadStateAsync(stateName, grainId, grainState);
            var (writer, now) = (new RecordWriter(sizeof(long)), count());
            writer.Int64(now);
            (grainState.State, grainState.ETag, grainState.RecordExists) = ((T)(object)new JournalRecord { Payload = writer.ToArray() }, $"{now}", true);
            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            lock (_lock)
            {
                if (stateName == GrainStorageJournals.SnapshotName(0)) HelpedAt ??= seconds();
            }

            return inner.WriteStateAsync(stateName, grainId, grainState);
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ClearStateAsync(stateName, grainId, grainState);
    }
}

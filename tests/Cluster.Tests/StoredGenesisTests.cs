using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
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

    private Task<(AgreedGenesis Genesis, bool IsOurs)> Ensure(AgreedGenesis proposal, bool isGiven = false) =>
        Stored().EnsureAsync(proposal, isGiven, TestContext.Current.CancellationToken);

    private StoredGenesis Stored(TimeSpan? loaderMax = null) =>
        new(_storage, TimeProvider.System, NullLogger.Instance) { LoaderMax = loaderMax ?? StoredGenesis.LoaderMaxDefault };

    private async Task<RegistryState> ReadRegistry()
    {
        using var journal = new GrainStorageJournals(_storage).Open(ActorKeys.Registry);
        return RegistryModel.Instance.Restore(await journal.LoadAsync());
    }
}

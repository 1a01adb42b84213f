using System.Diagnostics;
using Azure.Storage.Blobs;
using Dtao.AzuriteKit;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;

namespace Dtao.Storage.Tests;

/// <summary>States that are too large for a row.</summary>
public sealed class LargeStateTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly FaultPolicy policy = new();
    private readonly MovableTime time = new();
    private AzureTableStorageOptions options = null!;
    private AzureTableGrainStorage storage = null!;
    private BlobContainerClient container = null!;

    public async ValueTask InitializeAsync()
    {
        var server = await azurite.ServerAsync();
        options = AzureTableHarness.Options(server, policy);
        options.LargeStateBlobServiceClient = new(server.ConnectionString);
        options.LargeStateContainerName = AzuriteFixture.NewName("large");
        container = options.LargeStateBlobServiceClient.GetBlobContainerClient(options.LargeStateContainerName);
        storage = await AzureTableHarness.Open(options, time: time);
    }

    public async ValueTask DisposeAsync() => await storage.DisposeAsync();

    [Theory]
    [InlineData((256 * 1024) - 1, 0)]
    [InlineData(256 * 1024, 1)]
    [InlineData(5_000_000, 1)]
    public async Task Write_AnySize_RoundTrips(int length, int blobs)
    {
        var state = Raw(length);

        await storage.WriteStateAsync("raw", Grain("a"), state);

        await AssertStored(state);
        Assert.Equal(blobs, (await Blobs()).Length);
    }

    /// <summary>All states of a bucket in the order of their keys, in rows and in blobs; others are passed over.</summary>
    [Fact]
    public async Task ReadBucket_RowsAndBlobs_AreReadInOrder()
    {
        foreach (var (key, length) in new[] { ("c", 300_000), ("a", 10), ("b", 20), ("z", 5) }) await storage.WriteStateAsync("raw", Grain(key), Raw(length));
        var found = new List<(string Key, int Length)>();

        for (var bucket = 0; bucket < storage.BucketCount; bucket++)
        {
            var rows = new List<string>();
            await foreach (var (row, state) in storage.ReadBucketAsync<RawState>(bucket, "sample%002Fa", "sample%002Fd", row => !row.Contains("%002Fb|", StringComparison.Ordinal), TestContext.Current.CancellationToken))
            {
                rows.Add(row);
                found.Add((row, state.Payload.Length));
            }

            Assert.Equal(rows.Order(StringComparer.Ordinal), rows);
        }

        Assert.Equal([("sample%002Fa|raw", 10), ("sample%002Fc|raw", 300_000)], found.OrderBy(row => row.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Write_ReplacedShrunkAndCleared_LeavesNoOldBlob()
    {
        var state = Raw(300_000);
        await storage.WriteStateAsync("raw", Grain("a"), state);
        var first = Assert.Single(await Blobs());
        state.State = new() { Payload = new byte[400_000] };
        await storage.WriteStateAsync("raw", Grain("a"), state);
        Assert.NotEqual(first, Assert.Single(await Blobs()));
        await AssertStored(state);
        state.State = new() { Payload = [1] };
        await storage.WriteStateAsync("raw", Grain("a"), state);
        Assert.Empty(await Blobs());
        state.State = new() { Payload = new byte[300_000] };
        await storage.WriteStateAsync("raw", Grain("a"), state);

        await storage.ClearStateAsync("raw", Grain("a"), state);

        Assert.Empty(await Blobs());
    }

    [Fact]
    public async Task Write_Conflict_KeepsTheStoredBlobAndRemovesItsOwn()
    {
        var state = Raw(300_000);
        await storage.WriteStateAsync("raw", Grain("a"), state);

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => storage.WriteStateAsync("raw", Grain("a"), Raw(400_000)));

        Assert.Single(await Blobs());
        await AssertStored(state);
    }

    [Fact]
    public async Task Write_AnswersLost_RoundTrips()
    {
        var state = Raw(300_000);
        policy.Script(Fault.AnswerLost);
        await storage.WriteStateAsync("raw", Grain("a"), state);
        policy.Script(Fault.AnswerLost, Fault.AnswerLost);
        await storage.WriteStateAsync("raw", Grain("a"), state);

        await AssertStored(state);
        Assert.Single(await Blobs());
    }

    [Fact]
    public async Task Sweep_BlobsThatNoRowNames_AreRemovedWhenTheyAreOld()
    {
        var kept = Raw(300_000);
        await storage.WriteStateAsync("raw", Grain("a"), kept);
        // A silo that ends between the blob and the row leaves the blob: here the row is never written.
        policy.Decide = _ => Fault.NotSent;
        await Assert.ThrowsAsync<StoreException>(() => storage.WriteStateAsync("raw", Grain("b"), Raw(300_000)));
        policy.Decide = null;
        Assert.Equal(2, (await Blobs()).Length);

        // However far the clock jumps: what counts is how long it has been seen.
        time.Wall = TimeSpan.FromDays(400);
        Assert.Equal(0, await storage.SweepLargeStatesOnce(TestContext.Current.CancellationToken));
        time.Wall = TimeSpan.FromDays(800);
        Assert.Equal(0, await storage.SweepLargeStatesOnce(TestContext.Current.CancellationToken));
        time.Ahead = options.LargeStateOrphanAgeMin + TimeSpan.FromMinutes(1);
        Assert.Equal(1, await storage.SweepLargeStatesOnce(TestContext.Current.CancellationToken));

        Assert.Single(await Blobs());
        await AssertStored(kept);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sweep_TableIsGoneOrMadeAnew_RemovesNothing(bool isMadeAnew)
    {
        await storage.WriteStateAsync("raw", Grain("a"), Raw(300_000));
        Assert.Equal(0, await storage.SweepLargeStatesOnce(TestContext.Current.CancellationToken));
        var table = AzureTableHarness.Table(await azurite.ServerAsync(), options);
        await table.DeleteAsync(TestContext.Current.CancellationToken);
        if (isMadeAnew)
        {
            await table.CreateAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, await storage.SweepLargeStatesOnce(TestContext.Current.CancellationToken));
            time.Ahead = options.LargeStateOrphanAgeMin + TimeSpan.FromMinutes(1);
        }

        var refused = await Assert.ThrowsAsync<StoreException>(() => storage.SweepLargeStatesOnce(TestContext.Current.CancellationToken));

        Assert.Equal(StoreErrorCode.Refused, refused.Code);
        Assert.Single(await Blobs());
    }

    [Fact]
    public async Task Read_BlobIsMissing_IsCorruptAndLeavesTheCallersState()
    {
        var state = Raw(300_000);
        await storage.WriteStateAsync("raw", Grain("a"), state);
        await container.DeleteBlobAsync(Assert.Single(await Blobs()), cancellationToken: TestContext.Current.CancellationToken);
        HeldState<RawState> held = new(new() { Payload = [9] }, "held");

        var failure = await Assert.ThrowsAsync<StoreException>(() => storage.ReadStateAsync("raw", Grain("a"), held));

        Assert.Equal(StoreErrorCode.Corrupt, failure.Code);
        Assert.Equal((9, "held"), (held.State.Payload[0], held.ETag));
    }

    private static GrainId Grain(string key) => GrainId.Create("sample", key);

    private static HeldState<RawState> Raw(int length)
    {
        var payload = new byte[length];
        new Random(length).NextBytes(payload);
        return new(new() { Payload = payload });
    }

    private async Task<string[]> Blobs() =>
        await container.GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken)
            .Select(blob => blob.Name).ToArrayAsync(TestContext.Current.CancellationToken);

    private async Task AssertStored(HeldState<RawState> expected)
    {
        HeldState<RawState> read = new(new());
        await storage.ReadStateAsync("raw", Grain("a"), read);
        Assert.Equal(expected.State.Payload, read.State.Payload);
        Assert.Equal(expected.ETag, read.ETag);
    }

    /// <summary>The real clock, ahead by what the test says.</summary>
    private sealed class MovableTime : TimeProvider
    {
        /// <summary>How far the clock on the wall has jumped.</summary>
        public TimeSpan Wall { get; set; }

        /// <summary>How much time has passed besides.</summary>
        public TimeSpan Ahead { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Stopwatch.GetElapsedTime(0).Ticks + Ahead.Ticks;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Wall + Ahead;
    }
}

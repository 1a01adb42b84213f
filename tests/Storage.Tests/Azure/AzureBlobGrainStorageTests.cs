using Azure.Storage.Blobs;
using Dtao.AzuriteKit;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;

namespace Dtao.Storage.Tests;

/// <summary>Opens grain storage on the emulator's blobs.</summary>
internal static class AzureBlobHarness
{
    public static AzureBlobStorageOptions Options(AzuriteServer server, FaultPolicy? policy = null, int sdkRetries = 0)
    {
        BlobClientOptions client = new();
        client.Retry.MaxRetries = sdkRetries;
        client.Retry.Delay = TimeSpan.FromMilliseconds(1);
        if (policy is not null) client.AddPolicy(policy, global::Azure.Core.HttpPipelinePosition.PerRetry);
        AzureBlobStorageOptions options = new()
        {
            BlobServiceClient = new(server.ConnectionString, client),
            ContainerName = AzuriteFixture.NewName("c"),
            GrainStorageSerializer = StoreServices.Serializer,
            QueueWaitMax = StoreServices.QueueWaitMax,
        };
        options.StoragePolicyOptions.PauseBetweenOperationRetries = TimeSpan.FromMilliseconds(1);
        return options;
    }

    public static async Task<AzureBlobGrainStorage> Open(AzureBlobStorageOptions options)
    {
        AzureBlobGrainStorage storage = new(
            "test", options, "service", options.BuildContainerFactory(null!, options), StoreServices.Activators, TimeProvider.System);
        await storage.InitializeAsync(TestContext.Current.CancellationToken);
        return storage;
    }
}

/// <summary>The behaviours of any grain storage, on blobs.</summary>
public sealed class AzureBlobEscapedTests(AzuriteFixture azurite) : GrainStorageSuite
{
    protected override int ModelDepth => Environment.GetEnvironmentVariable("DTAO_LONG") == "1" ? 3 : 2;

    protected override async ValueTask<IGrainStorage> Open() =>
        await AzureBlobHarness.Open(AzureBlobHarness.Options(await azurite.ServerAsync()));
}

/// <summary>The same with the official provider's names.</summary>
public sealed class AzureBlobOrleansLayoutTests(AzuriteFixture azurite) : GrainStorageSuite
{
    protected override int ModelDepth => 2;

    protected override async ValueTask<IGrainStorage> Open()
    {
        var options = AzureBlobHarness.Options(await azurite.ServerAsync());
        options.Layout = AzureBlobLayout.Orleans;
        return await AzureBlobHarness.Open(options);
    }
}

public sealed class AzureBlobAnswerTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly FaultPolicy policy = new();
    private AzureBlobStorageOptions options = null!;

    public static TheoryData<int> Faults => [.. Enum.GetValues<Fault>().Select(fault => (int)fault)];

    public async ValueTask InitializeAsync() => options = AzureBlobHarness.Options(await azurite.ServerAsync(), policy);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task WriteClearAndWriteAgain_EachFaultOnEach_Succeed(int fault)
    {
        var storage = await AzureBlobHarness.Open(options);
        HeldState<SampleState> state = new(new() { A = "one" });

        policy.Script((Fault)fault);
        await storage.WriteStateAsync("state", Grain("a"), state);
        await AssertStored(storage, state);
        state.State = new() { A = "two" };
        policy.Script((Fault)fault, (Fault)fault);
        await storage.WriteStateAsync("state", Grain("a"), state);
        await AssertStored(storage, state);
        policy.Script((Fault)fault);
        await storage.ClearStateAsync("state", Grain("a"), state);
        policy.Script((Fault)fault);
        await storage.WriteStateAsync("state", Grain("a"), state);

        await AssertStored(storage, state);
    }

    [Fact]
    public async Task Write_SdkRetriesByItself_LostAnswersAreStillRecognised()
    {
        options = AzureBlobHarness.Options(await azurite.ServerAsync(), policy, sdkRetries: 3);
        var storage = await AzureBlobHarness.Open(options);
        HeldState<SampleState> state = new(new() { A = "one" });

        policy.Script(Fault.AnswerLost);
        await storage.WriteStateAsync("state", Grain("a"), state);
        policy.Script(Fault.AnswerLost);
        await storage.WriteStateAsync("state", Grain("a"), state);

        await AssertStored(storage, state);
    }

    [Fact]
    public async Task Write_ServiceNeverAnswers_IsUnansweredAndNeverInconsistent()
    {
        var storage = await AzureBlobHarness.Open(options);
        policy.Decide = _ => Fault.NotSent;

        var failure = await Assert.ThrowsAsync<StoreException>(
            () => storage.WriteStateAsync("state", Grain("a"), new HeldState<SampleState>(new())));

        Assert.Equal(StoreErrorCode.Unanswered, failure.Code);
    }

    [Fact]
    public async Task S7S8S9S10_ClearThatKeepsTheBlob_LeavesATagAndNoData()
    {
        options.DeleteStateOnClear = false;
        var storage = await AzureBlobHarness.Open(options);
        HeldState<SampleState> state = new(new() { A = "one" });
        await storage.WriteStateAsync("state", Grain("a"), state);

        await storage.ClearStateAsync("state", Grain("a"), state);
        HeldState<SampleState> read = new(new() { A = "held" });
        await storage.ReadStateAsync("state", Grain("a"), read);

        Assert.Equal((false, new SampleState(), state.ETag), (read.RecordExists, read.State, read.ETag));
        Assert.NotNull(state.ETag);
        await Assert.ThrowsAnyAsync<InconsistentStateException>(
            () => storage.WriteStateAsync("state", Grain("a"), new HeldState<SampleState>(new())));
        await storage.WriteStateAsync("state", Grain("a"), state);
        await AssertStored(storage, state);
    }

    [Fact]
    public async Task C_EverySequence_WithTombstones_DoesAsTheModelDoes()
    {
        options.DeleteStateOnClear = false;
        var storage = await AzureBlobHarness.Open(options);
        var grains = 0;

        await GrainStorageModel.RunAllSequences(storage, 2, () => Grain($"grain {Interlocked.Increment(ref grains)}"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task S20_SerializerThatStreams_IsUsedAsOne(bool streams)
    {
        CountingSerializer plain = new();
        StreamingSerializer streaming = new();
        options.GrainStorageSerializer = streams ? streaming : plain;
        var storage = await AzureBlobHarness.Open(options);
        HeldState<SampleState> state = new(new() { A = new string('x', 300_000), B = 7 });

        await storage.WriteStateAsync("state", Grain("a"), state);
        await AssertStored(storage, state);

        Assert.Equal(streams ? (0, 2) : (2, 0), (plain.Calls + streaming.Calls, streaming.StreamCalls));
    }

    [Fact]
    public async Task Write_ContainerOfAFactoryIsMissing_IsMade()
    {
        var server = await azurite.ServerAsync();
        options.BuildContainerFactory = (_, _) => new ContainerForEachGrain(options.ContainerName);
        var storage = await AzureBlobHarness.Open(options);
        HeldState<SampleState> state = new(new() { A = "one" });
        HeldState<SampleState> absent = new(new());

        await storage.ReadStateAsync("state", Grain("a"), absent);
        await storage.WriteStateAsync("state", Grain("a"), state);

        Assert.False(absent.RecordExists);
        await AssertStored(storage, state);
        Assert.True(await new BlobServiceClient(server.ConnectionString)
            .GetBlobContainerClient($"{options.ContainerName}-a").ExistsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Read_BlobsOfTheOfficialProvider_AreReadByTheirNames()
    {
        options.Layout = AzureBlobLayout.Orleans;
        var storage = await AzureBlobHarness.Open(options);
        var container = new BlobServiceClient((await azurite.ServerAsync()).ConnectionString).GetBlobContainerClient(options.ContainerName);
        await container.UploadBlobAsync("raw-sample/a.json", new BinaryData([1, 2, 3]), TestContext.Current.CancellationToken);
        await container.UploadBlobAsync("raw-sample/b.json", new BinaryData([]), TestContext.Current.CancellationToken);
        HeldState<RawState> a = new(new());
        HeldState<RawState> b = new(new());

        await storage.ReadStateAsync("raw", Grain("a"), a);
        await storage.ReadStateAsync("raw", Grain("b"), b);

        Assert.Equal([1, 2, 3], a.State.Payload);
        Assert.False(b.RecordExists);
        Assert.NotNull(b.ETag);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(20_000)]
    public void BlobNames_LongKeys_FitAndStayApart(int length)
    {
        var names = Enumerable.Range(0, 20)
            .Select(number => BlobNames.Of(AzureBlobLayout.Escaped, "service", Grain($"{new string('k', length)}{number}"), "state"))
            .ToArray();

        Assert.All(names, name => Assert.True(name.Length <= BlobNames.LengthMax));
        Assert.Equal(20, names.Distinct().Count());
    }

    private static GrainId Grain(string key) => GrainId.Create("sample", key);

    private static async Task AssertStored(AzureBlobGrainStorage storage, HeldState<SampleState> expected)
    {
        HeldState<SampleState> read = new(new());
        await storage.ReadStateAsync("state", Grain("a"), read);
        Assert.Equal((expected.State, expected.ETag, true), (read.State, read.ETag, read.RecordExists));
    }

    private class CountingSerializer : IGrainStorageSerializer
    {
        public int Calls { get; private set; }

        public BinaryData Serialize<T>(T? input)
        {
            Calls++;
            return StoreServices.Serializer.Serialize(input);
        }

        public T Deserialize<T>(BinaryData input)
        {
            Calls++;
            return StoreServices.Serializer.Deserialize<T>(input)!;
        }
    }

    private sealed class StreamingSerializer : CountingSerializer, IGrainStorageStreamingSerializer
    {
        public int StreamCalls { get; private set; }

        public async ValueTask SerializeAsync<T>(T? input, Stream destination, CancellationToken cancellationToken = default)
        {
            StreamCalls++;
            await destination.WriteAsync(StoreServices.Serializer.Serialize(input).ToMemory(), cancellationToken);
        }

        public async ValueTask<T?> DeserializeAsync<T>(Stream input, CancellationToken cancellationToken = default)
        {
            StreamCalls++;
            return StoreServices.Serializer.Deserialize<T>(await BinaryData.FromStreamAsync(input, cancellationToken));
        }
    }

    private sealed class ContainerForEachGrain(string prefix) : IBlobContainerFactory
    {
        private BlobServiceClient? client;

        public BlobContainerClient GetBlobContainerClient(GrainId grainId) => client!.GetBlobContainerClient($"{prefix}-{grainId.Key}");

        public Task InitializeAsync(BlobServiceClient client)
        {
            this.client = client;
            return Task.CompletedTask;
        }
    }
}

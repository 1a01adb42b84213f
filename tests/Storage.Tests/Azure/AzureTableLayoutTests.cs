using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using Dtao.AzuriteKit;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;

namespace Dtao.Storage.Tests;

/// <summary>What lies in the table: sizes, forms, tombstones, and the settings that a table is held to.</summary>
public sealed class AzureTableLayoutTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly FaultPolicy policy = new();
    private readonly List<AzureTableGrainStorage> opened = [];
    private AzureTableStorageOptions options = null!;

    public async ValueTask InitializeAsync() => options = AzureTableHarness.Options(await azurite.ServerAsync(), policy);

    public async ValueTask DisposeAsync()
    {
        foreach (var storage in opened) await storage.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64 * 1024)]
    [InlineData((64 * 1024) + 1)]
    [InlineData(15 * 64 * 1024)]
    public void S15_RowFormat_BytesOfAnySizeThatFits_AreReadBack(int length)
    {
        var value = new byte[length];
        new Random(length).NextBytes(value);
        TableAddress address = new("p", "r", null);

        var entity = TableRowFormat.WithBytes(address, Guid.NewGuid(), value);
        entity.ETag = new("\"tag\"");

        Assert.Equal(value, TableRowFormat.Read(address, entity).Value!.Value.ToArray());
        Assert.All(entity.Select(property => property.Value).OfType<byte[]>(), piece => Assert.True(piece.Length <= 64 * 1024));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("🪙")]
    public async Task S15_Text_NearTheLimit_RoundTrips(string sign)
    {
        options.UseStringFormat = true;
        var storage = await Open();
        // Signs that are pairs leave one place free in each piece.
        var length = sign.Length == 1 ? 15 * 32 * 1024 : 15 * 16 * 1024 * 7 / 10;
        var text = Encoding.UTF8.GetBytes(new StringBuilder("y").Insert(1, sign, length - 1).ToString());

        await storage.WriteStateAsync("raw", Grain("a"), new HeldState<RawState>(new() { Payload = text }));

        Assert.Equal(text, (await ReadRaw(storage, "a")).State.Payload);
    }

    [Theory]
    [InlineData(false, (15 * 64 * 1024) + 1)]
    [InlineData(true, (15 * 32 * 1024) + 1)]
    public async Task S16_StateOverTheLimit_IsRefusedBeforeAnyCall(bool asText, int length)
    {
        options.UseStringFormat = asText;
        var storage = await Open();
        policy.Requests.Clear();

        var write = () => storage.WriteStateAsync("raw", Grain("a"), new HeldState<RawState>(new() { Payload = new byte[length] }));

        await Assert.ThrowsAnyAsync<ArgumentOutOfRangeException>(write);
        Assert.Empty(policy.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task S17S18_WriteFormSwitched_ReadsBothAndLeavesNothingBehind(bool startsAsText)
    {
        options.GrainStorageSerializer = new JsonText();
        options.UseStringFormat = startsAsText;
        var first = await Open();
        HeldState<SampleState> state = new(new() { A = new string('a', 100_000) });
        await first.WriteStateAsync("state", Grain("a"), state);
        var other = AzureTableHarness.Options(await azurite.ServerAsync());
        (other.TableName, other.GrainStorageSerializer, other.UseStringFormat) = (options.TableName, new JsonText(), !startsAsText);
        var second = await Open(other);

        HeldState<SampleState> read = new(new());
        await second.ReadStateAsync("state", Grain("a"), read);
        Assert.Equal(state.State, read.State);
        read.State = new() { A = "short" };
        await second.WriteStateAsync("state", Grain("a"), read);

        var row = await Row();
        Assert.Equal(startsAsText ? ["Data"] : ["StringData"], row.Keys.Where(name => name.Contains("Data", StringComparison.Ordinal)));
        await first.ReadStateAsync("state", Grain("a"), state);
        Assert.Equal("short", state.State.A);
    }

    [Fact]
    public async Task Write_TextFormAndASerializerThatMakesNone_IsRefused()
    {
        options.UseStringFormat = true;
        var storage = await Open();

        await Assert.ThrowsAnyAsync<InvalidOperationException>(
            () => storage.WriteStateAsync("raw", Grain("a"), new HeldState<RawState>(new() { Payload = [0xff, 0xfe] })));
    }

    [Fact]
    public async Task S7S8S9S10_ClearThatKeepsTheRow_LeavesATagAndNoData()
    {
        options.DeleteStateOnClear = false;
        var storage = await Open();
        HeldState<SampleState> state = new(new() { A = "one" });
        await storage.WriteStateAsync("state", Grain("a"), state);
        var written = state.ETag;

        await storage.ClearStateAsync("state", Grain("a"), state);
        var cleared = state.ETag;
        Assert.Equal((false, new SampleState()), (state.RecordExists, state.State));
        Assert.NotNull(cleared);
        Assert.NotEqual(written, cleared);
        HeldState<SampleState> read = new(new() { A = "held" });
        await storage.ReadStateAsync("state", Grain("a"), read);
        Assert.Equal((false, new SampleState(), cleared), (read.RecordExists, read.State, read.ETag));
        await Assert.ThrowsAnyAsync<InconsistentStateException>(
            () => storage.WriteStateAsync("state", Grain("a"), new HeldState<SampleState>(new())));
        await storage.ClearStateAsync("state", Grain("a"), state);
        Assert.False(state.RecordExists);
        state.State = new() { A = "again" };
        await storage.WriteStateAsync("state", Grain("a"), state);

        await storage.ReadStateAsync("state", Grain("a"), read);
        Assert.Equal((true, "again", state.ETag), (read.RecordExists, read.State.A, read.ETag));
    }

    [Fact]
    public async Task C_EverySequence_WithTombstones_DoesAsTheModelDoes()
    {
        options.DeleteStateOnClear = false;
        var storage = await Open();
        var grains = 0;

        await GrainStorageModel.RunAllSequences(storage, 2, () => Grain($"grain {Interlocked.Increment(ref grains)}"));
    }

    [Fact]
    public async Task H_KeyTooLongForARow_IsStoredWithItsWholeKeyAndChecked()
    {
        var storage = await Open();
        string[] keys = [new string('k', 600) + "1", new string('k', 600) + "2", new string('é', 2_000)];
        foreach (var key in keys)
            await storage.WriteStateAsync("raw", Grain(key), new HeldState<RawState>(new() { Payload = Encoding.UTF8.GetBytes(key) }));

        foreach (var key in keys) Assert.Equal(key, Encoding.UTF8.GetString((await ReadRaw(storage, key)).State.Payload));

        var table = AzureTableHarness.Table(await azurite.ServerAsync(), options);
        await foreach (var row in table.QueryAsync<TableEntity>(cancellationToken: TestContext.Current.CancellationToken))
        {
            if (!row.ContainsKey(TableRowFormat.KeyProperty)) continue;
            row[TableRowFormat.KeyProperty] = "another";
            await table.UpdateEntityAsync(row, row.ETag, cancellationToken: TestContext.Current.CancellationToken);
        }

        var failure = await Assert.ThrowsAsync<StoreException>(() => ReadRaw(storage, keys[0]));
        Assert.Equal(StoreErrorCode.Corrupt, failure.Code);
    }

    [Fact]
    public async Task Initialize_OtherBucketCountOrLayout_RefusesToStart()
    {
        await Open();
        var other = AzureTableHarness.Options(await azurite.ServerAsync());
        (other.TableName, other.BucketCount) = (options.TableName, 5);

        var count = await Assert.ThrowsAsync<StoreException>(() => Open(other));
        other.Layout = AzureTableLayout.Orleans;
        var layout = await Assert.ThrowsAsync<StoreException>(() => Open(other));

        Assert.Equal((StoreErrorCode.OtherLayout, StoreErrorCode.OtherLayout), (count.Code, layout.Code));
        Assert.Contains("has 4 buckets", count.Message, StringComparison.Ordinal);
        other.Layout = AzureTableLayout.Bucketed;
        // Another service in the same table has settings of its own.
        opened.Add(await AzureTableHarness.Open(other, "other service"));
    }

    [Fact]
    public async Task Initialize_ManySilosAtOnce_AgreeOnTheTable()
    {
        var storages = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Open()));

        await storages[0].WriteStateAsync("raw", Grain("a"), new HeldState<RawState>(new() { Payload = [1] }));
        Assert.Equal([1], (await ReadRaw(storages[9], "a")).State.Payload);
    }

    [Fact]
    public async Task Read_RowsOfTheOfficialProvider_AreReadInItsLayout()
    {
        options.Layout = AzureTableLayout.Orleans;
        var storage = await Open();
        var table = AzureTableHarness.Table(await azurite.ServerAsync(), options);
        await table.AddEntityAsync(new TableEntity("service_sample_a", "raw") { ["Data"] = new byte[] { 1, 2 }, ["Data1"] = new byte[] { 3 } }, TestContext.Current.CancellationToken);
        await table.AddEntityAsync(new TableEntity("service_sample_b", "raw") { ["StringData"] = "te", ["StringData1"] = "xt" }, TestContext.Current.CancellationToken);
        await table.AddEntityAsync(new TableEntity("service_sample_c", "raw"), TestContext.Current.CancellationToken);

        var (a, b, c) = (await ReadRaw(storage, "a"), await ReadRaw(storage, "b"), await ReadRaw(storage, "c"));

        Assert.Equal([1, 2, 3], a.State.Payload);
        Assert.Equal("text"u8.ToArray(), b.State.Payload);
        Assert.False(c.RecordExists);
        Assert.NotNull(c.ETag);
        await storage.WriteStateAsync("raw", Grain("a"), a);
        Assert.Equal([1, 2, 3], (await ReadRaw(storage, "a")).State.Payload);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData("\"0x8DC\"")]
    [InlineData("W/\"datetime'a\"b'\"")]
    [InlineData("W/\"datetime'a\r\nX: y'\"")]
    public async Task Write_TagThatTheServiceCannotHaveGivenOut_IsInconsistentAndNotSent(string tag)
    {
        var storage = await Open();
        HeldState<RawState> state = new(new() { Payload = [1] });
        await storage.WriteStateAsync("raw", Grain("a"), state);
        policy.Requests.Clear();

        await Assert.ThrowsAnyAsync<InconsistentStateException>(
            () => storage.WriteStateAsync("raw", Grain("a"), new HeldState<RawState>(new() { Payload = [2] }, tag)));

        Assert.DoesNotContain(policy.Requests, request => request.IsWrite);
        Assert.Equal([1], (await ReadRaw(storage, "a")).State.Payload);
    }

    private static GrainId Grain(string key) => GrainId.Create("sample", key);

    private static async Task<HeldState<RawState>> ReadRaw(AzureTableGrainStorage storage, string key)
    {
        HeldState<RawState> read = new(new());
        await storage.ReadStateAsync("raw", Grain(key), read);
        return read;
    }

    private async Task<AzureTableGrainStorage> Open(AzureTableStorageOptions? other = null)
    {
        var storage = await AzureTableHarness.Open(other ?? options);
        lock (opened) opened.Add(storage);
        return storage;
    }

    private async Task<TableEntity> Row() =>
        await AzureTableHarness.Table(await azurite.ServerAsync(), options)
            .QueryAsync<TableEntity>(row => row.RowKey == "sample%002Fa|state", cancellationToken: TestContext.Current.CancellationToken)
            .SingleAsync(TestContext.Current.CancellationToken);

    /// <summary>A serializer that makes text.</summary>
    private sealed class JsonText : IGrainStorageSerializer
    {
        public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input));

        public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input)!;
    }
}

using Orleans.Runtime;
using Orleans.Storage;

namespace Dtao.Storage.Tests;

/// <summary>
/// What any grain storage has to do, whatever is behind it. A subclass names the storage; nothing else differs.
/// </summary>
public abstract class GrainStorageSuite : IAsyncLifetime
{
    private static int grains;

    protected IGrainStorage Storage { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Storage = await Open();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("key", "value")]
    [InlineData("ключ", "значение, 値, 🪙")]
    [InlineData("a/b\\c#d?e%f|g", "with\0zero and \u0001 control characters")]
    [InlineData("12345", "")]
    public async Task Write_ThenRead_ReturnsEqualStateAndTag(string key, string text)
    {
        var grain = GrainId.Create("sample", key);
        var written = State(text, 7);

        await Storage.WriteStateAsync("state", grain, written);
        var read = await Read(grain);

        Assert.Equal(written.State, read.State);
        Assert.Equal(written.ETag, read.ETag);
        Assert.True(written.RecordExists && read.RecordExists);
    }

    [Fact]
    public async Task Write_KeysThatDifferInOneSign_AreDifferentRecords()
    {
        var keys = KeysThatDifferInOneSign;
        foreach (var key in keys) await Storage.WriteStateAsync("state", GrainId.Create("collision", key), State(key, 1));

        foreach (var key in keys) Assert.Equal(key, (await Read(GrainId.Create("collision", key))).State.A);
    }

    [Fact]
    public async Task Write_NoTagOnExistingRecord_IsInconsistent()
    {
        var (grain, good) = await Written();
        var second = State("second", 2);

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => Storage.WriteStateAsync("state", grain, second));

        Assert.Null(second.ETag);
        Assert.Equal("second", second.State.A);
        await AssertStored(grain, good);
    }

    [Fact]
    public async Task Write_StaleTag_IsInconsistentAndKeepsTheLastGoodWrite()
    {
        var (grain, good) = await Written();
        var stale = State("stale", 3, good.ETag);
        await Storage.WriteStateAsync("state", grain, good);

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => Storage.WriteStateAsync("state", grain, stale));

        Assert.NotEqual(good.ETag, stale.ETag);
        Assert.Equal("stale", stale.State.A);
        await AssertStored(grain, good);
    }

    [Fact]
    public async Task Write_TagThatNoStoreGaveOut_IsInconsistent()
    {
        var (grain, good) = await Written();

        var write = () => Storage.WriteStateAsync("state", grain, State("x", 1, "not a tag"));

        await Assert.ThrowsAnyAsync<InconsistentStateException>(write);
        await AssertStored(grain, good);
    }

    [Fact]
    public async Task Write_HundredGrainsInParallel_EachWriteChangesItsTag()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            var grain = NewGrain();
            var state = State("start", 0);
            await Storage.WriteStateAsync("state", grain, state);
            for (var round = 1; round <= 10; round++)
            {
                var before = state.ETag;
                state.State = state.State with { B = round };
                await Storage.WriteStateAsync("state", grain, state);
                Assert.NotEqual(before, state.ETag);
                await AssertStored(grain, state);
            }
        }));
    }

    [Fact]
    public async Task Read_NeverWritten_ReturnsFreshDefaultWhateverTheCallerHeld()
    {
        var held = new HeldState<SampleState>(new() { A = "old" }, "5") { RecordExists = true };

        await Storage.ReadStateAsync("state", NewGrain(), held);

        AssertAbsent(held);
    }

    [Fact]
    public async Task Write_SameValuesThreeTimes_GivesThreeTags()
    {
        var (grain, state) = await Written();
        HashSet<string?> tags = [state.ETag];
        for (var round = 0; round < 2; round++)
        {
            await Storage.WriteStateAsync("state", grain, state);
            tags.Add(state.ETag);
        }

        Assert.Equal(3, tags.Count);
    }

    [Fact]
    public async Task Clear_AfterWrite_LeavesNoRecordAndAFreshState()
    {
        var (grain, state) = await Written();
        var before = state.ETag;

        await Storage.ClearStateAsync("state", grain, state);

        Assert.False(state.RecordExists);
        Assert.NotEqual(before, state.ETag);
        Assert.Equal(new(), state.State);
        var read = await Read(grain);
        Assert.False(read.RecordExists);
        Assert.NotNull(read.State);
    }

    [Fact]
    public async Task Write_AfterClear_SucceedsWithTheTagThatClearLeft()
    {
        var (grain, state) = await Written();
        var first = state.ETag;
        await Storage.ClearStateAsync("state", grain, state);

        await Storage.WriteStateAsync("state", grain, state);
        await AssertStored(grain, state);
        state.State = new() { A = "again" };
        await Storage.WriteStateAsync("state", grain, state);

        await AssertStored(grain, state);
        await Assert.ThrowsAnyAsync<InconsistentStateException>(
            () => Storage.WriteStateAsync("state", grain, State("from before the clear", 0, first)));
    }

    [Fact]
    public async Task Clear_Twice_SucceedsBothTimes()
    {
        var (grain, state) = await Written();

        await Storage.ClearStateAsync("state", grain, state);
        await Storage.ClearStateAsync("state", grain, state);

        Assert.False(state.RecordExists);
        Assert.NotNull(state.State);
    }

    [Fact]
    public virtual async Task Clear_NeverWritten_ResetsTheCallersState()
    {
        var held = new HeldState<SampleState>(new() { A = "old" }) { RecordExists = true };

        await Storage.ClearStateAsync("state", NewGrain(), held);

        AssertAbsent(held);
    }

    [Fact]
    public async Task Clear_NoTagOnExistingRecord_IsInconsistentAndDeletesNothing()
    {
        var (grain, good) = await Written();

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => Storage.ClearStateAsync("state", grain, State("x", 1)));

        await AssertStored(grain, good);
    }

    [Fact]
    public async Task Write_TwoStateNamesOfOneGrain_AreTwoRecords()
    {
        var grain = NewGrain();
        var (one, two) = (State("one", 1), State("two", 2));

        await Storage.WriteStateAsync("first", grain, one);
        await Storage.WriteStateAsync("second", grain, two);
        await Storage.ClearStateAsync("first", grain, one);

        Assert.False((await Read(grain, "first")).RecordExists);
        Assert.Equal("two", (await Read(grain, "second")).State.A);
    }

    [Fact]
    public virtual async Task WriteReadClearRead_FullCycle_EndsAbsent()
    {
        var (grain, state) = await Written();
        await Storage.ReadStateAsync("state", grain, state);
        Assert.Equal("written", state.State.A);

        await Storage.ClearStateAsync("state", grain, state);

        await Storage.ReadStateAsync("state", grain, state);
        AssertAbsent(state);
    }

    [Fact]
    public async Task Clear_StaleTag_IsInconsistentAndDeletesNothing()
    {
        var (grain, good) = await Written();
        var stale = State("stale", 1, good.ETag);
        await Storage.WriteStateAsync("state", grain, good);
        var staleTag = stale.ETag;

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => Storage.ClearStateAsync("state", grain, stale));

        Assert.Equal(("stale", staleTag), (stale.State.A, stale.ETag));
        await AssertStored(grain, good);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64 * 1024)]
    [InlineData(704 * 1024)]
    public async Task Write_RawState_StoresItsBytesAsTheyAre(int length)
    {
        var payload = new byte[length];
        new Random(length).NextBytes(payload);
        var grain = NewGrain();

        await Storage.WriteStateAsync("raw", grain, new HeldState<RawState>(new() { Payload = payload }));
        var read = new HeldState<RawState>(new());
        await Storage.ReadStateAsync("raw", grain, read);

        Assert.Equal(payload, read.State.Payload);
        Assert.True(read.RecordExists);
    }

    [Fact]
    public async Task Write_LargeText_IsReadBack()
    {
        var grain = NewGrain();
        var state = State(new string('x', 15 * 32 * 1024), 1);

        await Storage.WriteStateAsync("state", grain, state);

        await AssertStored(grain, state);
    }

    [Fact]
    public virtual async Task Read_BytesThatAreNotTheState_LeavesTheCallersStateAsItWas()
    {
        var grain = NewGrain();
        await Storage.WriteStateAsync("state", grain, new HeldState<RawState>(new() { Payload = [0xff, 0xfe, 0xfd] }));
        var held = new HeldState<SampleState>(new() { A = "held" }, "17") { RecordExists = true };

        await Assert.ThrowsAnyAsync<Exception>(() => Storage.ReadStateAsync("state", grain, held));

        Assert.Equal(("held", "17", true), (held.State.A, held.ETag, held.RecordExists));
    }

    [Fact]
    public async Task Write_SegmentInsertedTwiceAtOnce_ExactlyOneSucceeds()
    {
        var grain = NewGrain();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async writer =>
        {
            try
            {
                await Storage.WriteStateAsync("segment/1", grain, State($"writer {writer}", writer));
                return writer;
            }
            catch (InconsistentStateException)
            {
                return -1;
            }
        }));

        var winner = Assert.Single(outcomes, writer => writer >= 0);
        Assert.Equal(winner, (await Read(grain, "segment/1")).State.B);
    }

    [Fact]
    public async Task Write_ManyNeighboursOfConflicts_OnlyTheConflictsFail()
    {
        var records = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Written()));
        var failed = await Task.WhenAll(records.Select(async (record, index) =>
        {
            var write = State("new", index, index % 5 == 0 ? "stale" : record.State.ETag);
            try
            {
                await Storage.WriteStateAsync("state", record.Grain, write);
                return false;
            }
            catch (InconsistentStateException)
            {
                return true;
            }
        }));

        for (var index = 0; index < records.Length; index++)
        {
            Assert.Equal(index % 5 == 0, failed[index]);
            Assert.Equal(index % 5 == 0 ? "written" : "new", (await Read(records[index].Grain)).State.A);
        }
    }

    [Fact]
    public async Task EverySequence_OfWritesAndClears_DoesAsTheModelDoes() =>
        await GrainStorageModel.RunAllSequences(Storage, ModelDepth, NewGrain);

    /// <summary>How long the model's sequences are: 9 to this power of them.</summary>
    protected virtual int ModelDepth => 4;

    /// <summary>All of them are different records; fewer only where the stored layout is not ours to choose.</summary>
    protected virtual string[] KeysThatDifferInOneSign =>
        ["a/b", "a_b", "a%b", "a|b", "a b", "A/b", "a/b ", "a/b\0", "ä/b", "a\u0308/b"];

    protected abstract ValueTask<IGrainStorage> Open();

    protected static GrainId NewGrain() => GrainId.Create("sample", $"grain {Interlocked.Increment(ref grains)}");

    private protected static HeldState<SampleState> State(string text, int number, string? etag = null) =>
        new(new() { A = text, B = number, C = long.MinValue + number }, etag);

    private static void AssertAbsent(HeldState<SampleState> state)
    {
        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.Equal(new(), state.State);
    }

    private protected async Task<(GrainId Grain, HeldState<SampleState> State)> Written()
    {
        var (grain, state) = (NewGrain(), State("written", 1));
        await Storage.WriteStateAsync("state", grain, state);
        return (grain, state);
    }

    private async Task<HeldState<SampleState>> Read(GrainId grain, string stateName = "state")
    {
        var state = new HeldState<SampleState>(new());
        await Storage.ReadStateAsync(stateName, grain, state);
        return state;
    }

    private async Task AssertStored(GrainId grain, HeldState<SampleState> expected)
    {
        var read = await Read(grain);
        Assert.Equal((expected.State, expected.ETag), (read.State, read.ETag));
        Assert.True(read.RecordExists);
    }
}

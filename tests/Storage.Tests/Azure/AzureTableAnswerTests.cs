using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Dtao.AzuriteKit;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;

namespace Dtao.Storage.Tests;

/// <summary>Answers that are lost, late, or errors: no write that was done is reported as a conflict, and none is done twice.</summary>
public sealed class AzureTableAnswerTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly FaultPolicy policy = new();
    private AzureTableStorageOptions options = null!;
    private AzureTableGrainStorage storage = null!;

    public static TheoryData<int> Faults => [.. Enum.GetValues<Fault>().Select(fault => (int)fault)];

    public async ValueTask InitializeAsync() => await Open(sdkRetries: 0);

    public async ValueTask DisposeAsync()
    {
        policy.Release();
        await storage.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task WriteClearAndWriteAgain_EachFaultOnEach_Succeed(int fault)
    {
        HeldState<SampleState> state = new(new() { A = "one" });

        policy.Script((Fault)fault);
        await storage.WriteStateAsync("state", Grain("a"), state);
        await AssertStored("a", state);
        state.State = new() { A = "two" };
        policy.Script((Fault)fault, (Fault)fault);
        await storage.WriteStateAsync("state", Grain("a"), state);
        await AssertStored("a", state);
        policy.Script((Fault)fault);
        await storage.ClearStateAsync("state", Grain("a"), state);
        Assert.False((await Read("a")).RecordExists);
        policy.Script((Fault)fault);
        await storage.WriteStateAsync("state", Grain("a"), state);

        await AssertStored("a", state);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Read_AnsweredWithAnErrorAtFirst_IsAskedForAgainAndNeverTakenForAnEmptyRecord(int status)
    {
        var state = await Written("a");
        foreach (var again in (int[])[status, status]) policy.ReadStatuses.Enqueue(again);

        await AssertStored("a", state);

        Assert.Empty(policy.ReadStatuses);
    }

    [Fact]
    public async Task Read_AnsweredWithErrorsOnly_FailsAndDoesNotSayThatThereIsNothing()
    {
        await Written("a");
        for (var tries = 0; tries <= options.StoragePolicyOptions.MaxOperationRetries; tries++) policy.ReadStatuses.Enqueue(503);

        var failure = await Assert.ThrowsAsync<StoreException>(() => Read("a"));

        Assert.Equal(StoreErrorCode.Unanswered, failure.Code);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Clear_KeepingATombstone_EachFault_LeavesATagThatIsGood(int fault)
    {
        options.DeleteStateOnClear = false;
        HeldState<SampleState> state = new(new() { A = "one" });
        await storage.WriteStateAsync("state", Grain("a"), state);

        policy.Script((Fault)fault);
        await storage.ClearStateAsync("state", Grain("a"), state);

        Assert.NotNull(state.ETag);
        await storage.WriteStateAsync("state", Grain("a"), state);
        await AssertStored("a", state);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Write_TransactionOfAddsUpdatesAndDeletes_EachFault_EveryGrainSucceeds(int fault)
    {
        var updated = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Written($"update {number}")));
        var deleted = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Written($"delete {number}")));
        policy.Hold();
        var lead = Written("lead");
        await policy.FirstRequest();
        var adds = Enumerable.Range(0, 20).Select(number => Written($"add {number}")).ToArray();
        var updates = updated.Select((state, number) => storage.WriteStateAsync("state", Grain($"update {number}"), state)).ToArray();
        var deletes = deleted.Select((state, number) => storage.ClearStateAsync("state", Grain($"delete {number}"), state)).ToArray();
        policy.Script(Fault.None, (Fault)fault, (Fault)fault);

        policy.Release();
        await Task.WhenAll([lead, .. adds, .. updates, .. deletes]);

        for (var number = 0; number < 20; number++)
        {
            await AssertStored($"add {number}", await adds[number]);
            await AssertStored($"update {number}", updated[number]);
            Assert.False((await Read($"delete {number}")).RecordExists);
        }
    }

    [Fact]
    public async Task Write_AnswerLostAndARealConflictAmongThem_OnlyThatOneFails()
    {
        var states = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Written($"grain {number}")));
        policy.Hold();
        var lead = Written("lead");
        await policy.FirstRequest();
        var stale = storage.WriteStateAsync("state", Grain("grain 7"), new HeldState<SampleState>(new(), states[3].ETag + "x"));
        var conflicting = storage.WriteStateAsync("state", Grain("grain 5"), new HeldState<SampleState>(new()));
        var good = states.Select((state, number) => number is 5 or 7 ? lead : storage.WriteStateAsync("state", Grain($"grain {number}"), state)).ToArray();
        // The transaction with the conflict is refused as a whole; the one without it is done, and its answer lost.
        policy.Script(Fault.None, Fault.None, Fault.AnswerLost);

        policy.Release();
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => conflicting);
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => stale);
        await Task.WhenAll(good);

        for (var number = 0; number < 20; number++) await AssertStored($"grain {number}", states[number]);
    }

    [Fact]
    public async Task Write_SomebodyElseWroteAfterTheLostAnswer_IsInconsistent()
    {
        var state = await Written("a");
        var table = AzureTableHarness.Table(await azurite.ServerAsync(), options);
        policy.Script(Fault.AnswerLost);
        policy.Decide = _ =>
        {
            // Between the attempt whose answer was lost and the next one.
            var row = table.Query<global::Azure.Data.Tables.TableEntity>(entity => entity.RowKey == "sample%002Fa|state").Single();
            row[TableRowFormat.WriteIdProperty] = Guid.NewGuid();
            table.UpdateEntity(row, row.ETag);
            return Fault.None;
        };

        var write = storage.WriteStateAsync("state", Grain("a"), state);

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => write);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public async Task Write_ServiceNeverAnswers_IsUnansweredAndNeverInconsistent(int grains)
    {
        policy.Decide = _ => Fault.NotSent;

        var writes = Enumerable.Range(0, grains).Select(number => Written($"grain {number}")).ToArray();

        foreach (var write in writes)
        {
            var failure = await Assert.ThrowsAsync<StoreException>(() => write);
            Assert.Equal(StoreErrorCode.Unanswered, failure.Code);
        }

        policy.Decide = null;
        await Written("grain 0");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public async Task Write_ServiceDoesItAndNeverAnswers_IsFoundOut(int grains)
    {
        policy.Decide = _ => Fault.AnswerLost;

        var states = await Task.WhenAll(Enumerable.Range(0, grains).Select(number => Written($"grain {number}")));

        for (var number = 0; number < grains; number++) await AssertStored($"grain {number}", states[number]);
    }

    [Fact]
    public async Task Write_SdkRetriesByItself_LostAnswersAreStillRecognised()
    {
        await storage.DisposeAsync();
        await Open(sdkRetries: 3);
        policy.Decide = request => request.IsTransaction ? Fault.None : Fault.AnswerLost;
        var alone = await Written("alone");
        var lost = 0;
        policy.Decide = request => request.IsTransaction && Interlocked.Increment(ref lost) == 1 ? Fault.AnswerLost : Fault.None;
        var together = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => Written($"grain {number}")));

        await AssertStored("alone", alone);
        for (var number = 0; number < 50; number++) await AssertStored($"grain {number}", together[number]);
    }

    [Fact]
    public async Task Write_TableIsGone_IsRefusedAndNotInconsistent()
    {
        var state = await Written("a");
        await AzureTableHarness.Table(await azurite.ServerAsync(), options).DeleteAsync(TestContext.Current.CancellationToken);

        var write = await Assert.ThrowsAsync<StoreException>(() => storage.WriteStateAsync("state", Grain("a"), state));
        var read = await Assert.ThrowsAsync<StoreException>(() => Read("a"));

        Assert.Equal((StoreErrorCode.Refused, StoreErrorCode.Refused), (write.Code, read.Code));
    }

    [Fact]
    public async Task Write_ManyGrainsUnderRandomFaults_EveryRightWriteSucceedsAndEveryStaleOneFails()
    {
        Random random = new(20_261_129);
        // Fewer in a row than the provider bears: how many requests there are, and which meets a fault, is not the same in each run.
        const int InARowMax = 4;
        var inARow = 0;
        policy.Decide = _ =>
        {
            lock (random)
            {
                inARow = inARow < InARowMax && random.Next(3) == 0 ? inARow + 1 : 0;
                return inARow > 0 ? (Fault)random.Next(1, 5) : Fault.None;
            }
        };

        await Task.WhenAll(Enumerable.Range(0, 60).Select(async number =>
        {
            HeldState<SampleState> state = new(new());
            for (var round = 0; round < 8; round++)
            {
                var before = state.ETag;
                state.State = new() { A = $"{number}/{round}" };
                await storage.WriteStateAsync("state", Grain($"grain {number}"), state);
                if (round % 4 == 3)
                {
                    HeldState<SampleState> stale = new(new() { A = "stale" }, before);
                    await Assert.ThrowsAnyAsync<InconsistentStateException>(() => storage.WriteStateAsync("state", Grain($"grain {number}"), stale));
                }

                await AssertStored($"grain {number}", state);
            }
        }));
    }

    [Fact]
    public async Task Write_Listener_SeesBatchesConflictsAndWhatTheServiceDid()
    {
        var provider = AzuriteFixture.NewName("measured");
        ConcurrentDictionary<string, long> sums = new(StringComparer.Ordinal);
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == StoreMetrics.MeterName) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) =>
        {
            // Other tests measure too, some without a tag; an exception here would end what they measure.
            if (tags.Length > 0 && Equals(tags[0].Value, provider)) sums.AddOrUpdate(instrument.Name["dtao.storage.".Length..], value, (_, sum) => sum + value);
        });
        listener.Start();
        await using var measured = await AzureTableHarness.Open(options, name: provider);
        policy.Script(Fault.Throttled, Fault.AnswerLost);

        await measured.WriteStateAsync("state", Grain("a"), new HeldState<SampleState>(new()));
        await Assert.ThrowsAnyAsync<InconsistentStateException>(
            () => measured.WriteStateAsync("state", Grain("a"), new HeldState<SampleState>(new())));

        Assert.Equal(
            [("records.batch.size", 1), ("records.conflicts", 1), ("records.queue.length", 0), ("requests.throttled", 1), ("requests.unanswered", 1)],
            sums.Select(sum => (sum.Key, sum.Value)).Order());
    }

    private static GrainId Grain(string key) => GrainId.Create("sample", key);

    private async Task Open(int sdkRetries)
    {
        options = AzureTableHarness.Options(await azurite.ServerAsync(), policy, sdkRetries);
        options.BucketCount = 1;
        options.StoragePolicyOptions.MaxOperationRetries = 8;
        storage = await AzureTableHarness.Open(options);
    }

    private async Task<HeldState<SampleState>> Written(string key)
    {
        HeldState<SampleState> state = new(new() { A = key });
        await storage.WriteStateAsync("state", Grain(key), state);
        return state;
    }

    private async Task<HeldState<SampleState>> Read(string key)
    {
        HeldState<SampleState> state = new(new());
        await storage.ReadStateAsync("state", Grain(key), state);
        return state;
    }

    private async Task AssertStored(string key, HeldState<SampleState> expected)
    {
        var read = await Read(key);
        Assert.Equal((expected.State, expected.ETag, true), (read.State, read.ETag, read.RecordExists));
    }
}

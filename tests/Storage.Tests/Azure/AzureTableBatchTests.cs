using Azure.Data.Tables;
using Dtao.AzuriteKit;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;

namespace Dtao.Storage.Tests;

/// <summary>How writes gather into transactions, and that a row that fails fails alone.</summary>
public sealed class AzureTableBatchTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly FaultPolicy policy = new();
    private AzureTableStorageOptions options = null!;
    private AzureTableGrainStorage storage = null!;

    public async ValueTask InitializeAsync()
    {
        options = AzureTableHarness.Options(await azurite.ServerAsync(), policy);
        options.BucketCount = 1;
    }

    public async ValueTask DisposeAsync()
    {
        policy.Release();
        if (storage is not null) await storage.DisposeAsync();
    }

    [Fact]
    public async Task Write_Alone_IsAPlainRequest()
    {
        await Open();

        var state = await Written("alone");
        await storage.WriteStateAsync("state", Grain("alone"), state);
        await storage.ClearStateAsync("state", Grain("alone"), state);

        Assert.Equal(["POST", "PUT", "DELETE"], Writes().Select(request => request.Method));
        Assert.DoesNotContain(Writes(), request => request.IsTransaction);
    }

    [Fact]
    public async Task Write_ManyWhileOneIsUnderWay_ShareTransactionsWithinTheServicesBounds()
    {
        await Open();
        policy.Hold();
        var first = Written("first");
        await policy.FirstRequest();
        var rest = Enumerable.Range(0, 250).Select(number => Written($"grain {number}")).ToArray();

        policy.Release();
        await Task.WhenAll([first, .. rest]);

        Assert.Equal([0, 100, 100, 50], Writes().Select(request => request.IsTransaction ? request.Rows.Count : 0));
        foreach (var transaction in Writes().Where(request => request.IsTransaction))
        {
            Assert.Single(transaction.Rows.Select(row => row.Partition).Distinct());
            Assert.Equal(transaction.Rows.Count, transaction.Rows.Distinct().Count());
        }

        foreach (var number in (int[])[0, 99, 100, 249]) Assert.Equal($"grain {number}", (await Read($"grain {number}")).State.A);
    }

    [Fact]
    public async Task Write_OfManyPartitions_NeverShareATransaction()
    {
        options.BucketCount = 4;
        await Open();
        policy.Hold();
        var writes = Enumerable.Range(0, 100).Select(number => Written($"grain {number}")).ToArray();
        await policy.FirstRequest();

        policy.Release();
        await Task.WhenAll(writes);

        var transactions = Writes().Where(request => request.IsTransaction).ToArray();
        Assert.Equal(4, transactions.SelectMany(request => request.Rows).Select(row => row.Partition).Distinct().Count());
        Assert.All(transactions, request => Assert.Single(request.Rows.Select(row => row.Partition).Distinct()));
    }

    [Fact]
    public async Task Write_SameRowTwiceAtOnce_NeverSharesATransaction()
    {
        await Open();
        policy.Hold();
        var first = Written("first");
        await policy.FirstRequest();
        var writes = Enumerable.Range(0, 10).SelectMany(number => new[] { Try($"grain {number}", null), Try($"grain {number}", null) }).ToArray();

        policy.Release();
        var outcomes = await Task.WhenAll(writes);
        await first;

        Assert.Equal(10, outcomes.Count(isWritten => isWritten));
        Assert.All(Writes(), request => Assert.Equal(request.Rows.Count, request.Rows.Distinct().Count()));
    }

    [Fact]
    public async Task Write_LargeState_GoesAloneBesideTheLine()
    {
        options.SingleWriteBytesMin = 1_000;
        await Open();
        policy.Hold();
        var first = Written("first");
        await policy.FirstRequest();
        var small = Enumerable.Range(0, 5).Select(number => Written($"small {number}")).ToArray();
        var large = Enumerable.Range(0, 5).Select(number => Written($"large {number} {new string('x', 1_000)}")).ToArray();

        policy.Release();
        await Task.WhenAll([first, .. small, .. large]);

        Assert.Equal(5, Assert.Single(Writes(), request => request.IsTransaction).Rows.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(40)]
    public async Task Write_ConflictsAmongNeighbours_FailAlone(int conflicts)
    {
        await Open();
        var states = await Task.WhenAll(Enumerable.Range(0, 80).Select(number => Written($"grain {number}")));
        var stale = states.Take(conflicts).Select(state => state.ETag).ToArray();
        foreach (var (number, state) in states.Take(conflicts).Index()) await storage.WriteStateAsync("state", Grain($"grain {number}"), state);
        var lead = await StartLeader();

        // Mixed, so that those that fail stand among the others.
        var outcomes = await Release(
            lead, [.. Enumerable.Range(0, 80).Select(number => Try($"grain {number}", number < conflicts ? stale[number] : states[number].ETag))]);

        Assert.Equal(Enumerable.Range(0, 80).Select(number => number >= conflicts), outcomes);
        for (var number = 0; number < 80; number++)
            Assert.Equal(number < conflicts ? $"grain {number}" : "new", (await Read($"grain {number}")).State.A);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task WriteBatch_RowsThatTheServiceRefuses_FailAloneAndAreNoConflicts(int refused)
    {
        await Open();
        TableWriter writer = new("test", options.TableServiceClient!.GetTableClient(options.TableName), AzureRetry.ForOperations("test", options.StoragePolicyOptions, TimeProvider.System));
        var batch = Enumerable.Range(0, 20).Select(number => Pending("p", $"r{number}")).ToList();
        // One byte more than a property takes, which the provider's own splitting never makes.
        for (var number = 0; number < refused; number++) batch[number * 3].Write.Entity["Data"] = new byte[(64 * 1024) + 1];

        await writer.WriteBatch(batch);

        for (var number = 0; number < batch.Count; number++)
        {
            var isRefused = number % 3 == 0 && number / 3 < refused;
            if (isRefused) await Assert.ThrowsAnyAsync<ArgumentOutOfRangeException>(() => batch[number].Answer);
            else Assert.True((await batch[number].Answer).IsCommitted);
        }
    }

    [Fact]
    public async Task Write_TransactionOfTooManyBytes_IsHalvedUntilItFits()
    {
        // 60 states of 48 KiB are 3.8 MiB of request text, above what the emulator takes.
        options.SingleWriteBytesMin = 1 << 20;
        await Open();
        var lead = await StartLeader();
        var writes = Enumerable.Range(0, 100)
            .Select(number => storage.WriteStateAsync("raw", Grain($"grain {number}"), new HeldState<RawState>(new() { Payload = new byte[48 * 1024] })))
            .ToArray();

        policy.Release();
        await Task.WhenAll([lead, .. writes]);

        Assert.All(Writes(), request => Assert.True(request.Body.Length <= 4 * 1024 * 1024));
    }

    [Fact]
    public async Task Write_CancelledInLine_IsNotWrittenAndTheRestGoesOn()
    {
        await Open();
        var lead = await StartLeader();
        using CancellationTokenSource cancellation = new();
        var held = new HeldState<SampleState>(new() { A = "cancelled" });
        var cancelled = storage.WriteStateAsync("state", Grain("cancelled"), held, cancellation.Token);
        var neighbour = Try("neighbour", null);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        Assert.All(await Release(lead, [neighbour]), Assert.True);
        Assert.Null(held.ETag);
        Assert.False((await Read("cancelled")).RecordExists);
    }

    [Fact]
    public async Task Dispose_WritesInLineAndAlone_AreWrittenAndNoMoreAreTaken()
    {
        await Open();
        var lead = await StartLeader();
        var writes = Enumerable.Range(0, 20).Select(number => Try($"grain {number}", null)).ToArray();
        var alone = storage.WriteStateAsync("raw", Grain("alone"), new HeldState<RawState>(new() { Payload = new byte[20_000] }));

        var closing = storage.DisposeAsync().AsTask();
        Assert.False(closing.IsCompleted);
        Assert.All(await Release(lead, writes), Assert.True);
        await Task.WhenAll(closing, alone);

        await Assert.ThrowsAsync<GrainStorageBusyException>(() => Written("late"));
    }

    [Fact]
    public void CheckBatch_WhatTheEmulatorTakesAndTheServiceRefuses_IsABug()
    {
        var fits = Enumerable.Range(0, 100).Select(number => Pending("p", $"r{number}")).ToList();

        TableWriter.CheckBatch(fits);
        Assert.Throws<InvalidOperationException>(() => TableWriter.CheckBatch([]));
        Assert.Throws<InvalidOperationException>(() => TableWriter.CheckBatch([.. fits, Pending("p", "one more")]));
        Assert.Throws<InvalidOperationException>(() => TableWriter.CheckBatch([Pending("p", "r"), Pending("q", "s")]));
        Assert.Throws<InvalidOperationException>(() => TableWriter.CheckBatch([Pending("p", "r"), Pending("p", "r")]));
    }

    private static PendingWrite<TableWrite> Pending(string partition, string row) => new(new()
    {
        Key = new(row, ""),
        Address = new(partition, row, null),
        Kind = RecordWriteKind.Insert,
        Entity = new TableEntity(partition, row),
        WriteId = Guid.NewGuid(),
        BatchBytes = 1,
    });

    private static GrainId Grain(string key) => GrainId.Create("sample", key);

    private IEnumerable<SentRequest> Writes() => policy.Requests.Where(request => request.IsWrite);

    private async Task Open()
    {
        storage = await AzureTableHarness.Open(options);
        policy.Requests.Clear();
    }

    private async Task<Task> StartLeader()
    {
        policy.Hold();
        var lead = Written("lead");
        await policy.FirstRequest();
        return lead;
    }

    private async Task<bool[]> Release(Task lead, Task<bool>[] writes)
    {
        policy.Release();
        await lead;
        return await Task.WhenAll(writes);
    }

    private async Task<HeldState<SampleState>> Written(string key)
    {
        HeldState<SampleState> state = new(new() { A = key });
        await storage.WriteStateAsync("state", Grain(key), state);
        return state;
    }

    private async Task<bool> Try(string key, string? etag)
    {
        try
        {
            await storage.WriteStateAsync("state", Grain(key), new HeldState<SampleState>(new() { A = "new" }, etag));
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }

    private async Task<HeldState<SampleState>> Read(string key)
    {
        HeldState<SampleState> state = new(new());
        await storage.ReadStateAsync("state", Grain(key), state);
        return state;
    }
}

using System.Text;

namespace Dtao.Storage.Tests;

public sealed class OrderedLogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Load_NewActor_IsEmpty()
    {
        using var log = OrderedLog.Open(folder.DatabasePath);

        var image = await log.Open("account/new").LoadAsync();

        Assert.Null(image.Snapshot);
        Assert.Empty(image.Events);
        Assert.Equal(0, image.Version);
        Assert.Equal(new byte[32], image.Digest.ToArray());
    }

    [Fact]
    public async Task Append_SeveralActors_PositionsCountOverAll()
    {
        using var log = OrderedLog.Open(folder.DatabasePath);
        var pool = await log.OpenLoaded("pool/1");
        var account = await log.OpenLoaded("account/a");

        long[] positions = [log.Append(account, "hold"), log.Append(pool, "swap"), log.Append(account, "settle")];
        await log.WhenDurable(positions[2]);

        Assert.Equal([1, 2, 3], positions);
        Assert.Equal(3, log.DurablePosition);
        Assert.Equal((2, 1), (account.Version, pool.Version));
    }

    [Fact]
    public async Task WhenDurable_LastPosition_ImpliesAllEarlierOnesOfAllActors()
    {
        string[] keys = ["a", "b", "c"];
        using (var log = OrderedLog.Open(folder.DatabasePath))
        {
            long position = 0;
            foreach (var key in keys) position = log.Append(await log.OpenLoaded(key), $"event of {key}");
            await log.WhenDurable(position);

            using var stopped = JournalReadView.OpenFile(folder.DatabasePath);
            foreach (var key in keys) Assert.Equal([$"event of {key}"], stopped.ReadEvents(key).Texts());
        }
    }

    [Fact]
    public async Task WhenDurable_PositionNotHandedOut_IsABug()
    {
        using var log = OrderedLog.Open(folder.DatabasePath);
        log.Append(await log.OpenLoaded("a"), "1");

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await log.WhenDurable(2));
    }

    [Fact]
    public async Task WhenDurable_PositionAlreadyDurable_IsCompletedAtOnce()
    {
        using var log = OrderedLog.Open(folder.DatabasePath);
        var journal = await log.OpenLoaded("a");
        await log.AppendDurably(journal, "1");

        Assert.True(log.WhenDurable(1).AsTask().IsCompletedSuccessfully);
        Assert.True(log.WhenDurable(0).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Load_AfterReopen_ReturnsEveryEventInOrder()
    {
        var events = Enumerable.Range(0, 500).Select(number => $"event {number}").ToArray();
        using (var log = OrderedLog.Open(folder.DatabasePath))
        {
            var journal = await log.OpenLoaded("pool/7");
            foreach (var canonicalEvent in events.Take(250)) log.Append(journal, canonicalEvent);
            await log.WhenDurable(log.AppendedPosition);
            foreach (var canonicalEvent in events.Skip(250)) log.Append(journal, canonicalEvent);
        }

        using var reopened = OrderedLog.Open(folder.DatabasePath);
        var image = await reopened.ReadImage("pool/7");

        Assert.Equal(events, image.Events.Texts());
        Assert.Equal(LogTesting.ChainOf(events), image.Digest.ToArray());
        Assert.Equal(500, reopened.DurablePosition);
    }

    [Fact]
    public async Task LogId_AfterReopen_IsAnother()
    {
        Guid first;
        using (var log = OrderedLog.Open(folder.DatabasePath)) first = log.LogId;

        await using var reopened = OrderedLog.Open(folder.DatabasePath);

        Assert.NotEqual(first, reopened.LogId);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_384)]
    [InlineData(3_000_000)]
    public async Task Append_EventOfAnySize_IsReadBack(int length)
    {
        var canonicalEvent = new byte[length];
        new Random(length).NextBytes(canonicalEvent);
        using var log = OrderedLog.Open(folder.DatabasePath);
        var journal = await log.OpenLoaded("a");

        log.Append(journal, Bytes("before"));
        log.Append(journal, canonicalEvent);
        log.Append(journal, Bytes("after"));
        var image = await log.ReadImage("a");

        Assert.Equal(3, image.Version);
        Assert.Equal(canonicalEvent, image.Events[1].ToArray());
        Assert.Equal("after", Encoding.UTF8.GetString(image.Events[2].Span));
    }

    [Fact]
    public async Task Append_BytesChangedAfterwards_StoresWhatWasAppended()
    {
        using var log = OrderedLog.Open(folder.DatabasePath);
        var journal = await log.OpenLoaded("a");
        var buffer = Bytes("once");

        log.Append(journal, buffer);
        buffer.AsSpan().Clear();

        Assert.Equal(["once"], (await log.ReadImage("a")).Events.Texts());
    }

    [Fact]
    public async Task Append_BeforeLoad_IsABug()
    {
        using var log = OrderedLog.Open(folder.DatabasePath);
        var journal = log.Open("a");

        Assert.Throws<InvalidOperationException>(() => log.Append(journal, "1"));
        Assert.Equal(0, log.AppendedPosition);
        await journal.LoadAsync();
        Assert.Equal(1, log.Append(journal, "1"));
    }

    [Fact]
    public async Task Append_JournalOfAnotherLog_IsABug()
    {
        using var log = OrderedLog.Open(folder.DatabasePath);
        using var other = OrderedLog.Open(folder.PathOf("other.db"));
        var journal = await other.OpenLoaded("a");

        Assert.Throws<ArgumentException>(() => log.Append(journal, "1"));
    }

    [Fact]
    public async Task Open_SecondHandle_FencesTheFirstAndSeesAllThatItAppended()
    {
        using var log = OrderedLog.Open(folder.DatabasePath);
        var zombie = await log.OpenLoaded("a");
        var last = log.Append(zombie, "1");

        var owner = log.Open("a");
        var refused = Assert.Throws<JournalFencedException>(() => log.Append(zombie, "2"));
        var image = await owner.LoadAsync();
        log.Append(owner, "3");

        Assert.Contains("'a'", refused.Message, StringComparison.Ordinal);
        Assert.True(zombie.IsFenced);
        Assert.Equal(["1"], image.Events.Texts());
        Assert.True(log.WhenDurable(last).AsTask().IsCompletedSuccessfully);
        Assert.Equal(["1", "3"], (await log.ReadImage("a")).Events.Texts());
    }

    [Fact]
    public async Task Load_HandleFencedMeanwhile_IsFenced()
    {
        using var log = OrderedLog.Open(folder.DatabasePath);
        var first = log.Open("a");
        using var second = log.Open("a");

        await Assert.ThrowsAsync<JournalFencedException>(async () => await first.LoadAsync());
        Assert.Equal(0, (await second.LoadAsync()).Version);
    }

    [Fact]
    public async Task Append_HandleGivenUp_IsFenced()
    {
        using var log = OrderedLog.Open(folder.DatabasePath);
        var journal = await log.OpenLoaded("a");
        log.Append(journal, "1");

        journal.Dispose();
        Assert.Throws<JournalFencedException>(() => log.Append(journal, "2"));

        Assert.Equal(["1"], (await log.ReadImage("a")).Events.Texts());
    }

    [Fact]
    public async Task Append_ManyThreadsAndActors_EveryJournalIsWholeAndChained()
    {
        const int Actors = 20;
        const int EventsPerActor = 500;
        using var log = OrderedLog.Open(folder.DatabasePath);

        await Task.WhenAll(Enumerable.Range(0, Actors).Select(actor => Task.Run(async () =>
        {
            var journal = await log.OpenLoaded($"actor/{actor}");
            for (var number = 1; number <= EventsPerActor; number++)
            {
                var position = log.Append(journal, $"{actor}:{number}");
                if (number % 50 == 0) await log.WhenDurable(position);
            }
        }, TestContext.Current.CancellationToken)));
        await log.WhenDurable(log.AppendedPosition);

        using var view = log.OpenReadView();
        var report = view.VerifyChains(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(report.Faults);
        Assert.Equal((Actors, (long)Actors * EventsPerActor), (report.Actors, report.Events));
        foreach (var actor in Enumerable.Range(0, Actors))
        {
            var expected = Enumerable.Range(1, EventsPerActor).Select(number => $"{actor}:{number}");
            Assert.Equal(expected, view.ReadEvents($"actor/{actor}").Texts());
        }
    }

    [Fact]
    public async Task Dispose_EventsQueued_WritesThemFirst()
    {
        using (var log = OrderedLog.Open(folder.DatabasePath))
        {
            var journal = await log.OpenLoaded("a");
            for (var number = 0; number < 1_000; number++) log.Append(journal, "e");
        }

        using var reopened = OrderedLog.Open(folder.DatabasePath);
        Assert.Equal(1_000, (await reopened.ReadImage("a")).Version);
    }

    [Fact]
    public async Task Append_AfterDispose_IsABug()
    {
        var log = OrderedLog.Open(folder.DatabasePath);
        var journal = await log.OpenLoaded("a");

        await log.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => log.Append(journal, "1"));
    }

    [Fact]
    public void Open_SecondLogOnOneDatabase_IsABug()
    {
        using var database = SqliteDatabase.Open(folder.DatabasePath);
        using (OrderedLog.Open(database)) Assert.Throws<InvalidOperationException>(() => OrderedLog.Open(database));

        using var next = OrderedLog.Open(database);
        Assert.Equal(0, next.AppendedPosition);
    }

    private static byte[] Bytes(string text) => LogTesting.Bytes(text);
}

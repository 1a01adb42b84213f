using System.Text;
using Dtao.Grains.Shell;
using Orleans.Storage;
using Xunit;

namespace Dtao.Grains.Tests.Shell;

/// <summary>Journals on a storage that knows nothing but single records.</summary>
public sealed class GrainStorageJournalTests
{
    private const string Actor = "pool/00000001";

    private readonly JournalStorage _storage = new();

    private GrainStorageJournals Journals => new(_storage);

    [Fact]
    public async Task Append_WhileABatchIsWritten_GathersIntoTheNextSegment()
    {
        var (journal, _) = await Open();
        var release = _storage.HoldNextWrite();
        journal.Append(Bytes("a"));
        journal.Append(Bytes("b"));
        var last = journal.WhenDurable(journal.Append(Bytes("c"))).AsTask();
        Assert.False(last.IsCompleted);

        release();
        await last;

        Assert.Equal(["segment-0000000000000001", "segment-0000000000000002"], _storage.Records.Select(record => record.Name));
        Assert.Equal(["a", "b", "c"], (await Open()).Events);
    }

    [Fact]
    public async Task Append_AfterAFailedWrite_IsRefusedAndEveryWaiterIsTold()
    {
        var (journal, _) = await Open();
        var release = _storage.HoldNextWrite();
        _storage.FailsNextWrite = true;
        var first = journal.WhenDurable(journal.Append(Bytes("a"))).AsTask();
        var second = journal.WhenDurable(journal.Append(Bytes("b"))).AsTask();

        release();

        await Assert.ThrowsAsync<IOException>(() => first);
        await Assert.ThrowsAsync<IOException>(() => second);
        Assert.Throws<InvalidOperationException>(() => journal.Append(Bytes("c")));
        Assert.Empty((await Open()).Events);
    }

    [Fact]
    public async Task Append_ByAReplacedHolder_IsFenced()
    {
        var (older, _) = await Open();
        await older.WhenDurable(older.Append(Bytes("a")));
        var (newer, _) = await Open();
        await newer.WhenDurable(newer.Append(Bytes("b")));

        var written = older.WhenDurable(older.Append(Bytes("lost"))).AsTask();

        await Assert.ThrowsAsync<InconsistentStateException>(() => written);
        Assert.Equal(["a", "b"], (await Open()).Events);
    }

    /// <summary>On a busy actor some segments are always durable by the time a snapshot is.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task PutSnapshot_LaterSegmentsDurable_LoadStartsFromItAndReadsTheRest(int version)
    {
        var (journal, _) = await Open();
        foreach (var text in new[] { "a", "b", "c" }) await journal.WhenDurable(journal.Append(Bytes(text)));

        await journal.PutSnapshotAsync(version, Bytes("state"));

        var (_, events) = await Open();
        Assert.Equal(version, await SnapshotVersion());
        Assert.Equal(new[] { "a", "b", "c" }.Skip(version), events);
    }

    [Fact]
    public async Task PutSnapshot_InTheMiddleOfASegment_LoadReturnsTheRestOfIt()
    {
        var (journal, _) = await Open();
        var release = _storage.HoldNextWrite();
        journal.Append(Bytes("a"));
        journal.Append(Bytes("b"));
        var last = journal.WhenDurable(journal.Append(Bytes("c"))).AsTask();
        release();
        await last;

        await journal.PutSnapshotAsync(2, Bytes("state"));
        await journal.WhenDurable(journal.Append(Bytes("d")));

        Assert.Equal(2, await SnapshotVersion());
        Assert.Equal(["c", "d"], (await Open()).Events);
    }

    [Fact]
    public async Task PutSnapshot_EventNotDurableYet_WaitsForIt()
    {
        var (journal, _) = await Open();
        var release = _storage.HoldNextWrite();
        journal.Append(Bytes("a"));

        var stored = journal.PutSnapshotAsync(1, Bytes("state"));
        Assert.Equal(0, await SnapshotVersion());
        release();
        await stored;

        Assert.Equal(1, await SnapshotVersion());
    }

    [Fact]
    public async Task PutSnapshot_Several_TheNewestCounts()
    {
        var (journal, _) = await Open();
        for (var version = 0; version < 4; version++)
        {
            await journal.PutSnapshotAsync(version, Bytes($"state {version}"));
            await journal.WhenDurable(journal.Append(Bytes($"event {version + 1}")));
        }

        using var reopened = Journals.Open(Actor);
        var image = await reopened.LoadAsync();

        Assert.Equal((3, "state 3"), (image.SnapshotVersion, Text(image.Snapshot!.Value)));
        Assert.Equal(["event 4"], image.Events.Select(Text));
    }

    [Fact]
    public async Task ReadFirst_ActorThatBeganFromNothing_IsNone()
    {
        var (journal, _) = await Open();
        await journal.WhenDurable(journal.Append(Bytes("a")));

        Assert.Null(await Journals.ReadFirstAsync(Actor));
    }

    [Fact]
    public async Task Load_SnapshotThatTheHeadNamesIsGone_IsAnErrorAndNoEmptyState()
    {
        var (journal, _) = await Open();
        await journal.WhenDurable(journal.Append(Bytes("a")));
        await journal.PutSnapshotAsync(1, Bytes("state"));
        _storage.Remove("snapshot-0000000000000001");

        await Assert.ThrowsAsync<InvalidDataException>(Open);
    }

    [Fact]
    public async Task PutSnapshot_Several_TheFirstAndTheLastTwoAreKept()
    {
        for (var version = 0; version < 6; version++)
        {
            // Each by an activation of its own, which knows of the earlier ones only what is stored.
            var (journal, _) = await Open();
            await journal.PutSnapshotAsync(version, Bytes($"state {version}"));
            await journal.WhenDurable(journal.Append(Bytes($"event {version + 1}")));
            journal.Dispose();
        }

        Assert.Equal(["snapshot-0000000000000000", "snapshot-0000000000000004", "snapshot-0000000000000005"], _storage.Records.Select(record => record.Name).Where(name => name.StartsWith("snapshot", StringComparison.Ordinal)));
        Assert.Equal(5, await SnapshotVersion());
        Assert.Equal("010506" + "04", Convert.ToHexStringLower(_storage.Records.Single(record => record.Name == "head").Payload));
        Assert.Equal(6, (await Journals.ReadEventsAsync(Actor, 1, 10)).Count);
    }

    /// <summary>A head that was written before the one before was noted names no other; what lies there stays.</summary>
    [Fact]
    public async Task PutSnapshot_AfterAHeadWithoutTheOneBefore_ClearsNothingItDoesNotKnow()
    {
        var (journal, _) = await Open();
        await journal.WhenDurable(journal.Append(Bytes("a")));
        await journal.PutSnapshotAsync(1, Bytes("one"));
        Assert.Equal("010102", Convert.ToHexStringLower(_storage.Records.Single(record => record.Name == "head").Payload));
        await journal.WhenDurable(journal.Append(Bytes("b")));

        await journal.PutSnapshotAsync(2, Bytes("two"));

        Assert.Equal(["snapshot-0000000000000001", "snapshot-0000000000000002"], _storage.Records.Select(record => record.Name).Where(name => name.StartsWith("snapshot", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1, 10, "abc")]
    [InlineData(2, 10, "bc")]
    [InlineData(2, 1, "b")]
    [InlineData(4, 10, "")]
    public async Task ReadEvents_FromAnyNumber_AreTheDurableOnesWhateverTheSnapshots(int first, int countMax, string expected)
    {
        var (journal, _) = await Open();
        foreach (var text in new[] { "a", "b", "c" }) await journal.WhenDurable(journal.Append(Bytes(text)));
        await journal.PutSnapshotAsync(3, Bytes("state"));

        var events = await Journals.ReadEventsAsync(Actor, first, countMax);

        Assert.Equal(expected, string.Concat(events.Select(Text)));
    }

    /// <summary>Bytes that were stored stay readable: whoever changes a layout raises its version and keeps reading this one.</summary>
    [Fact]
    public async Task Records_WrittenNow_AreTheStoredOnesToTheByte()
    {
        var (journal, _) = await Open();
        var release = _storage.HoldNextWrite();
        journal.Append(Bytes("a"));
        var last = journal.WhenDurable(journal.Append(Bytes("xyz"))).AsTask();
        journal.Append(Bytes("bc"));
        release();
        await last;
        await journal.PutSnapshotAsync(2, Bytes("state"));

        Assert.Equal(
            [
                ("head", "010202"),
                ("segment-0000000000000001", "01010161"),
                ("segment-0000000000000002", "01020378797a026263"),
                ("snapshot-0000000000000002", "7374617465"),
            ],
            _storage.Records.Select(record => (record.Name, Convert.ToHexStringLower(record.Payload))));
    }

    private async Task<(IActorJournal Journal, IEnumerable<string> Events)> Open()
    {
        var journal = Journals.Open(Actor);
        var image = await journal.LoadAsync();
        return (journal, image.Events.Select(Text));
    }

    private async Task<long> SnapshotVersion()
    {
        using var journal = Journals.Open(Actor);
        return (await journal.LoadAsync()).SnapshotVersion;
    }

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.ASCII.GetString(bytes.Span);
}

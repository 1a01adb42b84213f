namespace Dtao.Storage.Tests;

/// <summary>Reading the log in its own order: whole, from anywhere, beside a writer; and what each actor began with.</summary>
public sealed class LogScanTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ScanSegments_FromAnywhere_TellsWhatWasWrittenInTheOrderOfWriting()
    {
        using var log = OrderedLog.Open(_folder.DatabasePath);
        Assert.Equal((0, ""), Scan(log, 1));
        var (pool, account) = (await log.OpenLoaded("pool"), await log.OpenLoaded("account"));
        await log.AppendDurably(pool, "a", "b");
        await log.AppendDurably(account, "c");
        await log.AppendDurably(pool, "d");

        Assert.Equal((4, "1 pool 1 a | 2 pool 2 b | 3 account 1 c | 4 pool 3 d"), Scan(log, 1));
        Assert.Equal((4, "3 account 1 c | 4 pool 3 d"), Scan(log, 3));
        Assert.Equal((4, "2 pool 2 b"), Scan(log, 2, countMax: 1));
        Assert.Equal((4, ""), Scan(log, 5));
        await log.AppendDurably(account, "e");
        Assert.Equal((5, "5 account 2 e"), Scan(log, 5));
    }

    [Fact]
    public async Task ScanSegments_ReopenedFile_GoesOnWithTheSameNumbersAndDigests()
    {
        using (var log = OrderedLog.Open(_folder.DatabasePath))
        {
            await log.AppendDurably(await log.OpenLoaded("pool"), "a", "b");
            Assert.Equal(2, Scan(log, 1).Last);
        }

        using var again = OrderedLog.Open(_folder.DatabasePath);
        await again.AppendDurably(await again.OpenLoaded("pool"), "c");
        await again.AppendDurably(await again.OpenLoaded("late"), "d");
        var digests = new List<byte[]>();
        again.ScanSegments(1, segment =>
        {
            digests.Add(segment.Digest.ToArray());
            return true;
        });

        Assert.Equal((4, "2 pool 2 b | 3 pool 3 c | 4 late 1 d"), Scan(again, 2));
        Assert.Equal([LogTesting.ChainOf("a"), LogTesting.ChainOf("a", "b"), LogTesting.ChainOf("a", "b", "c"), LogTesting.ChainOf("d")], digests);
    }

    [Fact]
    public async Task ScanFirstStates_AfterOthersWereWritten_TellsThoseOfTheBeginningInTheirOrder()
    {
        using var log = OrderedLog.Open(_folder.DatabasePath);
        log.BulkLoad([("b", LogTesting.Bytes("one")), ("a", LogTesting.Bytes("two")), ("c", LogTesting.Bytes("three"))]);
        var journal = await log.OpenLoaded("a");
        await log.AppendDurably(journal, "x");
        await log.PutSnapshot(journal, 1, LogTesting.Bytes("later"));
        await log.AppendDurably(await log.OpenLoaded("d"), "y");

        Assert.Equal(["1 b one", "2 a two", "3 c three"], First(log, 0));
        Assert.Equal(["3 c three"], First(log, 2));
        Assert.Equal(["2 a two"], First(log, 1, countMax: 1));
        Assert.Empty(First(log, 3));
    }

    private static (long Last, string Segments) Scan(OrderedLog log, long from, int countMax = int.MaxValue)
    {
        var told = new List<string>();
        var last = log.ScanSegments(from, segment =>
        {
            told.Add($"{segment.Number} {segment.ActorKey} {segment.Events[0].Number} {string.Join(',', segment.Events.Texts())}");
            return told.Count < countMax;
        });
        return (last, string.Join(" | ", told));
    }

    private static string[] First(OrderedLog log, long after, int countMax = int.MaxValue)
    {
        var told = new List<string>();
        log.ScanFirstStates(after, state =>
        {
            told.Add($"{state.Actor} {state.ActorKey} {System.Text.Encoding.UTF8.GetString(state.State.Span)}");
            return told.Count < countMax;
        });
        return [.. told];
    }
}

using System.Text;

namespace Dtao.Storage.Tests;

/// <summary>What any record store has to do.</summary>
public abstract class RecordStoreSuite
{
    private static readonly RecordKey KeyA = new("owner/a", "state");
    private static readonly RecordKey KeyB = new("owner/b", "state");

    protected abstract IRecordStore Store { get; }

    [Fact]
    public async Task Read_NoRecord_ReturnsNull() => Assert.Null(await Read(KeyA));

    [Fact]
    public async Task Commit_Insert_IsReadBackWithItsTag()
    {
        var result = await Store.CommitAsync([Insert(KeyA, "one")]);

        var record = await Read(KeyA);
        Assert.True(result.IsCommitted);
        Assert.Equal((KeyA, "one", result.ETags[0]), (record!.Key, Text(record), record.ETag));
    }

    [Fact]
    public async Task Commit_ValueChangedAfterwards_KeepsWhatWasCommitted()
    {
        var value = "once"u8.ToArray();
        await Store.CommitAsync([RecordWrite.Insert(KeyA, value)]);

        value.AsSpan().Clear();

        Assert.Equal("once", Text((await Read(KeyA))!));
    }

    [Fact]
    public async Task Commit_OneConflictAmongMany_WritesNothingAndNamesIt()
    {
        var first = await Store.CommitAsync([Insert(KeyA, "one")]);

        var result = await Store.CommitAsync([Insert(KeyB, "new"), Update(KeyA, "two", "no such tag")]);

        Assert.False(result.IsCommitted);
        Assert.Empty(result.ETags);
        Assert.Equal([new RecordConflict(1, first.ETags[0])], result.Conflicts);
        Assert.Null(await Read(KeyB));
        Assert.Equal("one", Text((await Read(KeyA))!));
    }

    [Fact]
    public async Task Commit_SeveralConflicts_NamesAllOfThem()
    {
        var tag = (await Store.CommitAsync([Insert(KeyA, "one")])).ETags[0];

        var result = await Store.CommitAsync([Insert(KeyA, "x"), Update(KeyB, "x", "1"), RecordWrite.Delete(new("c", ""), "1")]);

        Assert.Equal([new(0, tag), new(1, null), new RecordConflict(2, null)], result.Conflicts);
    }

    [Fact]
    public async Task Commit_InsertUpdateAndDeleteTogether_HappenTogether()
    {
        var tags = (await Store.CommitAsync([Insert(KeyA, "one"), Insert(KeyB, "one")])).ETags;

        var result = await Store.CommitAsync(
            [Update(KeyA, "two", tags[0]!), RecordWrite.Delete(KeyB, tags[1]!), Insert(new("c", "state"), "one")]);

        Assert.True(result.IsCommitted);
        Assert.NotEqual(tags[0], result.ETags[0]);
        Assert.Null(result.ETags[1]);
        Assert.Equal(["one", "two"], await Scan(""));
    }

    [Fact]
    public async Task Commit_RecordMadeAnew_NeverGetsATagThatItHad()
    {
        HashSet<string> tags = [];
        for (var round = 0; round < 5; round++)
        {
            var tag = (await Store.CommitAsync([Insert(KeyA, "same")])).ETags[0]!;
            Assert.True(tags.Add(tag));
            await Store.CommitAsync([RecordWrite.Delete(KeyA, tag)]);
        }
    }

    [Fact]
    public async Task Commit_EmptyOrDoubledKey_IsABug()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CommitAsync([]));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CommitAsync([Insert(KeyA, "1"), Insert(KeyA, "2")]));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CommitAsync([default]));

        Assert.Null(await Read(KeyA));
    }

    [Fact]
    public async Task Commit_KeyThatIsNotText_IsABug()
    {
        RecordKey lone = new("\ud800", "state");

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.CommitAsync([Insert(lone, "1")]));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Read(lone));
    }

    [Fact]
    public async Task Commit_OwnerAndNameThatJoinAlike_AreDifferentRecords()
    {
        await Store.CommitAsync([Insert(new("ab", "c"), "1"), Insert(new("a", "bc"), "2"), Insert(new("a", "b\0c"), "3")]);

        Assert.Equal("1", Text((await Read(new("ab", "c")))!));
        Assert.Equal("2", Text((await Read(new("a", "bc")))!));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000_000)]
    public async Task Commit_ValueOfAnySize_IsReadBack(int length)
    {
        var value = new byte[length];
        new Random(length).NextBytes(value);

        await Store.CommitAsync([RecordWrite.Insert(KeyA, value)]);

        Assert.Equal(value, (await Read(KeyA))!.Value.ToArray());
    }

    [Fact]
    public async Task Scan_Prefix_ReturnsItsRecordsInByteOrder()
    {
        // In UTF-16 the second would stand before the third; as bytes it does not.
        string[] owners = ["p", "p\uffee", "p🪙", "pa", "pb", "q", "o"];
        await Store.CommitAsync([.. owners.Select(owner => Insert(new(owner, "state"), owner)), Insert(new("pa", "a"), "pa/a")]);

        Assert.Equal(["p", "pa/a", "pa", "pb", "p\uffee", "p🪙"], await Scan("p"));
        Assert.Equal(["pa/a", "pa"], await Scan("pa"));
        Assert.Empty(await Scan("nobody"));
        Assert.Equal(8, (await Scan("")).Length);
    }

    [Fact]
    public async Task Commit_ManyAtOnce_AllAreThere()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async number =>
        {
            RecordKey key = new($"owner/{number:D3}", "state");
            var tag = (await Store.CommitAsync([Insert(key, "first")])).ETags[0]!;
            Assert.True((await Store.CommitAsync([Update(key, $"second {number}", tag)])).IsCommitted);
        }));

        Assert.Equal(Enumerable.Range(0, 200).Select(number => $"second {number}"), await Scan("owner/"));
    }

    [Fact]
    public async Task CheckIntegrity_WholeStore_FindsNothing()
    {
        await Store.CommitAsync([Insert(KeyA, "one")]);

        Assert.Empty(await Store.CheckIntegrityAsync(TestContext.Current.CancellationToken));
    }

    private protected static RecordWrite Insert(RecordKey key, string value) => RecordWrite.Insert(key, Encoding.UTF8.GetBytes(value));

    private protected static RecordWrite Update(RecordKey key, string value, string tag) =>
        RecordWrite.Update(key, Encoding.UTF8.GetBytes(value), tag);

    private protected static string Text(StoredRecord record) => Encoding.UTF8.GetString(record.Value.Span);

    private protected ValueTask<StoredRecord?> Read(RecordKey key) => Store.ReadAsync(key, TestContext.Current.CancellationToken);

    private async Task<string[]> Scan(string prefix)
    {
        List<string> found = [];
        await foreach (var record in Store.ScanAsync(prefix, TestContext.Current.CancellationToken)) found.Add(Text(record));
        return [.. found];
    }
}

using Orleans.Runtime;

namespace Dtao.Storage.Tests;

/// <summary>
/// What the reminder service relies on, whatever keeps the reminders: each is its own, and a range of hashes is read exactly.
/// A subclass names the table; nothing else differs.
/// </summary>
public abstract class ReminderTableSuite : IAsyncLifetime
{
    private static readonly DateTime Noon = new(2026, 11, 29, 12, 0, 0, 123, DateTimeKind.Utc);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected IReminderTable Table { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync() => Table = await Open();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task UpsertReadAndRemove_NameOfAllSigns_GoByTheTag()
    {
        const string name = @"re/min\der#1? 100%|-x";
        var entry = Entry("a/b\\c#d?e\u0001", name);

        var first = await Table.UpsertRow(entry, Token);
        AssertSame(entry, first, await Table.ReadRow(entry.GrainId, name, Token));
        entry.Period = TimeSpan.FromDays(3.5);
        entry.StartAt = Noon.AddDays(1);
        var second = await Table.UpsertRow(entry, Token);
        AssertSame(entry, second, await Table.ReadRow(entry.GrainId, name, Token));

        Assert.NotNull(first);
        Assert.NotEqual(first, second);
        Assert.False(await Table.RemoveRow(entry.GrainId, name, first, Token));
        Assert.False(await Table.RemoveRow(entry.GrainId, name + "x", second!, Token));
        Assert.False(await Table.RemoveRow(entry.GrainId, name, "*", Token));
        Assert.True(await Table.RemoveRow(entry.GrainId, name, second!, Token));
        Assert.False(await Table.RemoveRow(entry.GrainId, name, second!, Token));
        Assert.Null(await Table.ReadRow(entry.GrainId, name, Token));
    }

    [Fact]
    public async Task UpsertRow_SameReminderAtOnce_AllSucceedWithDifferentTags()
    {
        for (var grain = 0; grain < 5; grain++)
        {
            var entry = Entry($"grain {grain}", "reminder");

            var tags = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Table.UpsertRow(entry, Token)));

            Assert.Equal(5, tags.Distinct(StringComparer.Ordinal).Count());
            Assert.Contains((await Table.ReadRow(entry.GrainId, "reminder", Token))!.ETag, tags);
        }
    }

    [Fact]
    public async Task ReadRows_AnyRange_IsAboveItsBeginAndUpToItsEnd()
    {
        var entries = Enumerable.Range(0, 40).Select(number => Entry($"grain {number}", "reminder")).ToArray();
        foreach (var entry in entries) await Table.UpsertRow(entry, Token);
        uint[] hashes = [.. entries.Select(entry => entry.GrainId.GetUniformHashCode()).Order()];
        // The rows' own hashes are ends, where one too many or too few would be seen; and the ends of the ring.
        uint[] ends = [0, hashes[0], hashes[0] + 1, hashes[19] - 1, hashes[19], hashes[39], uint.MaxValue];

        foreach (var begin in ends)
        {
            foreach (var end in ends)
            {
                var read = await Table.ReadRows(begin, end, Token);
                Assert.Equal(
                    hashes.Where(hash => begin < end ? hash > begin && hash <= end : hash > begin || hash <= end),
                    read.Reminders.Select(reminder => reminder.GrainId.GetUniformHashCode()).Order());
            }
        }

        AssertSame(entries[7], null, (await Table.ReadRows(0, uint.MaxValue, Token)).Reminders.Single(reminder => reminder.GrainId == entries[7].GrainId));
    }

    [Fact]
    public async Task ReadRows_OfAGrain_HasNoOthers()
    {
        string[] keys = ["a", "a-", "a-b", "a|b", "a/b", "a_b", "a%b"];
        foreach (var key in keys) await Table.UpsertRow(Entry(key, $"of {key}"), Token);
        await Table.UpsertRow(Entry("a", "another"), Token);
        await Table.UpsertRow(Entry("a", "b-c"), Token);

        foreach (var key in keys.Skip(1))
            Assert.Equal($"of {key}", Assert.Single((await Table.ReadRows(Grain(key), Token)).Reminders).ReminderName);
        Assert.Equal(
            ["another", "b-c", "of a"],
            (await Table.ReadRows(Grain("a"), Token)).Reminders.Select(reminder => reminder.ReminderName).Order(StringComparer.Ordinal));
        Assert.Empty((await Table.ReadRows(Grain("nobody"), Token)).Reminders);
        Assert.Null(await Table.ReadRow(Grain("a"), "nothing", Token));
    }

    [Fact]
    public async Task UpsertRow_NamesThatDifferInOneSign_AreDifferentReminders()
    {
        string[] names = ["a/b", "a_b", "a%b", "a|b", "a b", "A/b", "a\u0001b", "a%002Fb", "ä/b", "a\u0308/b", "a#b", "a?b", "a\\b", "a-b", ""];
        foreach (var name in names) await Table.UpsertRow(Entry("a", name), Token);

        foreach (var name in names) Assert.Equal(name, (await Table.ReadRow(Grain("a"), name, Token))!.ReminderName);
        Assert.Equal(names.Length, (await Table.ReadRows(Grain("a"), Token)).Reminders.Count);
    }

    [Fact]
    public async Task UpsertRow_LongKeys_ShareNoRow()
    {
        var long600 = new string('k', 600);
        ReminderEntry[] entries =
        [
            Entry(long600 + "1", "reminder"), Entry(long600 + "2", "reminder"), Entry("a", long600 + "1"), Entry("a", long600 + "2"),
        ];
        foreach (var entry in entries) await Table.UpsertRow(entry, Token);

        foreach (var entry in entries) AssertSame(entry, null, await Table.ReadRow(entry.GrainId, entry.ReminderName, Token));
        Assert.Equal(2, (await Table.ReadRows(Grain("a"), Token)).Reminders.Count);
    }

    [Fact]
    public async Task TestOnlyClearTable_LeavesNoReminder()
    {
        for (var number = 0; number < 3; number++) await Table.UpsertRow(Entry("a", $"reminder {number}"), Token);
        await Table.UpsertRow(Entry("b", "reminder"), Token);

        await Table.TestOnlyClearTable(Token);

        Assert.Empty((await Table.ReadRows(0, 0, Token)).Reminders);
    }

    protected abstract ValueTask<IReminderTable> Open();

    protected static GrainId Grain(string key) => GrainId.Create("sample", key);

    protected static ReminderEntry Entry(string key, string name) =>
        new() { GrainId = Grain(key), ReminderName = name, Period = TimeSpan.FromSeconds(90), StartAt = Noon };

    protected static void AssertSame(ReminderEntry expected, string? tag, ReminderEntry? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(
            (expected.GrainId, expected.ReminderName, expected.Period, expected.StartAt, DateTimeKind.Utc),
            (actual.GrainId, actual.ReminderName, actual.Period, actual.StartAt, actual.StartAt.Kind));
        if (tag is not null) Assert.Equal(tag, actual.ETag);
    }
}

using Dtao.Grains.Feed;
using Dtao.Hosting.Feed;
using Dtao.Network.Tests.Scenarios;
using Dtao.Storage;
using Dtao.TestKit;

namespace Dtao.Network.Tests.Feed;

/// <summary>The feed of a network whose store has no order over actors, against the same ledger on the embedded store.</summary>
public sealed class IndexedFeedTests
{
    [Fact]
    public async Task Read_OnAStoreWithoutAnOrder_TellsActorByActorWhatTheEmbeddedStoreTells()
    {
        var whole = LongRun.IsOn ? new WholeNetwork(3, 6, 12, 7) : new WholeNetwork(2, 4, 5, 3);
        await using var network = await GrainStorageNetwork.StartWithFeedAsync(whole.Genesis, JournalStore.RecordMemory, silos: 2);
        var reader = new FeedReader(() => network.Host);
        var along = new List<LedgerFact>();
        string? cursor = null;
        for (var block = 1; block <= whole.Blocks; block++)
        {
            var reading = reader.ReadOn(cursor, pageSize: 5 * block);
            await network.MakeBlocks(1);
            foreach (var (signer, call) in whole.CallsOf(block)) await network.Execute(signer, call);
            (var facts, cursor) = await reading;
            along.AddRange(facts);
            if (block == whole.Blocks / 2) await network.RestartAsync();
        }

        var (rest, end) = await ReadToRest(network, reader, cursor);
        var told = reader.TextsOf([.. along, .. rest]);
        var embedded = reader.TextsOf(await ReadCopy(network));
        var blocks = along.Concat(rest).OfType<BlockClosedFact>().Count();

        Assert.Equal(whole.Blocks, blocks);
        Assert.Equal(ByActor(along.Concat(rest), embedded.Length), ByActor(await ReadCopy(network), embedded.Length));
        Assert.Equal(embedded.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
        Assert.Equal(told, reader.TextsOf((await reader.ReadOn(null, 1_000)).Facts));
        Assert.Equal(told, reader.TextsOf((await reader.ReadOn(null, 7)).Facts));
        await AssertCursors(reader, end);
        await network.AssertClean();
    }

    private static async Task AssertCursors(FeedReader reader, string end)
    {
        var parts = end.Split('-');

        async Task<FeedStatus> StatusOf(int place, string text)
        {
            var changed = parts.ToArray();
            changed[place] = text;
            return (await reader.Read(string.Join('-', changed), 10)).Status;
        }

        Assert.Equal(FeedStatus.Ok, (await reader.Read(end, 10)).Status);
        Assert.Equal(FeedStatus.MalformedCursor, (await reader.Read("no cursor", 10)).Status);
        Assert.Equal(FeedStatus.OtherNetwork, await StatusOf(1, "0123456789abcdef"));
        Assert.Equal(FeedStatus.OtherHistory, await StatusOf(2, "999999"));
        Assert.Equal(FeedStatus.OtherHistory, await StatusOf(3, "999999"));
        Assert.Equal(FeedStatus.OtherHistory, await StatusOf(6, "0123456789abcdef"));
        // One that a reader has of the embedded store that the ledger lay on before.
        Assert.Equal(FeedStatus.OtherHistory, (await reader.Read($"1-{parts[1]}-s-7-0-0-0123456789abcdef", 10)).Status);
    }

    /// <summary>The order of facts within each actor, and how many actors there are.</summary>
    private static Dictionary<string, List<(long Event, int Place)>> ByActor(IEnumerable<LedgerFact> facts, int capacity)
    {
        var actors = new Dictionary<string, List<(long, int)>>(capacity, StringComparer.Ordinal);
        foreach (var (actor, number, place) in facts.Select(fact => fact.Source))
        {
            if (!actors.TryGetValue(actor, out var places)) actors.Add(actor, places = []);
            places.Add((number, place));
        }

        return actors;
    }

    /// <summary>Reads on until nothing is under way any more and everything is told.</summary>
    private static async Task<(List<LedgerFact> Facts, string Cursor)> ReadToRest(GrainStorageNetwork network, FeedReader reader, string? cursor)
    {
        var all = new List<LedgerFact>();
        await Patience.Until(
            async () =>
            {
                var before = Count(await network.ReadJournals());
                (var facts, cursor) = await reader.ReadOn(cursor, 1_000);
                all.AddRange(facts);
                return !(await network.ReadImage()).Accounts.Values.Any(account => account.HasUnfinished) && Count(await network.ReadJournals()) == before;
            },
            "The network never came to rest.");
        return (all, cursor!);
    }

    private static long Count(IReadOnlyDictionary<string, IReadOnlyList<ReadOnlyMemory<byte>>> journals) =>
        journals.Where(journal => journal.Key != "feed").Sum(journal => (long)journal.Value.Count);

    private static async Task<List<LedgerFact>> ReadCopy(GrainStorageNetwork network)
    {
        var folder = Directory.CreateTempSubdirectory("dtao-feed-copy-");
        try
        {
            using var log = OrderedLog.Open(Path.Combine(folder.FullName, "ledger.db"));
            await network.CopyTo(log);
            var (feed, facts) = (new OrderedLogFeed(log), new List<LedgerFact>());
            for (string? cursor = null; ;)
            {
                var page = await feed.ReadAsync(cursor, 1_000);
                Assert.Equal(FeedStatus.Ok, page.Status);
                facts.AddRange(page.Facts);
                cursor = page.Next;
                if (page.IsAtEnd) return facts;
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

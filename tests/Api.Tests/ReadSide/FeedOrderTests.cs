using System.Globalization;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Ingest;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Feed;
using Dtao.Grains.Subnets;
using Dtao.TestKit;
using Xunit;

namespace Dtao.Api.Tests.ReadSide;

/// <summary>A feed that was recorded from a running network, told in other orders: of two actors a cluster says nothing, and the tables have to be the same.</summary>
public sealed class FeedOrderTests(ApiNetwork network) : IDisposable
{
    private const int Shuffles = 2;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-order-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Ingest_ActorsOfARecordedFeedInAnyOrder_SameTables()
    {
        await Operate();
        var (facts, networkId) = await Record();
        var expected = await DigestOf(new Told(facts, networkId, new Random(0)), 10_000);

        for (var seed = 1; seed <= Shuffles; seed++)
        {
            var random = new Random(seed);
            Assert.Equal(expected, await DigestOf(new Told(Shuffle(facts, random), networkId, random), 200 * seed));
        }

        Assert.True(facts.Count > 1_000, $"{facts.Count} facts");
        Assert.Contains(facts, fact => fact is StakeMovedFact { Source.Event: > 0 });
        Assert.Contains(facts, fact => fact is TaoChangedFact { Cause: TaoCause.Account });
        Assert.Contains(facts, fact => fact is BlockClosedFact);
    }

    private async Task Operate()
    {
        var (one, two) = (ApiNetwork.Staker(70), ApiNetwork.Staker(71));
        var subnet = new NetUid(1);
        var hotkey = (await RunningNetwork.Of(network.Host).Pool(subnet).GetPositions(new PositionFilter(null, null, null, null), 1)).Positions[0].Hotkey;
        foreach (var signer in new[] { one, two, one })
        {
            await network.Client.SubmitAsync(signer, Calls.AddStake(hotkey, subnet, new(1_000_000_000)), cancellationToken: ReadStores.Cancelled);
            await network.Client.SubmitAsync(signer, Calls.Transfer(signer == one ? two : one, new(100_000_000), keepAlive: true), cancellationToken: ReadStores.Cancelled);
            await network.CloseBlock();
        }
    }

    private async Task<(List<LedgerFact> Facts, string NetworkId)> Record()
    {
        var facts = new List<LedgerFact>();
        for (string? cursor = null; ;)
        {
            var page = await network.Client.ReadFeedAsync(cursor, 5_000, ReadStores.Cancelled);
            facts.AddRange(page.Facts);
            cursor = page.Next;
            if (page.IsAtEnd) return (facts, page.NetworkId);
        }
    }

    /// <summary>Each actor's facts in their order, and otherwise any: some actors far behind the others.</summary>
    private static List<LedgerFact> Shuffle(List<LedgerFact> facts, Random random)
    {
        var delays = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. facts.Select((fact, place) => (fact, place: place + DelayOf(fact.Source.Actor))).OrderBy(one => one.place).Select(one => one.fact)];

        int DelayOf(string actor)
        {
            if (!delays.TryGetValue(actor, out var delay)) delays.Add(actor, delay = random.Next(4) == 0 ? random.Next(facts.Count) : random.Next(100));
            return delay;
        }
    }

    private async Task<string> DigestOf(Told told, int pageFacts)
    {
        await using var store = await ReadStores.OpenAsync(new ReadSideOptions { Store = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.db") });
        for (var position = ReadPosition.Empty; !told.IsOver(position.Cursor);)
        {
            var page = await told.ReadAsync(position.Cursor.Length == 0 ? null : position.Cursor, pageFacts, ReadStores.Cancelled);
            position = (await store.ApplyAsync(position, page, ReadStores.Cancelled))!;
        }

        return await store.DigestAsync(ReadStores.Cancelled);
    }

    /// <summary>A feed that says now and then that it is at its end, as one does to which more comes while it is read.</summary>
    private sealed class Told(List<LedgerFact> facts, string networkId, Random random) : IFactSource
    {
        public bool IsOver(string cursor) => cursor == facts.Count.ToString(CultureInfo.InvariantCulture);

        public Task<FeedPage> ReadAsync(string? cursor, int factsMax, CancellationToken cancellationToken)
        {
            var from = cursor is null ? 0 : int.Parse(cursor, CultureInfo.InvariantCulture);
            var page = facts.Skip(from).Take(factsMax).ToArray();
            var next = from + page.Length;
            var isAtEnd = next == facts.Count || random.Next(3) == 0;
            return Task.FromResult(new FeedPage(FeedStatus.Ok, page, next.ToString(CultureInfo.InvariantCulture), isAtEnd, networkId, facts.Count - next));
        }
    }
}

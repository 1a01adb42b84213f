using Dtao.Client;
using Dtao.Grains;
using Dtao.Grains.Feed;
using Dtao.Grains.Shell;
using Dtao.Hosting.Network;
using Dtao.Hosting.Scenarios;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Dtao.Network.Tests.Feed;

/// <summary>Reads the feed of a network as a client does, also after the network was started again.</summary>
internal sealed class FeedReader(Func<NetworkHost> host)
{
    /// <summary>Pages that are asked for again because somebody just took somebody's place.</summary>
    private const int TriesMax = 64;

    public FeedReader(ClusterNetwork network)
        : this(() => network.Host)
    {
    }

    public async Task<FeedPage> Read(string? cursor, int factsMax)
    {
        await using var client = new DtaoClient(host().Grains);
        return await client.ReadFeedAsync(cursor, factsMax, TestContext.Current.CancellationToken);
    }

    /// <summary>All facts from a place to the end, whenever that is, and the place where they end.</summary>
    public async Task<(List<LedgerFact> Facts, string Cursor)> ReadOn(string? cursor, int pageSize)
    {
        await using var client = new DtaoClient(host().Grains);
        var facts = new List<LedgerFact>();
        for (var tries = 0; ;)
        {
            var page = await client.ReadFeedAsync(cursor, pageSize, TestContext.Current.CancellationToken);
            if (page.Status == FeedStatus.Unanswered && ++tries < TriesMax)
            {
                await Task.Delay(Retry.Delay(tries), TestContext.Current.CancellationToken);
                continue;
            }

            Assert.Equal(FeedStatus.Ok, page.Status);
            Assert.InRange(page.Facts.Length, 0, pageSize);
            Assert.InRange(page.Next.Length, 1, 256);
            Assert.Equal(page.IsAtEnd, page.Behind == 0);
            facts.AddRange(page.Facts);
            cursor = page.Next;
            if (page.IsAtEnd) return (facts, cursor);
        }
    }

    /// <summary>Facts as they cross the wire; each has to come back as it went.</summary>
    public string[] TextsOf(IEnumerable<LedgerFact> facts)
    {
        var serializer = host().Services.GetRequiredService<Serializer>();
        return
        [
            .. facts.Select(fact =>
            {
                // What is one object at the silo may be two for the client, so what was there once is compared with what was there twice.
                byte[] Again(byte[] bytes) => serializer.SerializeToArray(serializer.Deserialize<LedgerFact>(bytes));
                var bytes = Again(serializer.SerializeToArray(fact));
                Assert.Equal(bytes, Again(bytes));
                return $"{fact.Source} {fact.GetType().Name} {Convert.ToHexString(bytes)}";
            }),
        ];
    }
}

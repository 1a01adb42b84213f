using Dtao.Client;
using Dtao.Grains.Feed;
using Dtao.Hosting.Scenarios;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Dtao.Network.Tests.Feed;

/// <summary>Reads the feed of a network as a client does, also after the network was started again.</summary>
internal sealed class FeedReader(ClusterNetwork network)
{
    public async Task<FeedPage> Read(string? cursor, int factsMax)
    {
        await using var client = new DtaoClient(network.Host.Grains);
        return await client.ReadFeedAsync(cursor, factsMax, TestContext.Current.CancellationToken);
    }

    /// <summary>All facts from a place to the end, whenever that is, and the place where they end.</summary>
    public async Task<(List<LedgerFact> Facts, string Cursor)> ReadOn(string? cursor, int pageSize)
    {
        await using var client = new DtaoClient(network.Host.Grains);
        var facts = new List<LedgerFact>();
        while (true)
        {
            var page = await client.ReadFeedAsync(cursor, pageSize, TestContext.Current.CancellationToken);
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
        var serializer = network.Host.Services.GetRequiredService<Serializer>();
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

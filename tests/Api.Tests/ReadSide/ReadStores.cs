using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Ingest;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Dtao.Api.Tests.ReadSide;

/// <summary>Short forms of what tests do with a read side.</summary>
internal static class ReadStores
{
    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<IReadStore> OpenAsync(ReadSideOptions options)
    {
        var store = options.Open();
        await store.PrepareAsync(options.IsRebuilt, Cancelled);
        return store;
    }

    /// <summary>Takes in everything that a feed has.</summary>
    public static Task CatchUpAsync(this IReadStore store, IFactSource facts, int pageFacts) => Ingest(store, facts, pageFacts).CatchUpAsync(Cancelled);

    public static ReadSideIngest Ingest(IReadStore store, IFactSource facts, int pageFacts) => new(
        store, facts, new ReadSideOptions { PageFacts = pageFacts, PollMilliseconds = 10 }, new ReadSideEvents(), new IngestState(), TimeProvider.System,
        NullLogger<ReadSideIngest>.Instance);

    /// <summary>The digest of a read side that was built in one go.</summary>
    public static async Task<string> DigestOf(FactBook book, string path)
    {
        await using var store = await OpenAsync(new ReadSideOptions { Store = path });
        await store.CatchUpAsync(new MadeFeed(book.Facts), 10_000);
        return await store.DigestAsync(Cancelled);
    }
}

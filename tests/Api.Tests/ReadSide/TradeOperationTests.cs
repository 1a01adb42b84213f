using Dtao.Api.History;
using Dtao.Api.ReadSide;
using Dtao.Economics;
using Dtao.Grains;
using Dtao.Grains.Feed;
using Xunit;

namespace Dtao.Api.Tests.ReadSide;

/// <summary>Which operation a trade is, where the pool knows no sequence.</summary>
public sealed class TradeOperationTests : IDisposable
{
    private const int LookedAt = 512;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-trades-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>With one operation more than are looked at, another with the same movement may be among those that are not.</summary>
    [Fact]
    public async Task Load_TradesOfTheLane_AreNamedOnlyWhereAllThatMayBeItAreLookedAt()
    {
        var (busy, busier, twice, hotkey, one) = (FactBook.Key(1), FactBook.Key(2), FactBook.Key(3), FactBook.Key(60_000), new NetUid(1));
        var book = new FactBook().Genesis(1, (busy, 1_000_000_000), (busier, 1_000_000_000), (twice, 1_000_000_000)).Owner(hotkey, busy).Close(1_000, 1_000_000_000);
        var (ofBusy, ofBusier) = (StakeMany(busy, LookedAt), StakeMany(busier, LookedAt + 1));
        for (var same = 0; same < 2; same++) book.Stake(twice, hotkey, one, 700, 700, 1_000_000_000);
        book.Close(2_000, 1_000_000_000);
        for (var place = 0; place < book.Facts.Count; place++)
        {
            if (book.Facts[place] is StakeMovedFact moved) book.Facts[place] = moved with { Sequence = 0 };
        }

        await using var store = await ReadStores.OpenAsync(new ReadSideOptions { Store = Path.Combine(_folder.FullName, "read.db") });
        await store.CatchUpAsync(new MadeFeed(book.Facts), 10_000);
        await using var view = await store.ReadAsync(ReadStores.Cancelled);
        var moves = await view.QueryAsync($"SELECT {StakeMoveAt.Columns} FROM stake_moves ORDER BY event, place", StakeMoveAt.Read, ReadStores.Cancelled);
        var named = await TradeOperations.LoadAsync(view, moves, ReadStores.Cancelled);

        Assert.Equal((2 * LookedAt) + 3, moves.Count);
        Assert.Equal(ofBusy, moves.Where(move => move.Signer == busy).Select(move => named[move.Id].Id));
        Assert.DoesNotContain(moves, move => move.Signer != busy && named.ContainsKey(move.Id));
        Assert.Equal(LookedAt + 1, ofBusier.Length);

        OperationId[] StakeMany(AccountId signer, int count) =>
            [.. Enumerable.Range(0, count).Select(number => book.Stake(signer, hotkey, one, 1_000 + number, 1_000UL + (ulong)number, 1_000_000_000))];
    }
}

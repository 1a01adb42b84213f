using System.Net;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.TestKit;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Dtao.Api.Tests.ReadSide;

/// <summary>Questions to the database: few at once, each ends with its request, and a store that another version took over is left alone.</summary>
public sealed class ReadDeskTests(ApiNetwork network) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-desk-");

    private string Path => System.IO.Path.Combine(_folder.FullName, "read.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Read_MoreThanThereMayBe_WaitsForAnothersEnd()
    {
        await using var store = await ReadStores.OpenAsync(new ReadSideOptions { Store = Path });
        using var desk = new ReadDesk(store, new ApiLimits { HistoryReadsMax = 1 });
        var first = await desk.ReadAsync(ReadStores.Cancelled);
        using var gone = new CancellationTokenSource();

        var waiting = desk.ReadAsync(ReadStores.Cancelled);
        var leaving = desk.ReadAsync(gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.False(waiting.IsCompleted);
        await first.DisposeAsync();

        await using var second = await waiting.WaitAsync(Patience.Max, ReadStores.Cancelled);
        Assert.Equal(ReadPosition.Empty, second.Position);
    }

    /// <summary>SQLite's driver looks at no token while it works; the statement is interrupted all the same, and the look goes on.</summary>
    [Fact]
    public async Task Query_WhoseRequestEnds_EndsWithIt()
    {
        await using var store = await ReadStores.OpenAsync(new ReadSideOptions { Store = Path });
        await using var view = await store.ReadAsync(ReadStores.Cancelled);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        var endless = Task.Run(() => view.ScalarAsync("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) FROM n", patience.Token));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless.WaitAsync(Patience.Max, ReadStores.Cancelled));
        Assert.Equal(1L, await view.ScalarAsync("SELECT 1", ReadStores.Cancelled));
    }

    [Fact]
    public async Task Store_OfANewerVersion_IsNeitherReadNorWrittenNorEmptied()
    {
        var book = MadeHistory.Of(1, 3, 2);
        await using var api = await network.StartApi(new ApiOptions { ReadSide = new ReadSideOptions { Store = Path, Facts = new MadeFeed(book.Facts), PollMilliseconds = 10 } });
        using var http = new HttpClient { BaseAddress = new Uri(api.Address), Timeout = Patience.Max };
        await Patience.Until(async () => (await http.GetAsync("/api/block/v1", ReadStores.Cancelled)).IsSuccessStatusCode, "The history is never there.");
        await using var store = new SqlReadStore(new SqliteDialect(Path));
        var position = await store.GetPositionAsync(ReadStores.Cancelled);

        await Execute($"UPDATE read_position SET version = {ReadSchema.Version + 1}");
        using var refused = await http.GetAsync("/api/block/v1", ReadStores.Cancelled);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "ReadSideUnreachable"), (refused.StatusCode, (await ApiNetwork.ProblemOf(refused)).GetProperty("name").GetString()));
        await Assert.ThrowsAsync<ReadSideException>(() => store.PrepareAsync(isRebuilt: false, ReadStores.Cancelled));
        await Assert.ThrowsAsync<ReadSideException>(() => store.GetPositionAsync(ReadStores.Cancelled));
        Assert.Null(await store.ApplyAsync(position, await new MadeFeed(book.Facts).ReadAsync(null, 10, ReadStores.Cancelled), ReadStores.Cancelled));
        await store.PrepareAsync(isRebuilt: true, ReadStores.Cancelled);
        Assert.Equal(string.Empty, (await store.GetPositionAsync(ReadStores.Cancelled)).Cursor);
    }

    private async Task Execute(string text)
    {
        await using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        await connection.OpenAsync(ReadStores.Cancelled);
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync(ReadStores.Cancelled);
    }
}

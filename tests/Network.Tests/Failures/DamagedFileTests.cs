using Dtao.Hosting.Health;
using Dtao.Hosting.Network;
using Dtao.Storage;
using Dtao.TestKit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Failures;

/// <summary>A database too large to be looked through before the start has a damaged page: the network starts, is told, and ends.</summary>
public sealed class DamagedFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtao-damaged-").FullName;

    private string Database => Path.Combine(_folder, "ledger.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Network_PageIsDamaged_EndsWritingTellsTheHostAndItsHealth()
    {
        await using (await Start())
        {
            // Block 0 is there.
        }

        Damage(PageThatNobodyReads());
        var lost = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (var host = await Start(lost.SetResult))
        {
            await Patience.Until(lost.Task, "The damage was not told.");
            var cause = Assert.IsType<StoreException>((await lost.Task).InnerException);
            var reason = Assert.Single(host.Services.GetRequiredService<SiloHealth>().Live().Reasons);

            Assert.Equal(StoreErrorCode.Corrupt, cause.Code);
            Assert.Contains("restore the last good copy", cause.Message, StringComparison.Ordinal);
            Assert.Equal(("StoreLost", cause.Message), (reason.Code, reason.Text));
        }

        var refused = await Assert.ThrowsAsync<StoreException>(() => Start(checkedFirst: long.MaxValue));
        Assert.Equal(StoreErrorCode.Corrupt, refused.Code);
    }

    /// <summary>The embedded network keeps nothing among the records of others.</summary>
    private int PageThatNobodyReads()
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT rootpage FROM sqlite_schema WHERE name='records'";
        return (int)(long)command.ExecuteScalar()!;
    }

    private void Damage(int page)
    {
        const int PageBytes = 4_096;
        using var file = new FileStream(Database, FileMode.Open, FileAccess.Write);
        file.Position = (long)(page - 1) * PageBytes;
        file.Write([0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE]);
    }

    private Task<NetworkHost> Start(Action<Exception>? onLost = null, long checkedFirst = 0) => NetworkHost.StartAsync(new NetworkHostOptions
    {
        DatabasePath = Database,
        DatabaseCheckedFirstBytesMax = checkedFirst,
        Genesis = NetworkGenesis.Of(Genesis()),
        DrivesBlocks = false,
        Health = new(),
        OnStoreLost = onLost,
    });
}

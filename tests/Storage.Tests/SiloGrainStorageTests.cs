using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Dtao.Storage.Tests;

public sealed class SiloGrainStorageTests : IDisposable
{
    private const string Provider = "ledger";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task AddSqliteGrainStorage_TwoSilosOnOneDatabase_KeepStateOverARestart()
    {
        string[] keys = [.. Enumerable.Range(0, 50).Select(number => $"counter {number}")];
        for (var start = 1; start <= 2; start++)
        {
            using var database = SqliteDatabase.Open(folder.DatabasePath);
            await using var cluster = await Start(silo => silo.AddSqliteGrainStorage(Provider, options => options.Database = database));

            var counts = await Task.WhenAll(keys.Select(key => cluster.Client.GetGrain<ICounterGrain>(key).Add(10)));

            Assert.All(counts, count => Assert.Equal(10 * start, count));
            await cluster.StopAllSilosAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task AddMemoryRecordGrainStorage_StateCleared_StartsAnew()
    {
        await using var cluster = await Start(silo => silo.AddMemoryRecordGrainStorage(Provider, options => options.Store = new()));
        var grain = cluster.Client.GetGrain<ICounterGrain>("a");
        await grain.Add(3);

        await grain.Forget();

        Assert.Equal(4, await grain.Add(4));
    }

    [Fact]
    public async Task WriteState_WrittenBehindTheGrainsBack_ReachesTheCallerAsInconsistentState()
    {
        MemoryRecordStore store = new();
        await using var cluster = await Start(silo => silo.AddMemoryRecordGrainStorage(Provider, options => options.Store = store));
        var grain = cluster.Client.GetGrain<ICounterGrain>("a");
        await grain.Add(1);
        await foreach (var record in store.ScanAsync("", TestContext.Current.CancellationToken))
            Assert.True((await store.CommitAsync([RecordWrite.Update(record.Key, record.Value, record.ETag)])).IsCommitted);

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => grain.Add(1));

        Assert.Equal(2, await grain.Add(1));
    }

    [Fact]
    public void AddSqliteGrainStorage_PathAndDatabaseMissing_IsRefusedBySettingName()
    {
        using var services = new ServiceCollection()
            .AddSingleton(StoreServices.Serializer)
            .AddSqliteGrainStorage(Provider, _ => { })
            .BuildServiceProvider();

        var refused = Assert.Throws<OptionsValidationException>(
            () => services.GetRequiredService<IOptionsMonitor<SqliteGrainStorageOptions>>().Get(Provider));

        Assert.Contains(nameof(SqliteGrainStorageOptions.Path), refused.Message, StringComparison.Ordinal);
        Assert.Contains(Provider, refused.Message, StringComparison.Ordinal);
    }

    private static async Task<InProcessTestCluster> Start(Action<ISiloBuilder> configure)
    {
        InProcessTestClusterBuilder builder = new(2);
        builder.ConfigureSilo((_, silo) => configure(silo));
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }
}

[Alias("Dtao.Storage.Tests.ICounterGrain")]
public interface ICounterGrain : IGrainWithStringKey
{
    [Alias("Add")]
    Task<int> Add(int amount);

    [Alias("Forget")]
    Task Forget();
}

public sealed class CounterGrain([PersistentState("counter", "ledger")] IPersistentState<SampleState> storage) : Grain, ICounterGrain
{
    public async Task<int> Add(int amount)
    {
        storage.State = storage.State with { B = storage.State.B + amount };
        await storage.WriteStateAsync();
        return storage.State.B;
    }

    public Task Forget() => storage.ClearStateAsync();
}

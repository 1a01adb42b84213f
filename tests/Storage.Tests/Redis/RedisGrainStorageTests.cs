using Dtao.RedisKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Dtao.Storage.Tests;

/// <summary>
/// The behaviours of any grain storage, on Orleans' own provider for Redis, by configuration only. Where it does otherwise,
/// what it does is stated here, and in the reference.
/// </summary>
public sealed class RedisGrainStorageTests(RedisSilo silo) : GrainStorageSuite, IClassFixture<RedisSilo>
{
    /// <summary>By configuration alone it keeps what it clears, with a tag, and marks what was never written.</summary>
    public override async Task Clear_NeverWritten_ResetsTheCallersState()
    {
        var held = State("old", 1);
        held.RecordExists = true;

        await Storage.ClearStateAsync("state", NewGrain(), held);

        Assert.False(held.RecordExists);
        Assert.NotNull(held.ETag);
        Assert.Equal(new(), held.State);
    }

    public override async Task WriteReadClearRead_FullCycle_EndsAbsent()
    {
        var (grain, state) = await Written();
        await Storage.ReadStateAsync("state", grain, state);
        await Storage.ClearStateAsync("state", grain, state);
        var cleared = state.ETag;

        await Storage.ReadStateAsync("state", grain, state);

        Assert.False(state.RecordExists);
        Assert.Equal((cleared, new()), (state.ETag, state.State));
    }

    /// <summary>A state that cannot be read has given the caller its tag all the same.</summary>
    public override async Task Read_BytesThatAreNotTheState_LeavesTheCallersStateAsItWas()
    {
        var grain = NewGrain();
        var other = new HeldState<RawState>(new() { Payload = [0xff, 0xfe, 0xfd] });
        await Storage.WriteStateAsync("state", grain, other);
        var held = State("held", 1, "17");
        held.RecordExists = true;

        await Assert.ThrowsAnyAsync<Exception>(() => Storage.ReadStateAsync("state", grain, held));

        Assert.Equal(("held", other.ETag, true), (held.State.A, held.ETag, held.RecordExists));
    }

    protected override ValueTask<IGrainStorage> Open() => silo.StorageAsync();
}

/// <summary>A silo whose configuration says that states are on Redis. The first test starts it: a test can be skipped, a fixture cannot.</summary>
public sealed class RedisSilo(RedisFixture redis) : IAsyncDisposable
{
    private InProcessTestCluster? cluster;

    internal async ValueTask<IGrainStorage> StorageAsync()
    {
        cluster ??= await Start();
        return cluster.GetSiloServiceProvider().GetRequiredKeyedService<IGrainStorage>(RedisSettings.Storage);
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null) await cluster.DisposeAsync();
    }

    private async Task<InProcessTestCluster> Start()
    {
        var settings = RedisSettings.OfStorage(await redis.ServerAsync());
        InProcessTestClusterBuilder builder = new(1);
        builder.Options.ServiceId = RedisFixture.NewName();
        builder.ConfigureSiloHost((_, host) => host.Configuration.AddInMemoryCollection(settings));
        var started = builder.Build();
        await started.DeployAsync();
        return started;
    }
}

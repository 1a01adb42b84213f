using Dtao.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Dtao.Cluster.Tests;

/// <summary>Grain storage in memory, without a silo.</summary>
internal static class MemoryStorage
{
    private static readonly ServiceProvider s_services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public static IGrainStorage Create() => new GroupCommitGrainStorage(
        "test",
        new MemoryRecordStore(),
        new GroupCommitOptions { GrainStorageSerializer = new OrleansGrainStorageSerializer(s_services.GetRequiredService<Serializer>()) },
        s_services.GetRequiredService<IActivatorProvider>(),
        TimeProvider.System);
}

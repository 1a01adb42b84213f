using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Dtao.Storage.Tests;

/// <summary>The framework's serializer and activators, without a silo.</summary>
internal static class StoreServices
{
    private static readonly ServiceProvider Services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    /// <summary>Far above what a busy machine takes: no test but those of the bound itself finds a store too busy.</summary>
    public static readonly TimeSpan QueueWaitMax = TimeSpan.FromMinutes(5);

    public static IActivatorProvider Activators => Services.GetRequiredService<IActivatorProvider>();

    public static IGrainStorageSerializer Serializer { get; } =
        new OrleansGrainStorageSerializer(Services.GetRequiredService<Serializer>());

    public static GroupCommitGrainStorage Wrap(IRecordStore store, Action<GroupCommitOptions>? configure = null)
    {
        GroupCommitOptions options = new() { GrainStorageSerializer = Serializer, QueueWaitMax = QueueWaitMax };
        configure?.Invoke(options);
        return new("test", store, options, Activators, TimeProvider.System);
    }
}

/// <summary>The state that the behaviours are stated with.</summary>
[GenerateSerializer]
[Alias("Dtao.Storage.Tests.SampleState")]
public sealed record SampleState
{
    [Id(0)]
    public string A { get; init; } = "";

    [Id(1)]
    public int B { get; init; }

    [Id(2)]
    public long C { get; init; }
}

/// <summary>A state of another shape under the same name, so that reading it as a sample fails.</summary>
[GenerateSerializer]
[Alias("Dtao.Storage.Tests.RawState")]
public sealed class RawState : IRawRecord
{
    [Id(0)]
    public byte[] Payload { get; set; } = [];
}

/// <summary>What a grain holds of its state between calls of its storage.</summary>
internal sealed class HeldState<T>(T state, string? etag = null) : IGrainState<T>
{
    [AllowNull]
    public T State { get; set; } = state;

    public string? ETag { get; set; } = etag;

    public bool RecordExists { get; set; }
}

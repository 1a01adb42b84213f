using Orleans.Storage;

namespace Dtao.Cluster.Tests;

/// <summary>Grain storage that is gone from some write on, as for a process that was killed there.</summary>
internal sealed class FailingStorage(IGrainStorage inner, int writes) : IGrainStorage
{
    private int _left = writes;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ReadStateAsync(stateName, grainId, grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Interlocked.Decrement(ref _left) >= 0 ? inner.WriteStateAsync(stateName, grainId, grainState) : throw new IOException("The store is gone.");

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ClearStateAsync(stateName, grainId, grainState);
}

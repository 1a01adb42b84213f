using System.Buffers.Binary;
using Dtao.Grains.Shell;
using Dtao.TestKit;
using Orleans.Storage;

namespace Dtao.Cluster.Tests;

/// <summary>A journal in grain storage whose owner is no grain, as a silo's list of active accounts: its writes and its owner are on different threads.</summary>
public sealed class StoredJournalTests
{
    private const int Journals = 4;
    private const int Events = 20_000;

    /// <summary>The next event comes just when the write before it has ended: it has to begin a write of its own.</summary>
    [Fact]
    public async Task Append_AsAWriteEnds_IsWritten()
    {
        var storage = new LooseStorage();
        var journals = new GrainStorageJournals(storage);

        await Task.WhenAll(Enumerable.Range(0, Journals).Select(number => Task.Run(async () =>
        {
            using var journal = journals.Open($"silo/{number}");
            await journal.LoadAsync();
            for (var count = 1; count <= Events; count++)
            {
                var bytes = new byte[sizeof(int)];
                BinaryPrimitives.WriteInt32BigEndian(bytes, count);
                await journal.WhenDurable(journal.Append(bytes));
            }
        }))).WaitAsync(Patience.Max, TestContext.Current.CancellationToken);

        Assert.Equal(Journals * Events, storage.Written);
    }

    /// <summary>Each write ends on a thread of the pool.</summary>
    private sealed class LooseStorage : IGrainStorage
    {
        private int _written;

        public int Written => _written;

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            await Task.Yield();
            Interlocked.Increment(ref _written);
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;
    }
}

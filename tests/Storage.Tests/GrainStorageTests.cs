using Orleans.Storage;

namespace Dtao.Storage.Tests;

public sealed class MemoryGrainStorageTests : GrainStorageSuite
{
    protected override ValueTask<IGrainStorage> Open() => new(StoreServices.Wrap(new MemoryRecordStore()));
}

public sealed class SqliteGrainStorageTests : GrainStorageSuite
{
    private readonly TemporaryFolder folder = new();
    private SqliteRecordStore? store;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        store?.Dispose();
        folder.Dispose();
    }

    protected override ValueTask<IGrainStorage> Open()
    {
        store = SqliteRecordStore.Open(folder.DatabasePath);
        return new(StoreServices.Wrap(store));
    }
}

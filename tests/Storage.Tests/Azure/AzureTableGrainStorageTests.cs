using Dtao.AzuriteKit;
using Orleans.Configuration;
using Orleans.Storage;

namespace Dtao.Storage.Tests;

/// <summary>The behaviours of any grain storage, on tables in the bucketed layout.</summary>
public sealed class AzureTableBucketedTests(AzuriteFixture azurite) : GrainStorageSuite
{
    private AzureTableGrainStorage? storage;

    // The emulator takes its time for the 6,561 sequences of four steps; the run in full has them.
    protected override int ModelDepth => Environment.GetEnvironmentVariable("DTAO_LONG") == "1" ? 4 : 3;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (storage is not null) await storage.DisposeAsync();
    }

    protected override async ValueTask<IGrainStorage> Open() =>
        storage = await AzureTableHarness.Open(AzureTableHarness.Options(await azurite.ServerAsync()));
}

/// <summary>The same in the official provider's layout.</summary>
public sealed class AzureTableOrleansLayoutTests(AzuriteFixture azurite) : GrainStorageSuite
{
    private AzureTableGrainStorage? storage;

    // Each record is a partition of its own, and the emulator looks through all of them for each.
    protected override int ModelDepth => 2;

    // That layout makes '/' and '_' one, and takes no control characters.
    protected override string[] KeysThatDifferInOneSign => ["a/b", "a%b", "a|b", "a b", "A/b", "a/b ", "ä/b", "a\u0308/b"];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (storage is not null) await storage.DisposeAsync();
    }

    protected override async ValueTask<IGrainStorage> Open()
    {
        var options = AzureTableHarness.Options(await azurite.ServerAsync());
        options.Layout = AzureTableLayout.Orleans;
        return storage = await AzureTableHarness.Open(options);
    }
}

using Dtao.AzuriteKit;
using Dtao.Hosting.Cluster;
using Dtao.TestKit;

namespace Dtao.Cluster.Tests;

/// <summary>A cluster of its own on the emulator that tests share.</summary>
internal static class EmulatedCluster
{
    /// <summary>Tables and a container that no other test has.</summary>
    public static async Task<ClusterSiloOptions> NewAsync(AzuriteFixture azurite)
    {
        var server = await azurite.ServerAsync();
        var name = AzuriteFixture.NewName();
        return new()
        {
            Account = new() { ConnectionString = server.ConnectionString },
            Table = name,
            MembershipTable = name + "m",
            Container = name,
            BucketCount = 4,
            // Nobody dies in these tests, however busy the machine.
            ProbeMilliseconds = 30_000,
        };
    }

    /// <summary>Reads everything that is stored; for when no silo runs any more.</summary>
    public static async Task AssertClean(ClusterSiloOptions options)
    {
        await using var store = await ClusterStore.OpenAsync(options, Xunit.TestContext.Current.CancellationToken);
        AuditAssert.IsClean(await store.AuditAsync(Xunit.TestContext.Current.CancellationToken));
    }
}

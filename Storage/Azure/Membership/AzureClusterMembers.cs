using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Dtao.Storage;

/// <summary>Who belongs to a cluster, asked from outside of it.</summary>
public static class AzureClusterMembers
{
    /// <summary>The silos that a cluster's table calls active and that have said so no longer ago than the given time.</summary>
    /// <remarks>A silo that was killed stays active in the table until another one, or the next that starts, declares it dead; but it is silent.</remarks>
    /// <exception cref="StoreException">The table cannot be read.</exception>
    public static async Task<IReadOnlyList<SiloAddress>> FindRunningAsync(
        AzureStorageClusteringOptions options, string clusterId, TimeSpan silenceMax, TimeProvider time)
    {
        var table = new AzureMembershipTable(
            Options.Create(options), Options.Create(new ClusterOptions { ClusterId = clusterId, ServiceId = clusterId }), NullLogger<AzureMembershipTable>.Instance, time);
        await table.InitializeMembershipTable(tryInitTableVersion: true).ConfigureAwait(false);
        var oldest = time.GetUtcNow().UtcDateTime - silenceMax;
        return [.. (await table.ReadAll().ConfigureAwait(false)).Members.Select(member => member.Item1)
            .Where(member => member.Status is not SiloStatus.Dead && (member.IAmAliveTime > oldest || member.StartTime > oldest))
            .Select(member => member.SiloAddress)];
    }
}

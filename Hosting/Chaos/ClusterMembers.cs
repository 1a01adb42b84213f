using System.Globalization;
using Azure.Data.Tables;
using Dtao.Hosting.Cluster;

namespace Dtao.Hosting.Chaos;

/// <summary>What the silos of a cluster have agreed on, read from their table and from outside.</summary>
public static class ClusterMembers
{
    /// <summary>Whether the others have declared a silo dead.</summary>
    /// <param name="silo">As its health names it: address:port@generation.</param>
    public static async Task<bool> IsDeadAsync(ClusterSiloOptions options, string silo, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(silo);
        var table = options.Account.Tables().GetTableClient(options.MembershipTable);
        // The row's key has hyphens between the three parts of the name.
        var row = silo.Replace(':', '-').Replace('@', '-');
        var read = await table.GetEntityIfExistsAsync<TableEntity>(options.ClusterId, row, ["Status"], cancellationToken);
        // Of an answer that is an error the SDK makes an entity, too: one without a status.
        return read.HasValue && string.Equals(read.Value!.GetString("Status"), "Dead", StringComparison.Ordinal);
    }

    /// <summary>How many processes have joined the cluster so far, dead ones included.</summary>
    public static async Task<string> DescribeAsync(ClusterSiloOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {options.ClusterId}");
        await foreach (var row in options.Account.Tables().GetTableClient(options.MembershipTable).QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            if (row.GetString("Status") is { } status) counts[status] = counts.GetValueOrDefault(status) + 1;
        }

        return string.Join(", ", counts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Value} {count.Key}")));
    }
}

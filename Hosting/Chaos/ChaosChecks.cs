using System.Globalization;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Genesis;

namespace Dtao.Hosting.Chaos;

/// <summary>One thing that must be so after a trial.</summary>
/// <param name="Name">Stable, for programs.</param>
/// <param name="Extent">What was looked at.</param>
/// <param name="Faults">What is not so; at most some of them.</param>
public sealed record ChaosCheck(string Name, string Extent, IReadOnlyList<string> Faults)
{
    private const int FaultsMax = 20;

    public bool IsPassed => Faults.Count == 0;

    public static ChaosCheck Of(string name, string extent, IReadOnlyCollection<string> faults) => new(
        name, extent, faults.Count <= FaultsMax ? [.. faults] : [.. faults.Take(FaultsMax), string.Create(CultureInfo.InvariantCulture, $"and {faults.Count - FaultsMax} more")]);
}

/// <summary>What is held against the store after all silos have stopped: the books, the history of every operation and block, and what clients were told.</summary>
public static class ChaosChecks
{
    public const string Audit = "audit";
    public const string Operations = "operations";
    public const string Blocks = "blocks";
    public const string Tallies = "tallies";

    /// <param name="seen">Blocks' hashes as they were seen while the network ran.</param>
    public static async Task<IReadOnlyList<ChaosCheck>> RunAsync(
        ClusterStore store, GenesisDocument genesis, IReadOnlyCollection<Acknowledged> acknowledged, IReadOnlyDictionary<ulong, byte[]> seen, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var report = await store.AuditAsync(cancellationToken);
        var audit = report.Columns.Where(column => column.Difference != 0)
            .Select(column => string.Create(CultureInfo.InvariantCulture, $"{column.Token}: the places hold {column.Difference} rao too much")).Concat(report.Faults).ToArray();

        var history = await StoredHistory.ReadAsync(store, cancellationToken);
        var operations = history.FindOperationFaults(acknowledged);
        var blocks = history.FindBlockFaults(seen);

        var image = await store.ReadImageAsync(cancellationToken);
        var tally = new ClientTally(genesis, acknowledged);
        var tallies = tally.FindDifferences(image);
        tallies.AddRange(image.Accounts.Where(account => account.Value.HasUnfinished).Select(account => $"account {account.Key} has something unfinished"));

        return
        [
            ChaosCheck.Of(Audit, $"{report.Columns.Count} tokens, {report.Accounts} accounts, {report.Positions} positions at block {report.Block}", audit),
            ChaosCheck.Of(Operations, $"{acknowledged.Count} acknowledged, {history.Ended} ended in the journals", operations),
            ChaosCheck.Of(Blocks, $"{history.Headers.Count} headers, {seen.Count} of them seen while they were made", blocks),
            ChaosCheck.Of(Tallies, $"free TAO of {tally.Accounts} accounts, {tally.Positions} positions", tallies),
        ];
    }
}

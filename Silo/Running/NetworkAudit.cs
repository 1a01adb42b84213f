using Dtao.Hosting.Audit;
using Dtao.Storage;

namespace Dtao.Silo.Running;

/// <summary>The audit of the ledger under the running network, at one instant.</summary>
internal static class NetworkAudit
{
    public static AuditFinding Run(OrderedLog log)
    {
        using var view = log.OpenReadView();
        var report = LedgerAudit.Run(view, verifiesChains: false);
        var differences = report.Columns.Where(column => column.Difference != 0).Select(column => $"{column.Token} differs by {column.Difference} rao");
        return new(report.IsClean, report.Block, string.Join("; ", differences.Concat(report.Faults)));
    }
}

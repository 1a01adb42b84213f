using System.Globalization;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Network;
using Xunit;

namespace Dtao.TestKit;

/// <summary>Asserts that the books are clean, and says where they are not.</summary>
public static class AuditAssert
{
    public static AuditReport IsClean(NetworkHost host)
    {
        using var view = host.Log.OpenReadView();
        return IsClean(LedgerAudit.Run(view));
    }

    public static AuditReport IsClean(AuditReport report)
    {
        var columns = report.Columns.Where(column => column.Difference != 0)
            .Select(column => string.Create(CultureInfo.InvariantCulture, $"{column.Token}: {column.Difference} off"));
        Assert.True(report.IsClean, $"block {report.Block}: " + string.Join("; ", columns.Concat(report.Faults)) + $"; chains {report.Chains}");
        return report;
    }
}

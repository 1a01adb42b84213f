using Dtao.Silo.Display;
using Dtao.Silo.Running;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Dtao.Hosting.Tests.Silo;

public class AuditWatchTests
{
    [Fact]
    public void State_BeforeTheFirstAudit_IsPending() =>
        Assert.Equal(AuditOutcome.Pending, Watch(() => new(true, new(1), string.Empty)).State.Outcome);

    [Theory]
    [InlineData(true, AuditOutcome.Clean)]
    [InlineData(false, AuditOutcome.Off)]
    internal void Audit_Finding_IsTheState(bool isClean, AuditOutcome outcome)
    {
        var watch = Watch(() => new(isClean, new(7), "TAO differs by 1 rao"));

        watch.Audit();

        Assert.Equal(new AuditState(outcome, new(7)), watch.State);
    }

    [Fact]
    public void Audit_ThatCannotBeRun_KeepsTheBlockAndSaysSo()
    {
        var fails = false;
        var watch = Watch(() => fails ? throw new InvalidOperationException("gone") : new(true, new(7), string.Empty));
        watch.Audit();
        fails = true;

        watch.Audit();

        Assert.Equal(new AuditState(AuditOutcome.Failed, new(7)), watch.State);
    }

    [Fact]
    public void Audit_EachTime_TellsWhoeverMeasures()
    {
        var told = new List<AuditState>();
        var watch = new AuditWatch(() => new(true, new(7), string.Empty), TimeProvider.System, NullLogger.Instance, (state, _) => told.Add(state));

        watch.Audit();

        Assert.Equal(new AuditState(AuditOutcome.Clean, new(7)), Assert.Single(told));
    }

    private static AuditWatch Watch(Func<AuditFinding> audit) => new(audit, TimeProvider.System, NullLogger.Instance);
}

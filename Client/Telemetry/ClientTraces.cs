using System.Diagnostics;
using Dtao.Grains;

namespace Dtao.Client;

/// <summary>The span of an operation as its caller sees it: from the first try to the end. What it causes in the ledger is below it, where traces are propagated.</summary>
public static class ClientTraces
{
    /// <summary>Name of the source, for whoever listens.</summary>
    public const string SourceName = "Dtao.Client";

    internal static readonly ActivitySource Source = new(SourceName);

    internal static Activity? Start(Operation operation)
    {
        // One that is not recorded still carries that decision to the silo.
        var span = Source.StartActivity("client.submit");
        if (span is not { IsAllDataRequested: true }) return span;
        return span.SetTag("dtao.operation.id", operation.Id.ToString()).SetTag("dtao.call", operation.Call.Kind.ToString()).SetTag("dtao.netuid", (int)operation.Call.Netuid.Value);
    }

    internal static void End(Activity? span, OperationResult result)
    {
        if (span is not { IsAllDataRequested: true }) return;
        span.SetTag("dtao.outcome", ClientMetrics.NameOf(result.Status)).SetTag("dtao.code", ClientMetrics.CodeOf(result)).SetTag("dtao.tries", result.Tries);
        if (result.Receipt is { } receipt) span.SetTag("dtao.block", (long)receipt.Block.Value);
        if (result.Status == OperationStatus.OutcomeUnknown) span.SetStatus(ActivityStatusCode.Error, "The outcome is not known.");
    }
}

using System.Diagnostics;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Subnets;

namespace Dtao.Grains.Telemetry;

/// <summary>Spans of the actors. They are children of what Orleans carries from the caller, where activity propagation is on.</summary>
/// <remarks>A span is begun only under a parent that is recorded, so that who traces decides at the beginning of a trace; a block and nothing else begins one here.</remarks>
public static class LedgerTraces
{
    /// <summary>Name of the source, for whoever listens.</summary>
    public const string SourceName = "Dtao.Grains";

    public const string OperationTag = "dtao.operation.id";
    public const string RepeatTag = "dtao.operation.repeat";
    public const string CallTag = "dtao.call";
    public const string NetuidTag = "dtao.netuid";
    public const string BlockTag = "dtao.block";
    public const string OutcomeTag = "dtao.outcome";
    public const string CodeTag = "dtao.code";

    /// <summary>The account's own count of its messages: it ties a decision to the account's operation.</summary>
    public const string SequenceTag = "dtao.sequence";

    internal static readonly ActivitySource Source = new(SourceName);

    /// <summary>Whether what runs now belongs to a trace that is recorded.</summary>
    internal static bool IsTraced => Source.HasListeners() && Activity.Current is { IsAllDataRequested: true };

    /// <summary>What a batch of several operations has to remember of the one that runs now; null when it is not traced.</summary>
    internal static ActivityContext? Here => IsTraced ? Activity.Current!.Context : null;

    internal static Activity? StartOperation(Operation operation, bool isRepeat)
    {
        if (!IsTraced || Source.StartActivity("account.submit") is not { } span) return null;
        span.SetTag(OperationTag, operation.Id.ToString()).SetTag(CallTag, operation.Call.Kind.ToString()).SetTag(RepeatTag, isRepeat);
        return span.SetTag(NetuidTag, (int)operation.Call.Netuid.Value);
    }

    internal static void End(Activity? span, Receipt receipt)
    {
        if (span is null) return;
        span.SetTag(OutcomeTag, LedgerMetrics.NameOf(receipt.Status)).SetTag(CodeTag, LedgerMetrics.NameOf(receipt)).SetTag(BlockTag, (long)receipt.Block.Value);
    }

    /// <summary>A decision by a pool or the lane, with its span.</summary>
    internal static async Task<PoolReply> Decide(string name, MessageHead head, Call call, Func<Task<PoolReply>> decide)
    {
        using var span = Source.StartActivity(name);
        var reply = await decide();
        if (span is null) return reply;
        span.SetTag(SequenceTag, (long)head.Sequence).SetTag(CallTag, call.Kind.ToString()).SetTag(NetuidTag, (int)call.Netuid.Value);
        var isDecided = reply.Status is DeliveryStatus.Decided or DeliveryStatus.Never;
        span.SetTag(OutcomeTag, isDecided ? LedgerMetrics.NameOf(reply.Outcome) : reply.Status.ToString()).SetTag(BlockTag, (long)reply.Block.Value);
        if (isDecided) span.SetTag(CodeTag, LedgerMetrics.CodeOf(reply.Outcome));
        return reply;
    }

    /// <summary>The span of a block, from closing the pools to letting everyone go on.</summary>
    internal static Activity? StartBlock(BlockNumber block) => Source.StartActivity("block.close")?.SetTag(BlockTag, (long)block.Value);

    /// <summary>A span of work that is done for several operations at once: a child of the first that is traced, with links to the others.</summary>
    internal static Activity? StartForAll(string name, IEnumerable<ActivityContext?> contexts)
    {
        if (!Source.HasListeners()) return null;
        var traced = contexts.OfType<ActivityContext>().Distinct().ToArray();
        return traced.Length == 0 ? null : Source.StartActivity(name, ActivityKind.Internal, traced[0], tags: null, links: traced.Skip(1).Select(context => new ActivityLink(context)));
    }

    /// <summary>Lets what follows in this flow belong to an operation's span, or to none: work of several operations is begun by whichever comes first.</summary>
    internal static void Continue(Activity? span)
    {
        if (Source.HasListeners() && Activity.Current != span) Activity.Current = span;
    }
}

using System.Diagnostics.Metrics;
using Dtao.Grains.Shell;

namespace Dtao.Grains.Telemetry;

/// <summary>How many actors of one kind there are in this process, and were.</summary>
/// <remarks>Counted whether or not anybody listens: whoever begins to listen later would otherwise see only what changed since.</remarks>
internal sealed class ActorTally(string kind)
{
    private static readonly ActorTally s_accounts = new("account");
    private static readonly ActorTally s_pools = new("pool");
    private static readonly ActorTally s_validators = new("validator");
    private static readonly ActorTally s_lane = new("lane");
    private static readonly ActorTally s_coordinator = new("coordinator");
    private static readonly ActorTally s_registry = new("registry");

    private long _activations;
    private long _ended;
    private long _poisoned;
    private long _repeats;

    public long Activations => Interlocked.Read(ref _activations);

    public long Active => Activations - Interlocked.Read(ref _ended);

    public long Poisoned => Interlocked.Read(ref _poisoned);

    /// <summary>Messages to other actors that were sent again.</summary>
    public long Repeats => Interlocked.Read(ref _repeats);

    /// <summary>The tally of the actor with this name in the store; null of one that is none of the ledger's.</summary>
    public static ActorTally? Of(string actorKey) => actorKey switch
    {
        ActorKeys.Lane => s_lane,
        ActorKeys.Coordinator => s_coordinator,
        ActorKeys.Registry => s_registry,
        _ when actorKey.StartsWith(ActorKeys.AccountPrefix, StringComparison.Ordinal) => s_accounts,
        _ when actorKey.StartsWith(ActorKeys.PoolPrefix, StringComparison.Ordinal) => s_pools,
        _ when actorKey.StartsWith(ActorKeys.ValidatorPrefix, StringComparison.Ordinal) => s_validators,
        _ => null,
    };

    public static Measurement<long>[] Read(Func<ActorTally, long> value) =>
        Array.ConvertAll((ActorTally[])[s_accounts, s_pools, s_validators, s_lane, s_coordinator, s_registry], tally => tally.Measure(value(tally)));

    public void NoteActivation() => Interlocked.Increment(ref _activations);

    public void NoteEnd() => Interlocked.Increment(ref _ended);

    public void NotePoison() => Interlocked.Increment(ref _poisoned);

    public void NoteRepeat() => Interlocked.Increment(ref _repeats);

    private Measurement<long> Measure(long value) => new(value, new KeyValuePair<string, object?>("actor", kind));
}

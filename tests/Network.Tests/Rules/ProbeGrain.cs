using Dtao.Grains.Shell;
using Dtao.Grains.Wire;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Dtao.Network.Tests.Rules;

/// <summary>An actor that does nothing but add, to put questions to the shell.</summary>
[Alias("dtao.tests.IProbeGrain")]
public interface IProbeGrain : IGrainWithStringKey
{
    [Alias("Add")]
    Task<int> Add(int amount);

    [Alias("Read")]
    Task<int> Read();
}

public sealed class ProbeState
{
    public int Sum { get; set; }
}

public sealed record ProbeAdded(int Amount);

public sealed class ProbeModel : IActorModel<ProbeState, ProbeAdded>
{
    /// <summary>An amount that is decided and written and cannot be applied.</summary>
    public const int NotApplicable = 1_000;

    public ProbeState Create() => new();

    public void Apply(ProbeState state, ProbeAdded happened)
    {
        Invariant.Holds(happened.Amount != NotApplicable, "The amount can be applied.");
        state.Sum += happened.Amount;
    }

    public void WriteEvent(RecordWriter writer, ProbeAdded happened) => writer.UInt64((ulong)happened.Amount);

    public ProbeAdded ReadEvent(ref RecordReader reader) => new((int)reader.UInt64());

    public void WriteState(RecordWriter writer, ProbeState state) => writer.UInt64((ulong)state.Sum);

    public ProbeState ReadState(ref RecordReader reader) => new() { Sum = (int)reader.UInt64() };
}

[Reentrant]
public sealed class ProbeGrain(IActorJournals journals, ILogger<ProbeGrain> logger)
    : LedgerGrain<ProbeState, ProbeAdded>(new ProbeModel(), journals, logger), IProbeGrain
{
    public const string KeyPrefix = "probe/";

    protected override string ActorKey => KeyPrefix + this.GetPrimaryKeyString();

    public async Task<int> Add(int amount)
    {
        Record(new ProbeAdded(amount));
        var sum = State.Sum;
        await Durable();
        return sum;
    }

    public async Task<int> Read()
    {
        var sum = State.Sum;
        await Durable();
        return sum;
    }
}

using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Subnets;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Dtao.Benchmarks.Clusters;

/// <summary>Stands in for a subnet: takes a block's message, and answers as a pool would, without deciding or writing anything.</summary>
[Alias("dtao.bench.IFanOutTargetGrain")]
public interface IFanOutTargetGrain : IGrainWithIntegerKey
{
    [Alias("Apply")]
    Task<BlockAcknowledgement> Apply(ApplyBlock command);
}

/// <summary>Stands in one silo for whoever tells the subnets of that silo.</summary>
[Alias("dtao.bench.IFanOutRelayGrain")]
public interface IFanOutRelayGrain : IGrainWithIntegerKey
{
    [Alias("ApplyAll")]
    Task<BlockAcknowledgement[]> ApplyAll(long[] keys, ApplyBlock[] commands);
}

/// <summary>Stands in for the coordinator.</summary>
[Alias("dtao.bench.IFanOutSourceGrain")]
public interface IFanOutSourceGrain : IGrainWithIntegerKey
{
    /// <summary>Places targets and relays: one relay a silo, targets by turns.</summary>
    [Alias("Begin")]
    Task Begin(int targets, SiloAddress[] silos);

    /// <summary>A message to each target.</summary>
    [Alias("Direct")]
    Task<int> Direct();

    /// <summary>A message to each silo's relay, which sends one to each of its targets.</summary>
    [Alias("Relayed")]
    Task<int> Relayed();
}

/// <inheritdoc cref="IFanOutTargetGrain"/>
public sealed class FanOutTargetGrain : Grain, IFanOutTargetGrain
{
    private readonly byte[] _digest = new byte[32];

    public Task<BlockAcknowledgement> Apply(ApplyBlock command) =>
        Task.FromResult(new BlockAcknowledgement(new NetUid((ushort)this.GetPrimaryKeyLong()), command.Block, Tao.Zero, _digest, PlanDiffers: false));
}

/// <inheritdoc cref="IFanOutRelayGrain"/>
[Reentrant]
public sealed class FanOutRelayGrain : Grain, IFanOutRelayGrain
{
    public Task<BlockAcknowledgement[]> ApplyAll(long[] keys, ApplyBlock[] commands) =>
        Task.WhenAll(keys.Select((key, place) => GrainFactory.GetGrain<IFanOutTargetGrain>(key).Apply(commands[place])));
}

/// <inheritdoc cref="IFanOutSourceGrain"/>
[Reentrant]
public sealed class FanOutSourceGrain : Grain, IFanOutSourceGrain
{
    private (IFanOutTargetGrain Grain, ApplyBlock Command)[] _targets = [];
    private (IFanOutRelayGrain Grain, long[] Keys, ApplyBlock[] Commands)[] _relays = [];

    public async Task Begin(int targets, SiloAddress[] silos)
    {
        var parameters = NetworkParameters.Default;
        var planHash = new byte[32];
        var all = Enumerable.Range(0, targets).Select(number => (
            Key: (long)number, Silo: number % silos.Length, Grain: GrainFactory.GetGrain<IFanOutTargetGrain>(number),
            Command: new ApplyBlock(new BlockNumber(1), planHash, (UInt128)(uint)number << 40, RootSell: true, new Tao(1_000_000), Emits: true, parameters))).ToArray();
        _targets = [.. all.Select(one => (one.Grain, one.Command))];
        _relays = [.. silos.Select((_, silo) => (
            GrainFactory.GetGrain<IFanOutRelayGrain>(silo), all.Where(one => one.Silo == silo).Select(one => one.Key).ToArray(), all.Where(one => one.Silo == silo).Select(one => one.Command).ToArray()))];
        foreach (var one in all)
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, silos[one.Silo]);
            await one.Grain.Apply(one.Command);
        }

        for (var silo = 0; silo < silos.Length; silo++)
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, silos[silo]);
            await _relays[silo].Grain.ApplyAll([], []);
        }
    }

    public async Task<int> Direct() => (await Task.WhenAll(_targets.Select(target => target.Grain.Apply(target.Command)))).Length;

    public async Task<int> Relayed() => (await Task.WhenAll(_relays.Select(relay => relay.Grain.ApplyAll(relay.Keys, relay.Commands)))).Sum(answers => answers.Length);
}

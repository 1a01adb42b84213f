using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Registry;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Scenarios;
using Orleans;
using Orleans.Hosting;

namespace Dtao.TestKit;

/// <summary>A network of one silo whose journals and calls a test can hold back; its books are audited when it ends.</summary>
public sealed class RuleNetwork : IAsyncDisposable
{
    private ClusterNetwork? _cluster;
    private FaultyJournals? _journals;

    public ClusterNetwork Cluster => _cluster ?? throw new InvalidOperationException("The network has not been started.");

    public FaultyJournals Journals => _journals ?? throw new InvalidOperationException("The network has not been started.");

    public HeldCalls Calls { get; } = new();

    public IGrainFactory Grains => Cluster.Host.Grains;

    public RunningNetwork Network => RunningNetwork.Of(Cluster.Host);

    public static async Task<RuleNetwork> StartAsync(GenesisState? genesis = null)
    {
        var network = new RuleNetwork();
        network._cluster = await ClusterNetwork.StartAsync(genesis ?? SmallNetwork.Genesis(), silo: network.AddTo);
        return network;
    }

    /// <summary>The state of every actor as it is stored.</summary>
    public NetworkImage ReadImage()
    {
        using var view = Cluster.Host.Log.OpenReadView();
        return NetworkImage.Read(view);
    }

    /// <inheritdoc cref="OrderedLogNetwork.ReadAtRest"/>
    public Task<NetworkImage> ReadAtRest() => new OrderedLogNetwork(Cluster).ReadAtRest();

    /// <summary>Sends an operation again until it is decided, whatever fails meanwhile.</summary>
    public Task<Receipt> SubmitUntilDecided(Operation operation) => Network.SubmitUntilDecided(operation);

    /// <summary>An administrator's setting of the network.</summary>
    public Task<Receipt> Administer(string parameter, string? value) => Grains.GetGrain<ISubnetRegistryGrain>(0).Administer(
        OperationId.Create(), new Call { Kind = CallKind.Admin, Parameter = parameter, Value = value });

    /// <summary>Waits until a pool has decided so many operations since genesis.</summary>
    public Task WaitForDecisions(NetUid netuid, ulong count) => Patience.Until(
        async () => (await Network.Pool(netuid).GetView()).Order >= count, $"Subnet {netuid} never decided {count} operations.");

    public async ValueTask DisposeAsync()
    {
        if (_cluster is null) return;
        AuditAssert.IsClean(_cluster.Host);
        await _cluster.DisposeAsync();
    }

    private void AddTo(ISiloBuilder silo)
    {
        _journals = FaultyJournals.AddTo(silo);
        silo.AddIncomingGrainCallFilter(Calls);
        silo.AddOutgoingGrainCallFilter(Calls);
    }
}

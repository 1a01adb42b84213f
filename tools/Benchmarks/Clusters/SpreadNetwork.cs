using Dtao.Benchmarks.Loads;
using Dtao.Economics;
using Dtao.Grains;
using Dtao.Grains.Subnets;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Network;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Dtao.Benchmarks.Clusters;

/// <summary>A way into one silo, and its name.</summary>
internal sealed record Gate(IGrainFactory Grains, SiloAddress Silo);

/// <summary>A network on several silos of this process, over loopback, with one ordered log underneath. Its pools are spread evenly, whatever Orleans would do.</summary>
internal sealed class SpreadNetwork : IAsyncDisposable
{
    private readonly NetworkHost _host;
    private readonly DirectoryInfo _folder;

    private SpreadNetwork(NetworkHost host, DirectoryInfo folder, IReadOnlyList<Gate> gates)
    {
        _host = host;
        _folder = folder;
        Gates = gates;
    }

    public IReadOnlyList<Gate> Gates { get; }

    public IGrainFactory Grains => Gates[0].Grains;

    public Gate GateOfPool(NetUid netuid) => Gates[netuid.Value % Gates.Count];

    public static async Task<SpreadNetwork> StartAsync(int silos, int subnets, int accounts, ulong reserveTao)
    {
        var folder = Directory.CreateTempSubdirectory("dtao-cluster-benchmarks-");
        List<Gate> gates = [];
        var host = await NetworkHost.StartAsync(new NetworkHostOptions
        {
            DatabasePath = Path.Combine(folder.FullName, "ledger.db"),
            Genesis = BenchmarkNetwork.Genesis(subnets, accounts, reserveTao),
            DrivesBlocks = false,
            Silos = silos,
            Silo = silo => silo.AddStartupTask((services, _) =>
            {
                gates.Add(new Gate(services.GetRequiredService<IGrainFactory>(), services.GetRequiredService<ILocalSiloDetails>().SiloAddress));
                return Task.CompletedTask;
            }),
        });
        var network = new SpreadNetwork(host, folder, gates);
        foreach (var netuid in Enumerable.Range(0, subnets + 1).Select(number => new NetUid((ushort)number)))
        {
            await At(network.GateOfPool(netuid), () => network.Grains.Pool(netuid).GetSettledBelow());
        }

        return network;
    }

    /// <summary>Makes a call whose actor, where it is not active yet, is activated in a silo of the caller's choice.</summary>
    public static async Task At(Gate gate, Func<Task> call)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, gate.Silo);
        try
        {
            await call();
        }
        finally
        {
            RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        }
    }

    /// <summary>How many activations of a kind each silo has.</summary>
    public static async Task<IReadOnlyDictionary<SiloAddress, int>> Count(IGrainFactory grains, string kind)
    {
        var statistics = await grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics();
        return statistics.Where(one => one.GrainType.Contains(kind, StringComparison.Ordinal)).GroupBy(one => one.SiloAddress).ToDictionary(group => group.Key, group => group.Sum(one => one.ActivationCount));
    }

    public bool Audit()
    {
        using var view = _host.Log.OpenReadView();
        var audit = LedgerAudit.Run(view);
        if (!audit.IsClean) Console.WriteLine($"audit at block {audit.Block}: NOT CLEAN");
        return audit.IsClean;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

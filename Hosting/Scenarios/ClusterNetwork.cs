using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Network;
using Microsoft.Extensions.Logging;

namespace Dtao.Hosting.Scenarios;

/// <summary>Runs a scenario on real actors with the embedded store underneath.</summary>
/// <remarks>The state is read from the store and not from the actors, so what is compared is what is durable.</remarks>
public sealed class ClusterNetwork : IScenarioNetwork
{
    private const int SendsMax = 16;

    private readonly NetworkHostOptions _options;
    private readonly bool _ownsFolder;
    private NetworkHost _host;

    private ClusterNetwork(NetworkHostOptions options, NetworkHost host, bool ownsFolder)
    {
        _options = options;
        _host = host;
        _ownsFolder = ownsFolder;
    }

    public NetworkHost Host => _host;

    /// <summary>Starts a network in a folder of its own, which goes when the network is disposed.</summary>
    /// <param name="silo">Adds to what each silo hosts.</param>
    public static async Task<ClusterNetwork> StartAsync(
        GenesisState genesis, int silos = 1, Action<ILoggingBuilder>? logging = null, Action<ISiloBuilder>? silo = null)
    {
        var folder = Directory.CreateTempSubdirectory("dtao-scenario-").FullName;
        var options = new NetworkHostOptions
        {
            DatabasePath = Path.Combine(folder, "ledger.db"),
            Genesis = NetworkGenesis.Of(genesis),
            Silos = silos,
            DrivesBlocks = false,
            Logging = logging,
            Silo = silo,
        };
        return new ClusterNetwork(options, await NetworkHost.StartAsync(options), ownsFolder: true);
    }

    /// <summary>Stops every process of the network and starts it again from its file.</summary>
    public async Task RestartAsync()
    {
        await _host.DisposeAsync();
        _host = await NetworkHost.StartAsync(_options with { Genesis = null });
    }

    public async Task<CallOutcome> Execute(AccountId signer, Call call)
    {
        var id = OperationId.Create();
        if (call.Kind is CallKind.Admin or CallKind.DissolveNetwork)
        {
            var set = await Insist(() => _host.Grains.Registry().Administer(id, call));
            return set.Outcome ?? throw new InvalidOperationException($"The setting was not accepted: {set.Code}.");
        }

        var operation = new Operation { Id = id, Signer = signer, Call = call, LastValidBlock = new BlockNumber((await ReadBlock()).Value + 64) };
        var receipt = await Insist(() => _host.Grains.Account(signer).Submit(operation));
        return receipt.Outcome ?? throw new InvalidOperationException($"The operation was not accepted: {receipt.Code}.");
    }

    /// <summary>Sends the same operation again while that may help: a silo that has just started may replace an actor's activation.</summary>
    private static async Task<Receipt> Insist(Func<Task<Receipt>> send)
    {
        for (var tries = 1; ; tries++)
        {
            var receipt = await Ask(send);
            if (!receipt.MayPassOnRetry || tries == SendsMax) return receipt;
            await Task.Delay(Retry.Delay(tries));
        }
    }

    private async Task<BlockNumber> ReadBlock() => (await Ask(() => _host.Grains.Coordinator().GetHead())).Block;

    /// <summary>Asks again where an actor was replaced: its successor answers.</summary>
    private static async Task<T> Ask<T>(Func<Task<T>> ask)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await ask();
            }
            catch (ActorPoisonedException) when (tries < SendsMax)
            {
                await Task.Delay(Retry.Delay(tries));
            }
        }
    }

    public async Task MakeBlocks(ulong count)
    {
        var coordinator = _host.Grains.Coordinator();
        var last = (await ReadBlock()).Value + count;
        for (var failures = 0; (await ReadBlock()).Value < last;)
        {
            try
            {
                await coordinator.CloseBlock();
            }
            catch (ActorPoisonedException) when (++failures < SendsMax)
            {
                // A successor may be making that block, and takes what is asked meanwhile for the next. Whether it was made, the head tells.
                await Ask(async () => await coordinator.WaitForBlockAfter((await coordinator.GetHead()).Block));
            }
        }
    }

    public Task<INetworkState> Read()
    {
        using var view = _host.Log.OpenReadView();
        return Task.FromResult<INetworkState>(new StoredNetworkState(NetworkImage.Read(view)));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        if (_ownsFolder) Directory.Delete(Path.GetDirectoryName(_options.DatabasePath)!, recursive: true);
    }
}

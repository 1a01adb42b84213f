using Dtao.Economics;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Dtao.Grains.Subnets;

/// <inheritdoc cref="IMetagraphGrain"/>
/// <remarks>Placed where it is first asked, which is with its pool. Reentrant: an epoch is one synchronous step over buffers that it alone uses.</remarks>
[Reentrant, PreferLocalPlacement]
public sealed partial class MetagraphGrain(NetworkContext network, ILogger<MetagraphGrain> logger) : Grain, IMetagraphGrain
{
    private readonly EpochWorkspace _workspace = new();
    private MetagraphState? _seen;

    public Task<EpochFindings> RunEpoch(EpochQuestion question)
    {
        var findings = EpochFindings.Of(question.Mechanisms, question.Emission, _workspace);
        LogRan(question.Netuid.Value, question.Block.Value, findings.Neurons.Length);
        return Task.FromResult(findings);
    }

    public async Task<MetagraphState> GetMetagraph()
    {
        var pool = GrainFactory.Pool(this.GetPrimaryKeyLong());
        return _seen = await pool.GetMetagraph(_seen?.Block, _seen?.Order ?? 0) ?? _seen!;
    }

    public async Task<NeuronPage> GetNeurons(int fromUid, int countMax)
    {
        var state = await GetMetagraph();
        var page = MetagraphViews.NeuronsOf(state, fromUid, countMax);
        var hotkeys = Array.ConvertAll(page.Rows, row => row.Hotkey);
        var own = GrainFactory.SubnetViews(this.GetPrimaryKeyLong()).GetStakes(hotkeys);
        var root = await GrainFactory.SubnetViews(NetUid.Root.Value).GetStakes(hotkeys);
        return MetagraphViews.WithStakes(page, await own, root);
    }

    public async Task<HotkeyFamily> GetFamily(AccountId hotkey)
    {
        // A childkey's take has a minimum, which is the pool's and the network's.
        var view = await GrainFactory.Pool(this.GetPrimaryKeyLong()).GetView();
        return MetagraphViews.FamilyOf(await GetMetagraph(), view.Books, network.Parameters ?? NetworkParameters.Default, hotkey);
    }

    [LoggerMessage(321, LogLevel.Debug, "Subnet {Netuid} ran its epoch of block {Block} over {Neurons} neurons")]
    private partial void LogRan(ushort netuid, ulong block, int neurons);
}

using Dtao.Economics.Epochs;
using Dtao.Grains.Subnets;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>The protocol of <see cref="MetagraphGrain"/>, restated: an answer that follows from the question alone. It may die while it computes.</summary>
internal sealed class SimMetagraph(World world, ActorRecord record) : SimActor(world, record)
{
    private readonly EpochWorkspace _workspace = new();

    public override bool IsCurrent => true;

    public async Task<EpochFindings> RunEpoch(EpochQuestion question)
    {
        await World.Schedule.Yield(this, "runs Yuma");
        return EpochFindings.Of(question.Mechanisms, question.Emission, _workspace);
    }
}

using Dtao.Grains.Shell;

namespace Dtao.Hosting.Cluster;

/// <summary>Tells actors that the runtime has begun to end them: because the silo stops, because a pool moves, or because a silo died that knew where they are.</summary>
/// <remarks>Otherwise they would hear of it only when none of their requests runs any more, and those may wait for an actor that waits for them.</remarks>
internal sealed class EndingActivations : IActivationWorkingSetObserver
{
    public void OnDeactivating(IActivationWorkingSetMember member)
    {
        if (member is IGrainContext { GrainInstance: IEndingActor actor }) actor.BeginToEnd();
    }
}

using Dtao.Grains.Blocks;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Storage;

namespace Dtao.Hosting.Network;

/// <summary>Finds the actors that had something in flight when the process ended, and wakes them.</summary>
/// <remarks>An account that was idle is not activated: only those with events after their last snapshot are looked at.</remarks>
internal sealed class Waker(IGrainFactory grains, OrderedLog log)
{
    public async Task WakeAsync()
    {
        await grains.GetGrain<ISubnetRegistryGrain>(0).Wake();
        var network = await grains.GetGrain<ISubnetRegistryGrain>(0).GetNetwork();
        await grains.GetGrain<ILaneGrain>(0).Wake();
        await grains.GetGrain<IBlockCoordinatorGrain>(0).GetHead();
        await Task.WhenAll(network.Subnets.Select(subnet => grains.GetGrain<ISubnetPoolGrain>(subnet.PoolKey).GetSettledBelow()));
        var accounts = AccountsInFlight();
        await Task.WhenAll(accounts.Select(account => grains.GetGrain<IStakerAccountGrain>(account).Wake()));
    }

    private List<string> AccountsInFlight()
    {
        using var view = log.OpenReadView();
        var found = new List<string>();
        foreach (var actor in view.ScanActors(ActorKeys.AccountPrefix))
        {
            if (actor.Version == 0 || view.ReadImage(actor.ActorKey) is not { } image) continue;
            var state = AccountModel.Instance.Restore(new ActorImage(image.SnapshotVersion, image.Snapshot, image.Events));
            if (state.InFlight.Count > 0 || state.DustOutbox.Count > 0) found.Add(actor.ActorKey[ActorKeys.AccountPrefix.Length..]);
        }

        return found;
    }
}

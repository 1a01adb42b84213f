using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Storage;
using Microsoft.Extensions.Logging;

namespace Dtao.Hosting.Network;

/// <summary>Finds the actors that had something in flight when the process ended, and wakes them.</summary>
/// <remarks>
/// An account that was idle is not activated: the log names those of which it does not know that they have finished, and only these are looked at.
/// An actor that does not answer is asked again until it does, and lets nobody else wait.
/// </remarks>
internal sealed partial class Waker(IGrainFactory grains, OrderedLog log, ILogger<Waker> logger)
{
    public async Task WakeAsync(CancellationToken ending)
    {
        var registry = grains.Registry();
        await Insist(ActorKeys.Registry, registry.Wake, ending);
        NetworkView? network = null;
        await Insist(ActorKeys.Registry, async () => network = await registry.GetNetwork(), ending);
        await Task.WhenAll([
            Insist(ActorKeys.Lane, grains.Lane().Wake, ending),
            Insist(ActorKeys.Coordinator, grains.Coordinator().GetHead, ending),
            .. network!.Subnets.Select(subnet =>
                Insist(ActorKeys.Pool(subnet.PoolKey), grains.Pool(subnet.PoolKey).GetSettledBelow, ending)),
            .. AccountsInFlight().Select(account => Insist(account, grains.GetGrain<IStakerAccountGrain>(account).Wake, ending))]);
    }

    private async Task Insist(string whom, Func<Task> wake, CancellationToken ending)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (attempt > 0) await Task.Delay(Retry.Delay(attempt), ending);
            try
            {
                await wake().WaitAsync(ending);
                return;
            }
            catch (Exception exception) when (!ending.IsCancellationRequested && exception is not OutOfMemoryException)
            {
                LogAsleep(whom, exception.Message);
            }
        }
    }

    private List<string> AccountsInFlight()
    {
        using var view = log.OpenReadView();
        var found = new List<string>();
        foreach (var actorKey in view.ScanUnfinished(ActorKeys.AccountPrefix))
        {
            if (view.ReadImage(actorKey) is not { } image) continue;
            var state = AccountModel.Instance.Restore(new ActorImage(image.SnapshotVersion, image.Snapshot, image.Events));
            if (state.HasUnfinished) found.Add(actorKey[ActorKeys.AccountPrefix.Length..]);
        }

        return found;
    }

    [LoggerMessage(711, LogLevel.Warning, "{Actor} does not wake and is asked again: {Reason}")]
    private partial void LogAsleep(string actor, string reason);
}

using Dtao.Grains.Shell;

namespace Dtao.Grains.Registry;

/// <summary>Reads of the registry by actors that cannot go on without it.</summary>
internal static class RegistryReads
{
    private const int TriesMax = 5;

    /// <summary>What the network is. A registry that was just replaced says so once; its successor answers.</summary>
    public static async Task<NetworkView> ReadNetwork(this IGrainFactory actors)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await actors.Registry().GetNetwork();
            }
            catch (ActorPoisonedException) when (tries < TriesMax)
            {
                await Task.Delay(Retry.Delay(tries));
            }
        }
    }
}

using Dtao.Economics;
using Dtao.Economics.Model;
using Dtao.Hosting.Audit;
using Dtao.Storage;

namespace Dtao.Hosting.Preview;

/// <summary>The sequential model of a stored network: goes on where the network stands, without it.</summary>
public static class StoredModel
{
    private const int ReadsMax = 50;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Reads a network from its file between two blocks, whether or not a process writes it.</summary>
    /// <returns>Null when a block was under way at every look: of a network that runs, because it closes blocks without a pause; of one at rest, because it died in one.</returns>
    /// <exception cref="StoreException">The file cannot be used; the code says why.</exception>
    public static async Task<NetworkImage?> ReadBetweenBlocks(string path, CancellationToken cancellationToken = default)
    {
        for (var reads = 1; ; reads++)
        {
            using (var view = JournalReadView.OpenFile(path))
            {
                var image = NetworkImage.Read(view);
                if (IsBetweenBlocks(image)) return image;
            }

            if (reads >= ReadsMax) return null;
            await Task.Delay(s_pause, cancellationToken);
        }
    }

    /// <summary>Whether no block is under way: every subnet has applied the last one, and nobody has been told of the next.</summary>
    public static bool IsBetweenBlocks(NetworkImage image) => image.Coordinator.UnderWay is null
        && image.Pools.Values.All(pool => pool.Books is null || pool.LastBlock == image.Coordinator.Block);

    /// <summary>The model of a network between two blocks. Operations that nobody has decided are not in it.</summary>
    public static SequentialNetwork Of(NetworkImage image)
    {
        if (!IsBetweenBlocks(image)) throw new ArgumentException($"The block after {image.Coordinator.Block} is under way.", nameof(image));
        var root = image.Pools.GetValueOrDefault(NetUid.Root);
        var coldkeys = image.Accounts.Keys.Union(root?.Shares.Keys.Select(key => key.Coldkey) ?? []);
        return new SequentialNetwork(new StoredNetworkState(image), new NetworkOrders(
            [.. coldkeys.Select(coldkey => (coldkey, Hotkeys(coldkey)))], root?.Claims.Index ?? [],
            [.. image.Pools.Where(entry => entry.Value.Remains is not null).Select(entry => (entry.Key, entry.Value.Remains!))]));

        // As the lane puts them together.
        IReadOnlyList<AccountId> Hotkeys(AccountId coldkey) =>
            [.. (image.Accounts.GetValueOrDefault(coldkey)?.StakingHotkeys ?? []).Union(root?.RootHotkeysOf(coldkey) ?? [])];
    }
}

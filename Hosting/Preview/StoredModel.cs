using Dtao.Economics;
using Dtao.Economics.Model;
using Dtao.Hosting.Audit;
using Dtao.Storage;

namespace Dtao.Hosting.Preview;

/// <summary>The sequential model of a stored network: goes on where the network stands, without it.</summary>
public static class StoredModel
{
    private const int ReadsMax = 50;
    private const int StillLooksMax = 10;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Reads a network from its file between two blocks, whether or not a process writes it.</summary>
    /// <remarks>
    /// The file is checked when it is opened first, and read anew only when something has been written since. Where nothing is for a fifth of a second, nobody
    /// finishes the block.
    /// </remarks>
    /// <exception cref="StoreException">The file cannot be used; the code says why.</exception>
    public static async Task<StoredLook> ReadBetweenBlocks(string path, CancellationToken cancellationToken = default)
    {
        var position = -1L;
        for (int reads = 0, still = 0; ; await Task.Delay(s_pause, cancellationToken))
        {
            using var view = JournalReadView.OpenFile(path, isChecked: reads == 0);
            if (view.Position == position)
            {
                if (++still >= StillLooksMax) return new StoredLook(null, IsAtRest: true, reads);
                continue;
            }

            (position, still) = (view.Position, 0);
            var image = NetworkImage.Read(view);
            reads++;
            if (IsBetweenBlocks(image)) return new StoredLook(image, IsAtRest: false, reads);
            if (reads >= ReadsMax) return new StoredLook(null, IsAtRest: false, reads);
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

/// <summary>What was found in a network's file.</summary>
/// <param name="Image">Null when a block was under way: in a network that runs, because it closes blocks without a pause; in one at rest, because it died in one.</param>
/// <param name="IsAtRest">Whether a block was under way and nobody wrote.</param>
/// <param name="Reads">How often the network was read.</param>
public sealed record StoredLook(NetworkImage? Image, bool IsAtRest, int Reads);

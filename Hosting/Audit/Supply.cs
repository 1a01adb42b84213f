using Dtao.Economics;
using Dtao.Grains.Shell;

namespace Dtao.Hosting.Audit;

/// <summary>How much TAO there has to be, by the counts of those who make and destroy it.</summary>
/// <param name="Genesis">In existence at block 0.</param>
/// <param name="Emitted">Minted by blocks and taken by subnets, the block under way included as far as it has come.</param>
/// <param name="Destroyed">Dust destroyed by staking calls.</param>
/// <param name="PlainDust">Dust destroyed by plain transfers; the staking ledger's counter keeps it.</param>
public sealed record Supply(Tao Genesis, Tao Emitted, Tao Destroyed, Tao PlainDust)
{
    /// <summary>All TAO as the staking ledger counts it.</summary>
    public Tao TotalIssuance => Genesis + Emitted - Destroyed;

    /// <summary>All TAO that somebody holds.</summary>
    public Tao BalancesIssuance => TotalIssuance - PlainDust;

    public static Supply Of(NetworkImage image)
    {
        var emitted = image.Coordinator.Minted - image.Coordinator.Recycled;
        var destroyed = Tao.Zero;
        foreach (var pool in image.Pools.Values)
        {
            destroyed += pool.Destroyed;
            if (pool.Books is not null && pool.LastBlock > image.Coordinator.Block) emitted += pool.LastConsumed;
        }

        var plainDust = image.Accounts.TryGetValue(SystemSenders.Dust, out var dust) ? dust.Free : Tao.Zero;
        foreach (var account in image.Accounts.Values)
        {
            foreach (var (sequence, amount) in account.DustOutbox)
            {
                if (!image.IsCredited(SystemSenders.Dust, account.Id, sequence)) plainDust += amount;
            }
        }

        return new Supply(image.Registry.GenesisIssuance, emitted, destroyed, plainDust);
    }
}

using Dtao.Economics;
using Dtao.Grains.Shell;

namespace Dtao.Hosting.Audit;

/// <summary>How much TAO there has to be, by the counts of those who make and destroy it.</summary>
/// <param name="Genesis">In existence at block 0.</param>
/// <param name="Emitted">Minted by blocks and taken by subnets, the block under way included as far as it has come.</param>
/// <param name="Destroyed">Dust destroyed by staking calls.</param>
/// <param name="PlainDust">Dust destroyed by plain transfers, and transaction fees that nobody got; the staking ledger's counter keeps it.</param>
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

        return new Supply(image.Registry.GenesisIssuance, emitted, destroyed, PlainDustOf(image));
    }

    /// <summary>What the account that counts it has, and what is on its way there.</summary>
    private static Tao PlainDustOf(NetworkImage image)
    {
        var dust = image.Accounts.TryGetValue(SystemSenders.Dust, out var counted) ? counted.Free : Tao.Zero;
        foreach (var account in image.Accounts.Values)
        {
            foreach (var (sequence, amount) in account.DustOutbox) Count(account.Id, sequence, amount);
        }

        foreach (var (netuid, pool) in image.Pools)
        {
            dust += pool.Owed.GetValueOrDefault(SystemSenders.Dust);
            foreach (var (sequence, outgoing) in pool.Outbox)
            {
                if (outgoing.To == SystemSenders.Dust) Count(AccountId.OfSubnet(netuid), sequence, outgoing.Amount);
            }
        }

        foreach (var credit in image.Lane.Undelivered?.Credits ?? [])
        {
            if (credit.To == SystemSenders.Dust) Count(SystemSenders.Lane, credit.Sequence, credit.Amount);
        }

        return dust;

        void Count(AccountId sender, ulong sequence, Tao amount)
        {
            if (!image.IsCredited(SystemSenders.Dust, sender, sequence)) dust += amount;
        }
    }
}

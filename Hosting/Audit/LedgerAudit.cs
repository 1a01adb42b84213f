using System.Globalization;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.Storage;
using PoolState = Dtao.Grains.Subnets.PoolState;

namespace Dtao.Hosting.Audit;

/// <summary>One named place and what is booked there, in rao.</summary>
public sealed record AuditBucket(string Name, Int128 Amount);

/// <summary>One column of the books: everything of one token, against what there has to be.</summary>
/// <param name="Difference">Buckets minus expectation; 0 when nothing was lost or made.</param>
public sealed record AuditColumn(string Token, IReadOnlyList<AuditBucket> Buckets, Int128 Expected, Int128 Difference);

/// <summary>The whole books at one instant.</summary>
/// <param name="Faults">Whatever is off besides the columns' differences; empty when the books are clean.</param>
public sealed record AuditReport(
    BlockNumber Block, Supply Supply, IReadOnlyList<AuditColumn> Columns, int Accounts, int Positions, ChainReport? Chains, IReadOnlyList<string> Faults)
{
    public bool IsClean => Faults.Count == 0 && Columns.All(column => column.Difference == 0) && Chains is null or { IsClean: true };
}

/// <summary>Adds up every amount of a ledger by the place where it is booked.</summary>
public static class LedgerAudit
{
    /// <summary>Audits what a read view shows: a stopped file, or a running network at one instant.</summary>
    /// <param name="verifiesChains">Whether every journal's digest chain is computed again from its stored bytes.</param>
    public static AuditReport Run(JournalReadView view, bool verifiesChains = true) => Run(view, NetworkImage.Read(view), verifiesChains);

    /// <summary>Audits what a read view shows.</summary>
    /// <param name="image">The same view's, read already.</param>
    /// <param name="verifiesChains">Whether every journal's digest chain is computed again from its stored bytes.</param>
    public static AuditReport Run(JournalReadView view, NetworkImage image, bool verifiesChains = true)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(image);
        var genesis = new Dictionary<NetUid, PoolState>();
        foreach (var netuid in image.Pools.Keys)
        {
            if (GenesisOf(view, netuid) is { } pool) genesis.Add(netuid, pool);
        }

        return Run(image, genesis, verifiesChains ? view.VerifyChains() : null);
    }

    /// <summary>Audits the states of a network's actors.</summary>
    /// <param name="genesis">What the pools began with; one that is missing began with nothing.</param>
    public static AuditReport Run(NetworkImage image, IReadOnlyDictionary<NetUid, PoolState> genesis, ChainReport? chains)
    {
        var faults = new List<string>();
        var supply = Supply.Of(image);
        var columns = new List<AuditColumn> { TaoColumn(image, supply) };
        var hasRetired = image.Pools.Values.Any(pool => pool.Remains is not null);
        foreach (var (netuid, pool) in image.Pools.OrderBy(entry => entry.Key))
        {
            if (pool.Books is not { } books) continue;
            var first = pool.Founding is { } founding ? new PoolState { Books = founding } : genesis.GetValueOrDefault(netuid);
            columns.Add(AlphaColumn(books, pool, first?.Books ?? new SubnetBooks { Netuid = netuid, Mechanism = books.Mechanism }));
            PoolChecks.Check(netuid, pool, first, image.Registry.Parameters, hasRetired, faults);
        }

        CheckAccounts(image, faults);
        return new AuditReport(
            image.Coordinator.Block, supply, columns, image.Accounts.Count, image.Pools.Values.Sum(pool => pool.Shares.Count), chains, faults);
    }

    /// <summary>Root dividends that epochs of the block under way have sold, and root, which is told last, has not been told of.</summary>
    private static Int128 ToRoot(NetworkImage image)
    {
        if (!image.Pools.TryGetValue(NetUid.Root, out var root)) return 0;
        Int128 sum = 0;
        foreach (var pool in image.Pools.Values)
        {
            if (pool.LastBlock <= root.LastBlock) continue;
            foreach (var accrual in pool.LastAccruals) sum += accrual.Pay is { } pay ? (Int128)pay.Take.Rao + pay.Rest.Rao : 0;
        }

        return sum;
    }

    private static AuditColumn TaoColumn(NetworkImage image, Supply supply)
    {
        Int128 free = 0, held = 0, settling = 0, onTheWay = 0, reserves = 0, stray = 0, unclaimed = 0, owed = 0;
        foreach (var (id, account) in image.Accounts)
        {
            if (id == SystemSenders.Dust) continue;
            free += (Int128)account.Free.Rao - account.Held.Rao;
            held += account.Held.Rao;
            foreach (var operation in account.InFlight.Values) settling += image.ChangeOf(account, operation) ?? 0;
            foreach (var (sequence, fee) in account.FeeOutbox)
            {
                if (!image.IsCredited(fee.To, id, sequence)) onTheWay += fee.Amount.Rao;
            }
        }

        foreach (var (netuid, pool) in image.Pools)
        {
            unclaimed += pool.UnclaimedTao.Rao;
            foreach (var (account, amount) in pool.Owed) owed += account == SystemSenders.Dust ? 0 : amount.Rao;
            foreach (var (sequence, outgoing) in pool.Outbox)
            {
                if (outgoing.To != SystemSenders.Dust && !image.IsCredited(outgoing.To, AccountId.OfSubnet(netuid), sequence)) onTheWay += outgoing.Amount.Rao;
            }

            if (pool.Books is not { } books) continue;
            reserves += books.TaoReserve.Rao;
            stray += (Int128)books.AccountTao.Rao - books.TaoReserve.Rao;
        }

        if (image.Lane.Undelivered is { } batch)
        {
            foreach (var credit in batch.Credits)
            {
                if (credit.To != SystemSenders.Dust && !image.IsCredited(credit.To, SystemSenders.Lane, credit.Sequence)) onTheWay += credit.Amount.Rao;
            }
        }

        AuditBucket[] buckets =
        [
            new("free", free),
            new("held for operations in flight", held),
            new("decided, not yet settled by the account", settling),
            new("pool reserves", reserves),
            new("stray on subnet accounts", stray),
            new("on accounts of subnets that do not exist", unclaimed),
            new("fees owed by pools", owed),
            new("on the way to accounts", onTheWay),
            new("on the way to root", ToRoot(image)),
        ];
        return Column("TAO", buckets, supply.BalancesIssuance.Rao);
    }

    /// <remarks>
    /// Source: scenarios, "Where everything is". Where alpha stands one to one for TAO, the reserve backs nothing and stands on both sides;
    /// <see cref="PoolChecks"/> holds it between its bounds.
    /// </remarks>
    private static AuditColumn AlphaColumn(SubnetBooks books, PoolState pool, SubnetBooks genesis)
    {
        Int128 staked = 0;
        foreach (var hotkey in pool.HotkeyPools.Values) staked += hotkey.Value.Rao;
        AuditBucket[] holders =
        [
            new("staked", staked),
            new("pending server", books.PendingServer.Rao),
            new("pending validator", books.PendingValidator.Rao),
            new("pending root", books.PendingRoot.Rao),
            new("pending owner cut", books.PendingOwnerCut.Rao),
            new("protocol", books.ProtocolAlpha.Rao),
            new("burned", books.BurnedAlpha.Rao),
            new("root dividends unclaimed", books.RootUnclaimed.Rao),
        ];
        var token = books.IsRoot ? "root" : string.Create(CultureInfo.InvariantCulture, $"alpha {books.Netuid}");
        var unowned = new AuditBucket("unowned", (Int128)books.AlphaOutstanding.Rao - PoolChecks.Placed(pool));
        AuditBucket[] buckets = [new("pool reserve", books.AlphaReserve.Rao), .. holders, unowned];
        if (PoolChecks.IsOneToOne(books, genesis)) return Column(token, buckets, PoolChecks.OutstandingOneToOne(books, genesis) + books.AlphaReserve.Rao);
        Int128 expected = (Int128)genesis.AlphaReserve.Rao + genesis.AlphaOutstanding.Rao + books.MintedAlpha.Rao - books.RecycledAlpha.Rao;
        return Column(token, buckets, expected);
    }

    private static AuditColumn Column(string token, AuditBucket[] buckets, Int128 expected)
    {
        Int128 sum = 0;
        foreach (var bucket in buckets) sum += bucket.Amount;
        return new AuditColumn(token, buckets, expected, sum - expected);
    }

    private static void CheckAccounts(NetworkImage image, List<string> faults)
    {
        foreach (var (id, account) in image.Accounts)
        {
            if (account.Held > account.Free) faults.Add($"account {id}: {account.Held} held of {account.Free} free");
            Int128 set = 0;
            foreach (var operation in account.InFlight.Values) set += operation.Hold.Rao;
            if (set != account.Held.Rao) faults.Add($"account {id}: {account.Held} held, and {set} set aside by its operations in flight");
        }
    }

    private static PoolState? GenesisOf(JournalReadView view, NetUid netuid) =>
        view.ReadSnapshot(ActorKeys.Pool(netuid.Value), versionMax: 0) is { } genesis ? PoolModel.Instance.ReadSnapshot(genesis.State.Span) : null;
}

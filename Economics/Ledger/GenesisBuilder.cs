using Dtao.Economics.Pools;

namespace Dtao.Economics.Ledger;

/// <summary>Derives block 0 from a genesis state: shares, outstanding alpha, accounts of subnets, counters.</summary>
/// <remarks>Source: scenarios, "Derived at block 0".</remarks>
public static class GenesisBuilder
{
    public static GenesisNetwork Build(GenesisState genesis)
    {
        var pools = new Ordered<(NetUid, AccountId), HotkeyPool>();
        var shares = new Ordered<PositionKey, SafeFloat>();
        var staked = new Dictionary<NetUid, Alpha>();
        foreach (var (position, amount) in genesis.Stakes)
        {
            var pool = (position.Netuid, position.Hotkey);
            var after = SharePool.UpdateOne(pools.Get(pool), shares.Get(position), unchecked((long)amount.Rao));
            pools.Set(pool, after.Pool);
            shares.Set(position, after.Share);
            staked[position.Netuid] = staked.GetValueOrDefault(position.Netuid) + amount;
        }

        var subnets = genesis.Subnets
            .Select(subnet => Derive(subnet, staked.GetValueOrDefault(subnet.Books.Netuid)))
            .OrderBy(books => books.Netuid, Comparer<NetUid>.Create(NetUid.CompareInStorageOrder))
            .ToArray();
        SetTotalStake(subnets, genesis.TotalStake);
        return new GenesisNetwork(
            genesis.Parameters,
            TotalIssuance(genesis, subnets),
            genesis.Balances,
            genesis.Hotkeys,
            subnets,
            [.. pools.Entries.Select(entry => (entry.Key.Item1, entry.Key.Item2, entry.Value))],
            [.. shares.Entries])
        {
            Metagraphs = [.. genesis.Subnets.Where(subnet => subnet.Neurons.Count > 0 || subnet.Lease is not null).Select(subnet =>
                KeyValuePair.Create(subnet.Books.Netuid, Metagraph.Empty with { Neurons = [.. subnet.Neurons], Lease = subnet.Lease }))],
            ClaimIndex = [.. genesis.Stakes.Where(stake => stake.Position.Netuid.IsRoot).Select(stake => stake.Position.Coldkey).Distinct()],
            StakingHotkeys =
            [
                .. genesis.Hotkeys.Select(hotkey => (hotkey.Record.Owner, hotkey.Hotkey))
                    .Concat(genesis.Stakes.Select(stake => (stake.Position.Coldkey, stake.Position.Hotkey))).Distinct(),
            ],
        };
    }

    private static SubnetBooks Derive(GenesisSubnet subnet, Alpha staked)
    {
        var books = subnet.Books.Copy();
        books.AlphaOutstanding = subnet.AlphaOutstanding ?? staked;
        if (books.IsRoot)
        {
            books.TaoReserve = new Tao(staked.Rao);
            books.AlphaOutstanding = staked;
            books.AlphaReserve = Alpha.Zero;
        }

        books.AccountTao = books.TaoReserve + subnet.AccountSurplus;
        books.TotalStake = books.TaoReserve.Rao;
        return books;
    }

    /// <summary>The counter is kept per subnet; what a document says beyond the sum of the reserves is root's part.</summary>
    private static void SetTotalStake(SubnetBooks[] subnets, Tao? given)
    {
        if (given is not { } total || subnets.Length == 0) return;
        Int128 sum = 0;
        foreach (var books in subnets) sum += books.TotalStake;
        var carrier = Array.Find(subnets, books => books.IsRoot) ?? subnets[0];
        carrier.TotalStake += total.Rao - sum;
    }

    private static Tao TotalIssuance(GenesisState genesis, SubnetBooks[] subnets)
    {
        var sum = Tao.Zero;
        foreach (var (_, free) in genesis.Balances) sum += free;
        foreach (var books in subnets) sum += books.AccountTao;
        return sum;
    }

    /// <summary>A map that remembers in which order its keys came.</summary>
    private sealed class Ordered<TKey, TValue>
        where TKey : notnull
        where TValue : struct
    {
        private readonly Dictionary<TKey, int> _places = [];
        private readonly List<(TKey Key, TValue Value)> _entries = [];

        public IReadOnlyList<(TKey Key, TValue Value)> Entries => _entries;

        public TValue Get(TKey key) => _places.TryGetValue(key, out var place) ? _entries[place].Value : default;

        public void Set(TKey key, TValue value)
        {
            if (_places.TryGetValue(key, out var place))
            {
                _entries[place] = (key, value);
                return;
            }

            _places.Add(key, _entries.Count);
            _entries.Add((key, value));
        }
    }
}

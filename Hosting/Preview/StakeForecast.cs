using Dtao.Economics;
using Dtao.Economics.Claims;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Pools;

namespace Dtao.Hosting.Preview;

/// <summary>Stake that is bought before the forecast begins.</summary>
public sealed record StakeToAdd(AccountId Hotkey, NetUid Netuid, Tao Amount);

/// <summary>What came of <see cref="StakeToAdd"/>: the call's own outcome, on the copy.</summary>
/// <param name="Error">Why the ledger would refuse it; then nothing is forecast.</param>
/// <param name="Bought">Alpha that the swap gave (on root: TAO staked).</param>
/// <param name="FeeRao">Of TAO.</param>
public sealed record AddedStake(StakeToAdd Asked, LedgerError Error, Alpha Bought, ulong FeeRao);

/// <summary>One position before and after. Prices are raw U64F64; values are at the spot price, which a sale would lower.</summary>
public sealed record PositionForecast(
    NetUid Netuid, AccountId Hotkey, Alpha Before, Alpha After, UInt128 PriceBefore, UInt128 PriceAfter)
{
    public Tao ValueBefore => new(Client.AmountText.ValueRao(Before.Rao, PriceBefore));

    public Tao ValueAfter => new(Client.AmountText.ValueRao(After.Rao, PriceAfter));
}

/// <summary>What one subnet owes a coldkey for one root position, before and after.</summary>
public sealed record OwedForecast(NetUid Netuid, AccountId Hotkey, Alpha Before, Alpha After);

/// <summary>What a claim of everything would pay by the coldkey's own choice.</summary>
/// <param name="RootStake">TAO that would be staked on root, after the sale through the pools.</param>
/// <param name="Kept">Alpha that would be kept, at the spot price, in TAO.</param>
public sealed record ClaimForecast(Tao RootStake, Tao Kept)
{
    public Tao Value => RootStake.AddSaturating(Kept);
}

/// <summary>What a coldkey's stake would come to at an unchanged market: the rules' own blocks, with nobody trading, on a copy of the network.</summary>
/// <param name="From">The block that the copy was taken at.</param>
/// <param name="Positions">Ascending by subnet and hotkey.</param>
/// <param name="Owed">Ascending by subnet and hotkey; root dividends that are not claimed.</param>
/// <param name="GuessesPicks">Whether blocks claim for coldkeys that the network picks by hashes not known yet; the forecast picks others.</param>
public sealed record StakeForecast(
    AccountId Coldkey, BlockNumber From, ulong Blocks, AddedStake? Added, Tao FreeBefore, Tao FreeAfter, IReadOnlyList<PositionForecast> Positions,
    IReadOnlyList<OwedForecast> Owed, ClaimForecast ClaimBefore, ClaimForecast ClaimAfter, bool GuessesPicks)
{
    public Tao ValueBefore => Sum(Positions.Select(position => position.ValueBefore)).AddSaturating(ClaimBefore.Value);

    public Tao ValueAfter => Sum(Positions.Select(position => position.ValueAfter)).AddSaturating(ClaimAfter.Value);

    /// <summary>Changes the network: it has to be a copy.</summary>
    public static StakeForecast Run(SequentialNetwork network, AccountId coldkey, ulong blocks, StakeToAdd? add, bool picksByNumber, CancellationToken cancellationToken = default)
    {
        AddedStake? added = null;
        if (add is not null)
        {
            var outcome = network.Execute(coldkey, new Call { Kind = CallKind.AddStake, Hotkey = add.Hotkey, Netuid = add.Netuid, Amount = add.Amount.Rao });
            added = new AddedStake(add, outcome.Error, Sum(outcome.Moves.Select(move => move.Alpha)), Sum(outcome.Moves.Select(move => new Tao(move.Fee))).Rao);
        }

        var before = Snapshot.Of(network, coldkey);
        var from = network.Block;
        if (added is not { Error: not LedgerError.None })
        {
            for (ulong made = 0; made < blocks; made++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                network.MakeBlock();
            }
        }

        var after = Snapshot.Of(network, coldkey);
        var positions = from key in before.Positions.Keys.Union(after.Positions.Keys)
                        orderby key.Netuid, key.Hotkey
                        let netuid = key.Netuid
                        select new PositionForecast(
                            netuid, key.Hotkey, before.Positions.GetValueOrDefault(key), after.Positions.GetValueOrDefault(key),
                            before.Prices.GetValueOrDefault(netuid), after.Prices.GetValueOrDefault(netuid));
        var owed = from key in before.Owed.Keys.Union(after.Owed.Keys)
                   orderby key.Netuid, key.Hotkey
                   select new OwedForecast(key.Netuid, key.Hotkey, before.Owed.GetValueOrDefault(key), after.Owed.GetValueOrDefault(key));
        return new StakeForecast(
            coldkey, from, network.Block.Value - from.Value, added, before.Free, after.Free, [.. positions], [.. owed], before.Claim, after.Claim,
            network.Parameters.NumRootClaim > 0 && !picksByNumber);
    }

    private static Tao Sum(IEnumerable<Tao> amounts) => amounts.Aggregate(Tao.Zero, (sum, amount) => sum.AddSaturating(amount));

    private static Alpha Sum(IEnumerable<Alpha> amounts) => amounts.Aggregate(Alpha.Zero, (sum, amount) => sum.AddSaturating(amount));

    /// <summary>One coldkey at one instant.</summary>
    private sealed record Snapshot(
        Tao Free, IReadOnlyDictionary<PositionKey, Alpha> Positions, IReadOnlyDictionary<PositionKey, Alpha> Owed,
        IReadOnlyDictionary<NetUid, UInt128> Prices, ClaimForecast Claim)
    {
        public static Snapshot Of(SequentialNetwork network, AccountId coldkey)
        {
            var state = (INetworkState)network;
            var prices = state.Subnets.ToDictionary(books => books.Netuid, books => PoolState.Of(books).Price.Bits);
            var positions = state.Shares.Where(entry => entry.Position.Coldkey == coldkey)
                .ToDictionary(entry => entry.Position, entry => ValueOf(network, entry.Position));
            var owed = new Dictionary<PositionKey, Alpha>();
            foreach (var hotkey in network.StakingHotkeys(coldkey))
            {
                foreach (var netuid in network.GetClaimRates(hotkey).BySubnet.Keys)
                {
                    var key = new PositionKey(netuid, hotkey, coldkey);
                    if (OwedDividends.Whole(network, key) is { IsZero: false } alpha) owed.Add(key, alpha);
                }
            }

            return new Snapshot(network.GetFree(coldkey), positions, owed, prices, ClaimAll(network, coldkey, positions, owed.Keys, prices));
        }

        /// <summary>Claims everything on a draft that is thrown away.</summary>
        private static ClaimForecast ClaimAll(
            SequentialNetwork network, AccountId coldkey, Dictionary<PositionKey, Alpha> positions, IEnumerable<PositionKey> owed, Dictionary<NetUid, UInt128> prices)
        {
            var draft = new LedgerScope(network);
            if (AutoClaims.Run(draft, coldkey) != LedgerError.None) return new ClaimForecast(Tao.Zero, Tao.Zero);
            var (root, kept) = (Tao.Zero, Tao.Zero);
            foreach (var key in owed.Concat(owed.Select(key => key with { Netuid = NetUid.Root })).Distinct())
            {
                var gained = ValueOf(draft, key).SubtractSaturating(positions.GetValueOrDefault(key));
                if (key.Netuid.IsRoot) root = root.AddSaturating(new Tao(gained.Rao));
                else kept = kept.AddSaturating(new Tao(Client.AmountText.ValueRao(gained.Rao, prices.GetValueOrDefault(key.Netuid))));
            }

            return new ClaimForecast(root, kept);
        }

        private static Alpha ValueOf(ILedgerSource source, PositionKey key) =>
            SharePool.Value(source.GetHotkeyPool(key.Netuid, key.Hotkey), source.GetShare(key));
    }
}

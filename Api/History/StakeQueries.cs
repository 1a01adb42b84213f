using System.Data.Common;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;

namespace Dtao.Api.History;

/// <summary>One coldkey's stake on one hotkey of one subnet.</summary>
/// <param name="Balance">What the share is worth in alpha (on root in TAO), by the ledger's own arithmetic.</param>
/// <param name="Value">That at the spot price, in TAO.</param>
internal sealed record StakeAt(PositionKey Key, Alpha Balance, Tao Value);

/// <summary>Questions about stakes, now and before. A stake is value x share / sum of shares; all three are kept with every change.</summary>
internal sealed class StakeQueries(ReadView view, CancellationToken cancellationToken)
{
    /// <summary>Positions of one coldkey that are looked at, at most.</summary>
    public const int PositionsMax = 10_000;

    private readonly Dictionary<NetUid, UInt128> _prices = [];

    /// <summary>What the coldkey has now, in no order; on one subnet, or one hotkey, alone where that is given.</summary>
    public async Task<List<StakeAt>> OfColdkeyAsync(AccountId coldkey, NetUid? netuid, AccountId? hotkey)
    {
        var rows = await view.QueryAsync(
            $"""
            SELECT shares_now.netuid, shares_now.hotkey, shares_now.share, hotkey_pools_now.value, hotkey_pools_now.denominator
            FROM shares_now JOIN hotkey_pools_now ON hotkey_pools_now.netuid = shares_now.netuid AND hotkey_pools_now.hotkey = shares_now.hotkey
            WHERE shares_now.coldkey = @coldkey{(netuid is null ? string.Empty : " AND shares_now.netuid = @netuid")}{(hotkey is null ? string.Empty : " AND shares_now.hotkey = @hotkey")}
            AND shares_now.share > @zero
            ORDER BY shares_now.netuid, shares_now.hotkey LIMIT {PositionsMax}
            """,
            row => (Key: new PositionKey(new NetUid((ushort)row.GetInt64(0)), Cells.Account((byte[])row.GetValue(1)), coldkey), Balance: ValueOf(row, 3, (byte[])row.GetValue(2))),
            cancellationToken,
            [("@coldkey", Cells.Of(coldkey)), ("@zero", Cells.Of(SafeFloat.Zero)), .. Given("@netuid", netuid is { } n ? Cells.Of(n) : null), .. Given("@hotkey", hotkey is { } h ? Cells.Of(h) : null)])
            .ConfigureAwait(false);
        var stakes = new List<StakeAt>();
        foreach (var (key, balance) in rows)
        {
            if (!balance.IsZero) stakes.Add(await PricedAsync(key, balance).ConfigureAwait(false));
        }

        return stakes;
    }

    /// <summary>The largest stakes on one hotkey of one subnet, or the smallest; those of a hotkey are ordered as their shares are.</summary>
    public async Task<List<StakeAt>> OfHotkeyAsync(NetUid netuid, AccountId hotkey, bool isAscending, int skipped, int countMax)
    {
        var pools = await view.QueryAsync(
            "SELECT value, denominator FROM hotkey_pools_now WHERE netuid = @netuid AND hotkey = @hotkey", row => PoolOf(row, 0), cancellationToken,
            ("@netuid", Cells.Of(netuid)), ("@hotkey", Cells.Of(hotkey))).ConfigureAwait(false);
        if (pools.Count == 0) return [];
        var direction = isAscending ? "ASC" : "DESC";
        var rows = await view.QueryAsync(
            $"""
            SELECT coldkey, share FROM shares_now WHERE netuid = @netuid AND hotkey = @hotkey AND share > @zero
            ORDER BY share {direction}, coldkey {direction} LIMIT @most OFFSET @skipped
            """,
            row => (Coldkey: Cells.Account((byte[])row.GetValue(0)), Balance: SharePool.Value(pools[0], Cells.Share((byte[])row.GetValue(1)))), cancellationToken,
            ("@netuid", Cells.Of(netuid)), ("@hotkey", Cells.Of(hotkey)), ("@zero", Cells.Of(SafeFloat.Zero)), ("@most", (long)countMax), ("@skipped", (long)skipped))
            .ConfigureAwait(false);
        var stakes = new List<StakeAt>();
        foreach (var (coldkey, balance) in rows) stakes.Add(await PricedAsync(new PositionKey(netuid, hotkey, coldkey), balance).ConfigureAwait(false));
        return stakes;
    }

    /// <summary>Share pools with anything in them, of a subnet or of a hotkey.</summary>
    public Task<List<(NetUid Netuid, AccountId Hotkey)>> PoolsAsync(NetUid? netuid, AccountId? hotkey) => view.QueryAsync(
        $"SELECT netuid, hotkey FROM hotkey_pools_now WHERE {(netuid is null ? "hotkey = @hotkey" : "netuid = @netuid")} AND value <> 0 LIMIT {PositionsMax}",
        row => (new NetUid((ushort)row.GetInt64(0)), Cells.Account((byte[])row.GetValue(1))), cancellationToken,
        [.. Given("@netuid", netuid is { } n ? Cells.Of(n) : null), .. Given("@hotkey", netuid is null && hotkey is { } h ? Cells.Of(h) : null)]);

    /// <summary>What a position was worth after a block, and at the price of that block.</summary>
    public async Task<StakeAt> AsOfAsync(PositionKey key, ulong block)
    {
        var share = await view.ScalarAsync(
            """
            SELECT share FROM shares WHERE coldkey = @coldkey AND netuid = @netuid AND hotkey = @hotkey AND block <= @block
            ORDER BY block DESC, event DESC, place DESC LIMIT 1
            """,
            cancellationToken, ("@coldkey", Cells.Of(key.Coldkey)), ("@netuid", Cells.Of(key.Netuid)), ("@hotkey", Cells.Of(key.Hotkey)), ("@block", Cells.Of(block)))
            .ConfigureAwait(false);
        if (share is not byte[] cell || Cells.Share(cell).IsZero) return new(key, Alpha.Zero, Tao.Zero);
        var pools = await view.QueryAsync(
            """
            SELECT value, denominator FROM hotkey_pools WHERE netuid = @netuid AND hotkey = @hotkey AND block <= @block
            ORDER BY block DESC, event DESC, place DESC LIMIT 1
            """,
            row => PoolOf(row, 0), cancellationToken, ("@netuid", Cells.Of(key.Netuid)), ("@hotkey", Cells.Of(key.Hotkey)), ("@block", Cells.Of(block))).ConfigureAwait(false);
        var balance = pools.Count == 0 ? Alpha.Zero : SharePool.Value(pools[0], Cells.Share(cell));
        var price = await PoolQueries.PriceAtAsync(view, key.Netuid, block, cancellationToken).ConfigureAwait(false) ?? UInt128.Zero;
        return new(key, balance, ValueOf(key.Netuid, balance, price));
    }

    /// <summary>What a position was at genesis; null when it was not there.</summary>
    public async Task<Alpha?> AtGenesisAsync(PositionKey key)
    {
        var shares = await view.QueryAsync(
            "SELECT share FROM shares WHERE coldkey = @coldkey AND netuid = @netuid AND hotkey = @hotkey AND block = 0 AND event = 0",
            row => Cells.Share((byte[])row.GetValue(0)), cancellationToken, ("@coldkey", Cells.Of(key.Coldkey)), ("@netuid", Cells.Of(key.Netuid)),
            ("@hotkey", Cells.Of(key.Hotkey))).ConfigureAwait(false);
        if (shares.Count == 0) return null;
        var pools = await view.QueryAsync(
            "SELECT value, denominator FROM hotkey_pools WHERE netuid = @netuid AND hotkey = @hotkey AND block = 0 AND event = 0", row => PoolOf(row, 0), cancellationToken,
            ("@netuid", Cells.Of(key.Netuid)), ("@hotkey", Cells.Of(key.Hotkey))).ConfigureAwait(false);
        return pools.Count == 0 ? null : SharePool.Value(pools[0], shares[0]);
    }

    /// <summary>Every position that a coldkey ever had, and still may have.</summary>
    public Task<List<PositionKey>> EverOfColdkeyAsync(AccountId coldkey, int countMax) => view.QueryAsync(
        "SELECT netuid, hotkey FROM shares_now WHERE coldkey = @coldkey ORDER BY netuid, hotkey LIMIT @most",
        row => new PositionKey(new NetUid((ushort)row.GetInt64(0)), Cells.Account((byte[])row.GetValue(1)), coldkey), cancellationToken, ("@coldkey", Cells.Of(coldkey)),
        ("@most", (long)countMax));

    /// <summary>How many positions there are on a subnet, or on one hotkey of it; counted up to <see cref="Listing.CountMax"/>.</summary>
    public async Task<long> CountAsync(NetUid netuid, AccountId? hotkey) => await view.ScalarAsync(
        $"""
        SELECT COUNT(*) FROM (SELECT 1 FROM shares_now
        WHERE netuid = @netuid{(hotkey is null ? string.Empty : " AND hotkey = @hotkey")} AND share > @zero LIMIT {Listing.CountMax}) AS counted
        """,
        cancellationToken, [("@netuid", Cells.Of(netuid)), ("@zero", Cells.Of(SafeFloat.Zero)), .. Given("@hotkey", hotkey is { } h ? Cells.Of(h) : null)]).ConfigureAwait(false) is long count
        ? count
        : 0;

    public async Task<StakeAt> PricedAsync(PositionKey key, Alpha balance)
    {
        if (!_prices.TryGetValue(key.Netuid, out var price))
        {
            price = await PoolQueries.PriceAtAsync(view, key.Netuid, view.Position.Complete, cancellationToken).ConfigureAwait(false) ?? UInt128.Zero;
            _prices.Add(key.Netuid, price);
        }

        return new(key, balance, ValueOf(key.Netuid, balance, price));
    }

    /// <summary>Stake on root is TAO, and has no price.</summary>
    private static Tao ValueOf(NetUid netuid, Alpha balance, UInt128 price) => new(netuid.IsRoot ? balance.Rao : AmountText.ValueRao(balance.Rao, price));

    private static HotkeyPool PoolOf(DbDataReader row, int column) => new(new Alpha(Cells.UInt64(row.GetInt64(column))), Cells.Share((byte[])row.GetValue(column + 1)));

    private static Alpha ValueOf(DbDataReader row, int column, byte[] share) => SharePool.Value(PoolOf(row, column), Cells.Share(share));

    private static IEnumerable<(string, object)> Given(string name, object? value)
    {
        if (value is not null) yield return (name, value);
    }
}

using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;

namespace Dtao.Api.History;

/// <summary>A change of one stake.</summary>
/// <param name="IsShare">Whether its share changed; otherwise it is what all shares of the hotkey came to be worth.</param>
/// <param name="IsGone">Whether the hotkey's pool ended with the subnet.</param>
internal sealed record StakeChange(ulong Block, long Event, Alpha Before, Alpha After, bool IsShare, bool IsGone);

/// <summary>The course of one stake, event by event of its subnet's pool.</summary>
internal static class StakeCourse
{
    /// <summary>Events of the hotkey's pool that are looked at, at most: the newest.</summary>
    private const int EventsMax = 20_000;

    /// <summary>Every event within the blocks that changed what the stake is worth, the oldest first.</summary>
    public static async Task<List<StakeChange>> ChangesAsync(ReadView view, PositionKey key, BlockRange range, CancellationToken cancellationToken)
    {
        (string, object)[] pool = [("@netuid", Cells.Of(key.Netuid)), ("@hotkey", Cells.Of(key.Hotkey))];
        var pools = await view.QueryAsync(
            $"""
            SELECT block, event, value, denominator FROM hotkey_pools WHERE netuid = @netuid AND hotkey = @hotkey AND block >= @from AND block <= @to
            ORDER BY block DESC, event DESC, place DESC LIMIT {EventsMax}
            """,
            row => (Block: Cells.UInt64(row.GetInt64(0)), Event: row.GetInt64(1), Pool: new HotkeyPool(new Alpha(Cells.UInt64(row.GetInt64(2))), Cells.Share((byte[])row.GetValue(3)))),
            cancellationToken, [.. pool, .. range.Parameters]).ConfigureAwait(false);
        pools.Reverse();
        if (pools.Count == 0) return [];

        var first = pools.Count == EventsMax ? pools[0].Block : range.From;
        (string, object)[] position = [.. pool, ("@coldkey", Cells.Of(key.Coldkey))];
        var shares = await view.QueryAsync(
            """
            SELECT block, event, share FROM shares WHERE coldkey = @coldkey AND netuid = @netuid AND hotkey = @hotkey AND block >= @from AND block <= @to
            ORDER BY block, event, place
            """,
            row => (Event: row.GetInt64(1), Share: Cells.Share((byte[])row.GetValue(2))), cancellationToken,
            [.. position, ("@from", Cells.Of(first)), ("@to", Cells.Of(range.To))]).ConfigureAwait(false);
        var share = await view.ScalarAsync(
            "SELECT share FROM shares WHERE coldkey = @coldkey AND netuid = @netuid AND hotkey = @hotkey AND block < @from ORDER BY block DESC, event DESC, place DESC LIMIT 1",
            cancellationToken, [.. position, ("@from", Cells.Of(first))]).ConfigureAwait(false) is byte[] cell ? Cells.Share(cell) : SafeFloat.Zero;
        var before = await new StakeQueries(view, cancellationToken).AsOfAsync(key, first == 0 ? 0 : first - 1).ConfigureAwait(false);
        return Walk(pools, shares, share, first == 0 ? Alpha.Zero : before.Balance);
    }

    private static List<StakeChange> Walk(
        List<(ulong Block, long Event, HotkeyPool Pool)> pools, List<(long Event, SafeFloat Share)> shares, SafeFloat share, Alpha worth)
    {
        var changes = new List<StakeChange>();
        var next = 0;
        for (var place = 0; place < pools.Count; place++)
        {
            var (block, happened, pool) = pools[place];
            // Of several values within one event the last one counts.
            if (place + 1 < pools.Count && pools[place + 1].Event == happened) continue;
            var isShare = false;
            for (; next < shares.Count && shares[next].Event <= happened; next++)
            {
                isShare |= shares[next].Share != share;
                share = shares[next].Share;
            }

            var after = SharePool.Value(pool, share);
            if (after != worth) changes.Add(new(block, happened, worth, after, isShare, pool.IsEmpty));
            worth = after;
        }

        return changes;
    }
}

using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using PoolState = Dtao.Grains.Subnets.PoolState;

namespace Dtao.Hosting.Audit;

/// <summary>What one subnet's figures say of each other: counters that different rules keep, and that must agree.</summary>
internal static class PoolChecks
{
    /// <summary>By how much the parts into which a block's alpha is split can fall short of it: each of four is floored.</summary>
    private const int FloorsPerBlock = 4;

    /// <summary>The alpha that has to be outstanding where alpha stands one to one for TAO.</summary>
    /// <remarks>
    /// Every stake and unstake moves the TAO reserve and the outstanding alpha by the same amount, without a fee. On root nothing else does.
    /// On a stable subnet blocks add alpha to both sides and TAO to the reserve, at a price of one: what they injected is what the protocol's
    /// inflow tells beyond the alpha that the chain bought for itself.
    /// </remarks>
    public static Int128 OutstandingOneToOne(SubnetBooks books, SubnetBooks genesis)
    {
        Int128 staked = genesis.AlphaOutstanding.Rao + (Int128)books.TaoReserve.Rao - genesis.TaoReserve.Rao;
        if (books.IsRoot) return staked;
        var injected = Injected(books, genesis);
        var minted = (Int128)books.MintedAlpha.Rao - genesis.MintedAlpha.Rao - injected;
        return staked - injected + minted - ((Int128)books.RecycledAlpha.Rao - genesis.RecycledAlpha.Rao);
    }

    /// <summary>Whether one alpha has been one TAO since genesis: root, and stable subnets.</summary>
    public static bool IsOneToOne(SubnetBooks books, SubnetBooks genesis) => books.Mechanism == 0 && genesis.Mechanism == 0;

    /// <summary>TAO that blocks added to the reserve of a stable subnet, and as much alpha.</summary>
    private static Int128 Injected(SubnetBooks books, SubnetBooks genesis)
    {
        if (books.IsRoot) return 0;
        var bought = (Int128)books.ProtocolAlpha.Rao - genesis.ProtocolAlpha.Rao;
        return FlowOf(books) - FlowOf(genesis) - bought;
    }

    /// <summary>The protocol's flow, counted and taken in by its average.</summary>
    private static Int128 FlowOf(SubnetBooks books) => books.FlowProtocol + books.FlowAverages.ProtocolCounted;

    /// <summary>Outstanding alpha that has a place: with a holder, pending, the protocol's, or burned.</summary>
    public static Int128 Placed(PoolState pool)
    {
        var books = pool.Books!;
        Int128 placed = books.PendingServer.Rao + (Int128)books.PendingValidator.Rao + books.PendingRoot.Rao + books.PendingOwnerCut.Rao
            + books.ProtocolAlpha.Rao + books.BurnedAlpha.Rao + books.RootUnclaimed.Rao;
        foreach (var hotkey in pool.HotkeyPools.Values) placed += hotkey.Value.Rao;
        return placed;
    }

    /// <param name="hasRetired">Whether a subnet of the network was dissolved: root then carries what its TotalStake had drifted.</param>
    public static void Check(NetUid netuid, PoolState pool, PoolState? genesis, NetworkParameters parameters, bool hasRetired, List<string> faults)
    {
        var books = pool.Books!;
        CheckPositions(netuid, pool, faults);
        if (books.AccountTao < books.TaoReserve) faults.Add($"subnet {netuid}: the reserve of {books.TaoReserve} exceeds the {books.AccountTao} on its account");

        var unowned = (Int128)books.AlphaOutstanding.Rao - Placed(pool);
        if (unowned + books.ChildBurnedAlpha.Rao < 0) faults.Add($"subnet {netuid}: {-unowned} more alpha is held than is outstanding");
        if (genesis?.Books is not { } first) return;
        CheckTotalStake(netuid, books, first, hasRetired, faults);

        // Dividends that were sold become root stake, and are neither traded nor minted.
        if (!books.IsRoot || pool.Claims.Rates.Count == 0) CheckReserveOneToOne(netuid, books, first, faults);

        // A nomination that is cleared although its sale failed leaves its rest without an owner, and so does an epoch that finds nobody to pay.
        var grown = unowned - ((Int128)first.AlphaOutstanding.Rao - Placed(genesis));
        var most = (Int128)FloorsPerBlock * pool.LastBlock.Value;
        var isBounded = parameters.NominatorMinRequiredStake == 0 && books.EpochIndex == first.EpochIndex;
        if (grown + books.ChildBurnedAlpha.Rao < 0 || (isBounded && grown > most))
        {
            faults.Add($"subnet {netuid}: {grown} alpha lost its owner since genesis; floors of emission explain 0 to {most}");
        }
    }

    /// <summary>The counter grows and shrinks with the reserve, and beyond it by what a buy pays and the reserve does not get: fees and rests.</summary>
    /// <remarks>Source: rule book 01, 2.4 and 2.5. Without a curve there is neither.</remarks>
    private static void CheckTotalStake(NetUid netuid, SubnetBooks books, SubnetBooks genesis, bool hasRetired, List<string> faults)
    {
        var drift = books.TotalStake - genesis.TotalStake - ((Int128)books.TaoReserve.Rao - genesis.TaoReserve.Rao);
        if (drift < 0 || (drift != 0 && IsOneToOne(books, genesis) && !(books.IsRoot && hasRetired))) faults.Add($"subnet {netuid}: TotalStake and the TAO reserve have drifted apart by {drift} since genesis");
    }

    /// <summary>Where one alpha is one TAO, the alpha reserve lies between what trades leave of it and what they bring.</summary>
    /// <remarks>
    /// Source: rule book 01, 5.2 and 5.3. A sale adds to it, and a purchase takes from it as long as there is something: it holds no less than what
    /// came in less all that was bought, and no more than what came in. What was sold and bought is told by the volume and the growth of the TAO reserve.
    /// </remarks>
    private static void CheckReserveOneToOne(NetUid netuid, SubnetBooks books, SubnetBooks genesis, List<string> faults)
    {
        if (!IsOneToOne(books, genesis)) return;
        var injected = Injected(books, genesis);
        var traded = (Int128)books.Volume - (Int128)genesis.Volume;
        var net = (Int128)books.TaoReserve.Rao - genesis.TaoReserve.Rao - injected;
        var sold = (traded - net) / 2;
        var most = genesis.AlphaReserve.Rao + injected + sold;
        var bought = traded - sold;
        var least = Int128.Max(0, most - bought);
        if (books.AlphaReserve.Rao < least || books.AlphaReserve.Rao > most)
        {
            faults.Add($"subnet {netuid}: {books.AlphaReserve} alpha in reserve; trades and blocks explain {least} to {most}");
        }
    }

    private static void CheckPositions(NetUid netuid, PoolState pool, List<string> faults)
    {
        var positions = new Dictionary<AccountId, Int128>();
        foreach (var ((hotkey, _), share) in pool.Shares)
        {
            var value = SharePool.Value(pool.HotkeyPools.GetValueOrDefault(hotkey), share);
            positions[hotkey] = positions.GetValueOrDefault(hotkey) + value.Rao;
        }

        foreach (var (hotkey, sum) in positions)
        {
            var value = pool.HotkeyPools.GetValueOrDefault(hotkey).Value;
            if (sum > value.Rao) faults.Add($"subnet {netuid}: positions on {hotkey} add up to {sum}, more than the {value} that it holds");
        }
    }
}

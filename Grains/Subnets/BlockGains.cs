using Dtao.Economics;
using Dtao.Economics.Earnings;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Subnets;

/// <summary>Measures what stake gained in a block, from the values before and after it.</summary>
internal static class BlockGains
{
    /// <summary>Of the hotkeys whose stake gained something, in ascending order.</summary>
    /// <param name="state">Before the block.</param>
    /// <param name="books">After it.</param>
    public static IReadOnlyList<StakeGain> Of(PoolState state, PoolChanges changes, IReadOnlyList<RootAccrual> accruals, SubnetBooks books)
    {
        var gains = new SortedDictionary<AccountId, StakeGain>();
        foreach (var (hotkey, after) in changes.HotkeyPools)
        {
            var gain = StakeGain.OfShare(state.HotkeyPools.GetValueOrDefault(hotkey), after);
            if (!gain.IsZero) gains[hotkey] = new StakeGain(hotkey, gain, U64F64.Zero);
        }

        var price = Economics.Pools.PoolState.Of(books).Price;
        foreach (var accrual in accruals)
        {
            var gain = StakeGain.OfRoot(accrual.Increment, price);
            if (!gain.IsZero) gains[accrual.Hotkey] = gains.GetValueOrDefault(accrual.Hotkey) with { Hotkey = accrual.Hotkey, PerRoot = gain };
        }

        return [.. gains.Values];
    }
}

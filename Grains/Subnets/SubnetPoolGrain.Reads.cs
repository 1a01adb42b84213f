using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;

namespace Dtao.Grains.Subnets;

/// <content>What a pool tells those who only look; durable on return.</content>
public sealed partial class SubnetPoolGrain
{
    public async Task<PoolView> GetView()
    {
        var price = State.Books is { } books ? Economics.Pools.PoolState.Of(books).Price : default;
        var view = new PoolView(
            State.Books, State.LastBlock, price.Bits, State.Order, [.. State.Owed.Where(entry => entry.Key != SystemSenders.Dust).Select(entry => new OwedEntry(entry.Key, entry.Value))],
            State.Destroyed, State.Swaps, State.Shares.Count)
        {
            UnclaimedTao = State.UnclaimedTao,
            Neurons = State.Metagraph.Neurons.Length,
            Identity = State.Metagraph.Identity,
            Lease = State.Metagraph.Lease is { } lease
                ? new LeaseView(lease.Beneficiary, lease.EmissionsShare, lease.EndBlock, lease.Accrued, lease.Shares.Count)
                : null,
        };
        await Durable();
        return view;
    }

    public async Task<PositionPage> GetPositions(PositionFilter filter, int countMax)
    {
        countMax = Math.Clamp(countMax, 1, 10_000);
        var after = filter.AfterHotkey is { } hotkey ? (hotkey, filter.AfterColdkey ?? default) : ((AccountId, AccountId)?)null;
        var page = State.Shares
            .Where(entry => (filter.Hotkey is not { } only || entry.Key.Hotkey == only) && (filter.Coldkey is not { } owner || entry.Key.Coldkey == owner))
            .Where(entry => after is not { } last || entry.Key.CompareTo(last) > 0)
            .OrderBy(entry => entry.Key).Take(countMax + 1)
            .Select(entry => new PositionEntry(entry.Key.Hotkey, entry.Key.Coldkey, entry.Value, ValueOf(entry.Key.Hotkey, entry.Value)))
            .ToArray();
        await Durable();
        return new PositionPage(page.Length > countMax ? page[..countMax] : page, page.Length > countMax);
    }

    public async Task<HotkeyPoolEntry[]> GetHotkeyPools()
    {
        var pools = State.HotkeyPools.OrderBy(entry => entry.Key)
            .Select(entry => new HotkeyPoolEntry(entry.Key, entry.Value.Value, entry.Value.Denominator)).ToArray();
        await Durable();
        return pools;
    }

    public async Task<MetagraphState?> GetMetagraph(BlockNumber? block, ulong order)
    {
        var metagraph = block == State.LastBlock && order == State.Order ? null : new MetagraphState(State.LastBlock, State.Order, State.Metagraph);
        await Durable();
        return metagraph;
    }

    public async Task<bool> HasPosition(PositionKey position)
    {
        await ConfirmHeld();
        var has = State.Shares.ContainsKey((position.Hotkey, position.Coldkey));
        await Durable();
        return has;
    }

    public async Task<bool> Concerns(AccountId[] hotkeys)
    {
        await ConfirmHeld();
        var concerns = hotkeys.Any(hotkey => State.HotkeyPools.ContainsKey(hotkey) || State.Metagraph.PendingChildren.ContainsKey(hotkey));
        await Durable();
        return concerns;
    }

    public async Task<bool[]> AreRegistered(AccountId[] hotkeys)
    {
        await ConfirmHeld();
        var registered = Array.ConvertAll(hotkeys, hotkey => State.Metagraph.UidOf(hotkey) is not null);
        await Durable();
        return registered;
    }

    private Alpha ValueOf(AccountId hotkey, SafeFloat share) =>
        Economics.Pools.SharePool.Value(State.HotkeyPools.GetValueOrDefault(hotkey), share);
}

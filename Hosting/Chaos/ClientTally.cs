using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Genesis;

namespace Dtao.Hosting.Chaos;

/// <summary>Holds what the clients of a trial were told against the whole ledger.</summary>
/// <remarks>Stake on the validator whose dividends are claimed is not in it: claims tell no amounts.</remarks>
internal sealed class ClientTally
{
    private readonly ReceiptTally _tally = new();

    public ClientTally(GenesisDocument genesis, IEnumerable<Acknowledged> acknowledged)
    {
        foreach (var balance in genesis.Balances) _tally.Add(balance.Account, balance.Free.Rao);
        foreach (var stake in genesis.Stakes) _tally.Add(new PositionKey(stake.Netuid, stake.Hotkey, stake.Coldkey), stake.Amount.Rao);
        foreach (var (operation, receipt) in acknowledged)
        {
            if (receipt.IsApplied) _tally.Add(operation, receipt.Outcome!);
        }
    }

    public int Accounts => _tally.Free.Count;

    public int Positions => _tally.Stake.Keys.Count(position => position.Hotkey != ChaosNetwork.Earner);

    /// <summary>Where the ledger holds something else; empty when they agree.</summary>
    public List<string> FindDifferences(NetworkImage image)
    {
        var found = new List<string>();
        foreach (var (account, free) in _tally.Free)
        {
            var stored = image.Accounts.TryGetValue(account, out var state) ? state.Free.Rao : 0;
            if (stored != free) found.Add($"account {account} has {stored} rao, and {free} by the receipts");
        }

        foreach (var (hotkey, owner) in _tally.Owners)
        {
            var stored = image.Validators.GetValueOrDefault(hotkey)?.Record?.Owner;
            if (stored != owner) found.Add($"hotkey {hotkey} belongs to {stored}, and to {owner} by the receipts");
        }

        // A share is rounded at each change of its hotkey's pool; the smallest operation is far above the sum of that.
        foreach (var (position, expected) in _tally.Stake)
        {
            if (position.Hotkey == ChaosNetwork.Earner) continue;
            var pool = image.Pools[position.Netuid];
            var share = pool.Shares.GetValueOrDefault((position.Hotkey, position.Coldkey));
            var value = (Int128)SharePool.Value(pool.HotkeyPools.GetValueOrDefault(position.Hotkey), share).Rao;
            if (Int128.Abs(value - expected) > _tally.Changes) found.Add($"{position} holds {value} rao, and {expected} by the receipts");
        }

        foreach (var (netuid, pool) in image.Pools)
        {
            foreach (var (hotkey, coldkey) in pool.Shares.Keys)
            {
                if (hotkey != ChaosNetwork.Earner && !_tally.Stake.ContainsKey(new PositionKey(netuid, hotkey, coldkey))) found.Add($"nobody was told of the position of {coldkey} on {hotkey} in {netuid}");
            }
        }

        return found;
    }
}

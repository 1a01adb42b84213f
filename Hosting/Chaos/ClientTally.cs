using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Grains;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Genesis;

namespace Dtao.Hosting.Chaos;

/// <summary>What accounts must hold if every receipt tells the truth and nothing else happened: added up without the ledger's own code.</summary>
/// <remarks>Stake on the validator whose dividends are claimed is not in it: claims tell no amounts.</remarks>
internal sealed class ClientTally
{
    private readonly Dictionary<AccountId, Int128> _free = [];
    private readonly Dictionary<PositionKey, Int128> _stake = [];
    private readonly Dictionary<AccountId, AccountId> _owners = [];
    private int _changes;

    public ClientTally(GenesisDocument genesis, IEnumerable<Acknowledged> acknowledged)
    {
        foreach (var balance in genesis.Balances) Add(balance.Account, balance.Free.Rao);
        foreach (var stake in genesis.Stakes) Add(new PositionKey(stake.Netuid, stake.Hotkey, stake.Coldkey), stake.Amount.Rao);
        foreach (var (operation, receipt) in acknowledged)
        {
            if (receipt.IsApplied) Add(operation, receipt.Outcome!);
        }
    }

    public int Accounts => _free.Count;

    public int Positions => _stake.Keys.Count(position => position.Hotkey != ChaosNetwork.Earner);

    /// <summary>Where the ledger holds something else; empty when they agree.</summary>
    public List<string> FindDifferences(NetworkImage image)
    {
        var found = new List<string>();
        foreach (var (account, free) in _free)
        {
            var stored = image.Accounts.TryGetValue(account, out var state) ? state.Free.Rao : 0;
            if (stored != free) found.Add($"account {account} has {stored} rao, and {free} by the receipts");
        }

        foreach (var (hotkey, owner) in _owners)
        {
            var stored = image.Validators.GetValueOrDefault(hotkey)?.Record?.Owner;
            if (stored != owner) found.Add($"hotkey {hotkey} belongs to {stored}, and to {owner} by the receipts");
        }

        // A share is rounded at each change of its hotkey's pool; the smallest operation is far above the sum of that.
        foreach (var (position, expected) in _stake)
        {
            if (position.Hotkey == ChaosNetwork.Earner) continue;
            var pool = image.Pools[position.Netuid];
            var share = pool.Shares.GetValueOrDefault((position.Hotkey, position.Coldkey));
            var value = (Int128)SharePool.Value(pool.HotkeyPools.GetValueOrDefault(position.Hotkey), share).Rao;
            if (Int128.Abs(value - expected) > _changes) found.Add($"{position} holds {value} rao, and {expected} by the receipts");
        }

        foreach (var (netuid, pool) in image.Pools)
        {
            foreach (var (hotkey, coldkey) in pool.Shares.Keys)
            {
                if (hotkey != ChaosNetwork.Earner && !_stake.ContainsKey(new PositionKey(netuid, hotkey, coldkey))) found.Add($"nobody was told of the position of {coldkey} on {hotkey} in {netuid}");
            }
        }

        return found;
    }

    private void Add(Operation operation, CallOutcome outcome)
    {
        var call = operation.Call;
        if (call.Kind == CallKind.Transfer)
        {
            Add(operation.Signer, -(Int128)call.Amount);
            Add(call.ToColdkey!.Value, call.Amount);
        }
        else if (call.Kind == CallKind.TryAssociateHotkey)
        {
            _owners[call.Hotkey] = operation.Signer;
        }

        var changesTao = call.Kind is CallKind.AddStake or CallKind.RemoveStake or CallKind.UnstakeAll;
        foreach (var move in outcome.Moves)
        {
            var isIn = move.Kind == StakeMoveKind.In;
            // What is sold is told without the fee, which is taken from the position as well.
            Add(new PositionKey(move.Netuid, move.Hotkey, move.Coldkey), isIn ? move.Alpha.Rao : -((Int128)move.Alpha.Rao + move.Fee));
            _changes++;
            if (changesTao) Add(operation.Signer, isIn ? -(Int128)move.Tao.Rao : move.Tao.Rao);
        }
    }

    private void Add(AccountId account, Int128 amount) => _free[account] = _free.GetValueOrDefault(account) + amount;

    private void Add(PositionKey position, Int128 amount) => _stake[position] = _stake.GetValueOrDefault(position) + amount;
}

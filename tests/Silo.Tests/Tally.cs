using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.TestKit;

namespace Dtao.Silo.Tests;

/// <summary>What accounts must hold if every receipt tells the truth and nothing else happened: added up without the ledger's own code.</summary>
internal sealed class Tally
{
    private readonly Dictionary<AccountId, Int128> _free = [];
    private readonly Dictionary<PositionKey, Int128> _stake = [];

    public Tally(GenesisState genesis, IEnumerable<(Operation Operation, Receipt Receipt)> receipts)
    {
        foreach (var (account, free) in genesis.Balances) Add(account, free.Rao);
        foreach (var stake in genesis.Stakes) Add(stake.Position, stake.Amount.Rao);
        foreach (var (operation, receipt) in receipts)
        {
            if (receipt.IsApplied) Add(operation, receipt.Outcome!);
        }
    }

    /// <summary>Free TAO by account, in rao; fee and system accounts are not in it.</summary>
    public IReadOnlyDictionary<AccountId, Int128> Free => _free;

    /// <summary>Stake by position, in rao of alpha; on root, of TAO.</summary>
    public IReadOnlyDictionary<PositionKey, Int128> Stake => _stake;

    /// <summary>How often some position was changed.</summary>
    public int Changes { get; private set; }

    /// <summary>Who owns which hotkey by the receipts.</summary>
    public Dictionary<AccountId, AccountId> Owners { get; } = [];

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
            Owners.Add(call.Hotkey, operation.Signer);
        }

        var changesTao = call.Kind is CallKind.AddStake or CallKind.RemoveStake or CallKind.UnstakeAll;
        foreach (var move in outcome.Moves)
        {
            var isIn = move.Kind == StakeMoveKind.In;
            // What is sold is told without the fee, which is taken from the position as well.
            Add(new PositionKey(move.Netuid, move.Hotkey, move.Coldkey), isIn ? move.Alpha.Rao : -((Int128)move.Alpha.Rao + move.Fee));
            Changes++;
            if (changesTao) Add(operation.Signer, isIn ? -(Int128)move.Tao.Rao : move.Tao.Rao);
        }
    }

    private void Add(AccountId account, Int128 amount) => _free[account] = _free.GetValueOrDefault(account) + amount;

    private void Add(PositionKey position, Int128 amount) => _stake[position] = _stake.GetValueOrDefault(position) + amount;
}

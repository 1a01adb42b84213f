using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;

namespace Dtao.Hosting.Chaos;

/// <summary>What accounts must hold if every receipt tells the truth and nothing else happened: added up without the ledger's own code.</summary>
/// <remarks>Knows transfers, plain stake and unstake, and whatever moves alpha between positions. Claims and dividends tell no amounts.</remarks>
public sealed class ReceiptTally
{
    private readonly Dictionary<AccountId, Int128> _free = [];
    private readonly Dictionary<PositionKey, Int128> _stake = [];
    private readonly Dictionary<AccountId, AccountId> _owners = [];

    /// <summary>Free TAO in rao, of every account that was named.</summary>
    public IReadOnlyDictionary<AccountId, Int128> Free => _free;

    /// <summary>Alpha, on root TAO.</summary>
    public IReadOnlyDictionary<PositionKey, Int128> Stake => _stake;

    /// <summary>Of hotkeys that somebody made his.</summary>
    public IReadOnlyDictionary<AccountId, AccountId> Owners => _owners;

    /// <summary>How often a position was changed: each may round the shares of its hotkey's pool.</summary>
    public int Changes { get; private set; }

    /// <summary>What an operation did that was applied.</summary>
    public void Add(Operation operation, CallOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(outcome);
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
            Changes++;
            if (changesTao) Add(operation.Signer, isIn ? -(Int128)move.Tao.Rao : move.Tao.Rao);
        }
    }

    /// <summary>Free TAO, to begin with or more.</summary>
    public void Add(AccountId account, Int128 amount) => _free[account] = _free.GetValueOrDefault(account) + amount;

    /// <summary>Stake, to begin with or more.</summary>
    public void Add(PositionKey position, Int128 amount) => _stake[position] = _stake.GetValueOrDefault(position) + amount;
}

using Dtao.Economics.Ledger;

namespace Dtao.Economics.Staking;

/// <summary>The checks of the balances module's transfer, each for whoever knows one of the two accounts.</summary>
/// <remarks>
/// Source: rule book 01, 2.9; scenarios, "Plain transfers": FundsUnavailable, NotExpendable, then the receiver's BelowMinimum.
/// An amount of zero passes all of them.
/// </remarks>
public static class TransferRules
{
    /// <summary>What the sender's side says.</summary>
    public static LedgerError CheckSender(Tao holds, Tao amount, Tao existentialDeposit, bool keepAlive)
    {
        if (amount.IsZero) return LedgerError.None;
        if (holds < amount) return LedgerError.FundsUnavailable;
        return keepAlive && holds - amount < existentialDeposit ? LedgerError.NotExpendable : LedgerError.None;
    }

    /// <summary>What the receiver's side says, from what it holds before.</summary>
    public static LedgerError CheckReceiver(Tao holds, Tao amount, Tao existentialDeposit) =>
        !amount.IsZero && holds.AddSaturating(amount) < existentialDeposit ? LedgerError.BelowMinimum : LedgerError.None;

    /// <summary>What of a rest is destroyed: all of it where it is below the existential deposit.</summary>
    public static Tao DustOf(Tao rest, Tao existentialDeposit) => rest < existentialDeposit ? rest : Tao.Zero;

    /// <summary>What transfer_all sends: everything, or with <paramref name="keepAlive"/> everything above the existential deposit.</summary>
    public static Tao AmountOfAll(Tao holds, Tao existentialDeposit, bool keepAlive) =>
        keepAlive ? holds.SubtractSaturating(existentialDeposit) : holds;
}

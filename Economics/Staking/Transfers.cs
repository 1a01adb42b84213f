using Dtao.Economics.Ledger;

namespace Dtao.Economics.Staking;

/// <summary>transfer and transfer_all: plain moves of free TAO.</summary>
/// <remarks>Source: scenarios, "Plain transfers"; rule book 01, 2.2 and 2.9.</remarks>
internal static class Transfers
{
    public static LedgerError Amount(CallRun run, AccountId to, Tao amount, bool keepAlive) =>
        TaoLedger.TransferPlain(run.Scope, run.Signer, to, amount, keepAlive);

    /// <summary>Moves everything, or with <paramref name="keepAlive"/> everything above the existential deposit.</summary>
    public static LedgerError All(CallRun run, AccountId to, bool keepAlive)
    {
        var amount = TransferRules.AmountOfAll(TaoLedger.Balance(run.Scope, run.Signer), run.Scope.Parameters.ExistentialDeposit, keepAlive);
        return TaoLedger.TransferPlain(run.Scope, run.Signer, to, amount, keepAlive);
    }
}

using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Dtao.Grains;
using Dtao.Grains.Stakers;
using Dtao.Grains.Wire;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>Wrong decisions of an account, for planted bugs; made around the decider, which stays as it is.</summary>
internal static class Mutations
{
    /// <summary>What would be decided if nothing else were in flight.</summary>
    public static AccountDecision BesideOthers(AccountState state, Operation operation, NetworkParameters parameters, BlockNumber now)
    {
        var writer = new RecordWriter(512);
        AccountModel.Instance.WriteState(writer, state);
        var reader = new RecordReader(writer.WrittenSpan);
        var alone = AccountModel.Instance.ReadState(ref reader);
        alone.InFlight.Clear();
        return AccountDecider.Next(alone, operation, parameters, now);
    }

    /// <summary>A credit as it was decided once: what a transfer is about to take away does not count, and nobody waits.</summary>
    public static TaoCredited CreditBesideOthers(AccountState state, TaoCredit credit, NetworkParameters parameters, BlockNumber now)
    {
        var credited = AccountDecider.Credit(state, credit with { MustSucceed = true }, parameters, now)!;
        if (credit.MustSucceed) return credited;
        var leaving = state.Alone is { Route: OperationRoute.Transfer } transfer ? transfer.Hold : Tao.Zero;
        return credited with { Error = TransferRules.CheckReceiver(state.Free.SubtractSaturating(leaving), credit.Amount, parameters.ExistentialDeposit) };
    }

    public static AccountDecision WithoutHold(AccountDecision.Start start)
    {
        var operation = start.Event.Operation;
        return operation.Route == OperationRoute.Transfer
            ? start
            : new AccountDecision.Start(start.Event with { Operation = operation with { Hold = Tao.Zero } });
    }
}

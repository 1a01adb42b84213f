using Dtao.Economics.Ledger;

namespace Dtao.Economics.Staking;

/// <summary>One call being decided: where its reads and writes go, who signed it, and the stake events so far.</summary>
internal sealed class CallRun(LedgerScope scope, AccountId signer)
{
    private List<StakeMove>? _moves;

    public LedgerScope Scope => scope;

    public AccountId Signer => signer;

    public IReadOnlyList<StakeMove> Moves => _moves ?? (IReadOnlyList<StakeMove>)[];

    public void Add(in StakeMove move) => (_moves ??= new List<StakeMove>(1)).Add(move);

    public CallOutcome End(LedgerError error, ulong? amount = null)
    {
        if (error != LedgerError.None) return CallOutcome.Refused(error);
        return _moves is null && amount is null ? CallOutcome.Done : new CallOutcome(LedgerError.None) { Moves = Moves, Amount = amount };
    }
}

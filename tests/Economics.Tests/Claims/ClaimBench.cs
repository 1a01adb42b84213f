using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Staking;
using Dtao.Economics.Tests.Staking;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Claims;

/// <summary>A small network in a scope, to make claims on.</summary>
internal sealed class ClaimBench
{
    private readonly SequentialNetwork _network;

    public ClaimBench(TestLedger? ledger = null)
    {
        _network = (ledger ?? WithRootStakes()).Build();
        Scope = new LedgerScope(_network);
    }

    public LedgerScope Scope { get; private set; }

    /// <summary>Ann has 6 TAO and Bob 4 TAO on root, on the same hotkey.</summary>
    public static TestLedger WithRootStakes() =>
        new TestLedger().Stake(Hot, Ann, Root, 6_000_000_000).Stake(Hot, Bob, Root, 4_000_000_000);

    /// <summary>Adds to what each root-rao on a hotkey has earned, as an epoch would, out of alpha that is outstanding already.</summary>
    public ClaimBench Accrue(AccountId hotkey, NetUid netuid, ulong alpha)
    {
        var stake = new Tao(Scope.GetHotkeyPool(Root, hotkey).Value.Rao);
        RootAccruals.Apply(Scope, netuid, [RootAccrual.Of(hotkey, new Alpha(alpha), stake)!.Value]);
        var books = Books(netuid);
        books.AlphaOutstanding += new Alpha(alpha);
        books.RootUnclaimed += new Alpha(alpha);
        return this;
    }

    /// <summary>Executes a call as the network would: a refused one leaves no trace.</summary>
    public LedgerError Execute(AccountId signer, Call call)
    {
        var child = new LedgerScope(Scope);
        var outcome = StakingCalls.Execute(child, signer, call);
        if (outcome.IsOk) Scope.Merge(child);
        return outcome.Error;
    }

    public LedgerError Claim(AccountId signer, params NetUid[] netuids) => Execute(signer, ClaimOf(netuids));

    public LedgerError Choose(AccountId signer, RootClaimKind kind, params NetUid[] netuids) => Execute(signer, ChoiceOf(kind, netuids));

    public SubnetBooks Books(NetUid netuid) => Scope.Books(netuid);

    public ulong Position(AccountId hotkey, AccountId coldkey, NetUid netuid) =>
        ShareLedger.Position(Scope, new PositionKey(netuid, hotkey, coldkey)).Rao;

    public ulong Mark(AccountId hotkey, AccountId coldkey, NetUid netuid) => (ulong)Scope.GetClaimed(new PositionKey(netuid, hotkey, coldkey));

    public ulong Owed(AccountId hotkey, AccountId coldkey, NetUid netuid) =>
        Economics.Claims.OwedDividends.Whole(Scope, new PositionKey(netuid, hotkey, coldkey)).Rao;

    public static Call ClaimOf(params NetUid[] netuids) => new() { Kind = CallKind.ClaimRoot, Detail = new ClaimDetail([.. netuids]) };

    public static Call ChoiceOf(RootClaimKind kind, params NetUid[] netuids) =>
        new() { Kind = CallKind.SetRootClaimType, Detail = new ClaimTypeDetail(new RootClaimType(kind, [.. netuids])) };
}

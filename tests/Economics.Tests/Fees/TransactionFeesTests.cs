using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Fees;

public class TransactionFeesTests
{
    // 3,064,064,000 picoseconds at 2,000 a rao, and 147 bytes.
    private const ulong AddStakeFee = 1_532_032 + 147;
    private const ulong RemoveStakeFee = 1_284_599 + 147;

    [Fact]
    public void FeeOf_Call_IsItsWeightAndItsBytes()
    {
        Assert.Equal(AddStakeFee, TransactionFees.FeeOf(Of(CallKind.AddStake, One, 1)).Rao);
        Assert.Equal(RemoveStakeFee, TransactionFees.FeeOf(Of(CallKind.RemoveStake, One, 1)).Rao);

        // 3,253,005,000 / 2,000 is a half above 1,626,502: it goes down.
        Assert.Equal(1_626_502UL + 156, TransactionFees.FeeOf(Of(CallKind.AddStakeLimit, One, 1) with { Limit = 1 }).Rao);
    }

    [Theory]
    [InlineData(CallKind.SetWeights)]
    [InlineData(CallKind.CommitWeights)]
    [InlineData(CallKind.IncreaseTake)]
    [InlineData(CallKind.SudoSet)]
    [InlineData(CallKind.DissolveNetwork)]
    public void FeeOf_CallThatTheChainLetsGo_IsZero(CallKind kind) => Assert.Equal(Tao.Zero, TransactionFees.FeeOf(Of(kind, One)));

    [Fact]
    public void FeeOf_AllOtherKinds_CostSomething()
    {
        CallKind[] free =
        [
            CallKind.SetWeights, CallKind.CommitWeights, CallKind.RevealWeights, CallKind.BatchRevealWeights, CallKind.CommitTimelockedWeights,
            CallKind.IncreaseTake, CallKind.DecreaseTake, CallKind.Admin, CallKind.DissolveNetwork, CallKind.SetNumRootClaims, CallKind.SudoSet,
            CallKind.SwapColdkey, CallKind.ResetColdkeySwap, CallKind.FillOrder, CallKind.FillBatch, CallKind.BatchSetWeights, CallKind.BatchCommitWeights,
        ];
        CallKind[] ofDetail =
        [
            CallKind.None, CallKind.SetChildren, CallKind.ClaimRoot, CallKind.SetRootClaimType, CallKind.PlaceOrder, CallKind.CancelOrder, CallKind.ExecuteOrders,
            CallKind.ExecuteBatchedOrders, CallKind.SetSubnetIdentity, CallKind.UpdateSymbol, CallKind.SetIdentity,
        ];

        Assert.All(Enum.GetValues<CallKind>().Except(ofDetail), kind => Assert.Equal(free.Contains(kind), TransactionFees.FeeOf(Of(kind, One)).IsZero));
    }

    [Fact]
    public void Execute_FeesOff_NothingIsTaken()
    {
        var network = new TestLedger().Build();
        var before = network.GetFree(Ann);

        Assert.True(network.Execute(Ann, Of(CallKind.AddStake, One, ManyTao)).IsOk);

        Assert.Equal(ManyTao, (before - network.GetFree(Ann)).Rao);
    }

    [Fact]
    public void Execute_CallDone_FeeGoesToTheAuthorBesides()
    {
        var network = WithFees(Author).Build();
        var plain = new TestLedger { Parameters = new() { Author = Author } }.Build();
        var before = network.GetFree(Ann);

        Assert.True(network.Execute(Ann, Of(CallKind.AddStake, One, ManyTao)).IsOk);
        Assert.True(plain.Execute(Ann, Of(CallKind.AddStake, One, ManyTao)).IsOk);

        Assert.Equal(ManyTao + AddStakeFee, (before - network.GetFree(Ann)).Rao);
        Assert.Equal(AddStakeFee, (network.GetFree(Author) - plain.GetFree(Author)).Rao);
        Assert.Equal(plain.GetHotkeyPool(One, Hot), network.GetHotkeyPool(One, Hot));
    }

    [Fact]
    public void Execute_CallRefused_FeeIsKept()
    {
        var network = WithFees(Author).Build();
        var before = network.GetFree(Ann);

        Assert.Equal(LedgerError.AmountTooLow, network.Execute(Ann, Of(CallKind.AddStake, One, 1)).Error);

        Assert.Equal(AddStakeFee, (before - network.GetFree(Ann)).Rao);
        Assert.Equal(AddStakeFee, network.GetFree(Author).Rao);
    }

    [Fact]
    public void Execute_NoAuthor_FeeIsDroppedAndOnlyBalancesShrink()
    {
        var network = WithFees(null).Build();
        var (free, issuance, balances) = (network.GetFree(Ann), network.TotalIssuance, network.BalancesIssuance);

        Assert.Equal(LedgerError.AmountTooLow, network.Execute(Ann, Of(CallKind.AddStake, One, 1)).Error);

        Assert.Equal(AddStakeFee, (free - network.GetFree(Ann)).Rao);
        Assert.Equal(issuance, network.TotalIssuance);
        Assert.Equal(AddStakeFee, (balances - network.BalancesIssuance).Rao);
    }

    [Theory]
    [InlineData(AddStakeFee + 500, LedgerError.AmountTooLow)]
    [InlineData(AddStakeFee + 499, LedgerError.Payment)]
    [InlineData(0UL, LedgerError.Payment)]
    public void Execute_FreeTaoNearTheFee_DepositMustStay(ulong free, LedgerError expected)
    {
        var network = WithFees(Author).Balance(Nobody, free).Build();

        Assert.Equal(expected, network.Execute(Nobody, Of(CallKind.AddStake, One, 1)).Error);

        Assert.Equal(expected == LedgerError.Payment ? free : 500, network.GetFree(Nobody).Rao);
    }

    [Fact]
    public void Execute_NoTaoButAlpha_ThePositionPaysTheAuthor()
    {
        var network = WithFees(Author).Stake(Hot, Nobody, One, 1_000_000_000_000).Build();

        // Recycling an alpha that is not held fails after the fee is paid: alpha at 0.1 TAO, so ten alpha for one TAO.
        Assert.Equal(LedgerError.CannotBurnOrRecycleOnRootSubnet, network.Execute(Ann, Of(CallKind.RecycleAlpha, Root, 1)).Error);
        var before = Position(network, Nobody);
        var authorBefore = network.GetFree(Author);
        Assert.True(network.Execute(Nobody, Of(CallKind.BurnAlpha, One, 1)).IsOk);

        var fee = TransactionFees.FeeOf(Of(CallKind.BurnAlpha, One, 1)).Rao;
        Assert.InRange(before.Rao - Position(network, Nobody).Rao - 1, (fee * 10) - 1, (fee * 10) + 1);
        Assert.InRange((network.GetFree(Author) - authorBefore).Rao, fee - 2, fee);
        Assert.Equal(Tao.Zero, network.GetFree(Nobody));
    }

    [Fact]
    public void Execute_NoTaoAndTooLittleAlpha_CannotPay()
    {
        var network = WithFees(Author).Stake(Hot, Nobody, One, 1_000).Build();

        Assert.Equal(LedgerError.Payment, network.Execute(Nobody, Of(CallKind.BurnAlpha, One, 1)).Error);
        Assert.Equal(1_000UL, Position(network, Nobody).Rao);
    }

    [Fact]
    public void Execute_UnstakeAllOfSeveralPositions_CannotPayInAlpha()
    {
        var one = WithFees(Author).Stake(Hot, Nobody, One, 1_000_000_000_000).Build();
        var two = WithFees(Author).Stake(Hot, Nobody, One, 1_000_000_000_000).Stake(Hot, Nobody, Two, 1_000_000_000_000).Build();

        Assert.True(one.Execute(Nobody, Of(CallKind.UnstakeAll)).IsOk);
        Assert.Equal(LedgerError.Payment, two.Execute(Nobody, Of(CallKind.UnstakeAll)).Error);
    }

    [Fact]
    public void Execute_NoTaoAndNoAuthor_AlphaIsNotTaken()
    {
        var network = WithFees(null).Stake(Hot, Nobody, One, 1_000_000_000_000).Build();

        Assert.True(network.Execute(Nobody, Of(CallKind.BurnAlpha, One, 7)).IsOk);
        Assert.Equal(1_000_000_000_000UL - 7, Position(network, Nobody).Rao);
    }

    private static TestLedger WithFees(AccountId? author) => new() { Parameters = new() { TransactionFees = true, Author = author } };

    private static Alpha Position(SequentialNetwork network, AccountId coldkey) =>
        Economics.Staking.ShareLedger.Position(network, new PositionKey(One, Hot, coldkey));
}

using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Staking;

/// <summary>Plain transfers, takes, hotkeys, start calls, and settings.</summary>
public class AccountCallTests
{
    [Fact]
    public void Transfer_DustLeft_LowersTheBalancesIssuanceOnly()
    {
        var network = new TestLedger().Build();
        var (total, balances) = (network.TotalIssuance, network.BalancesIssuance);

        Assert.True(network.Execute(Bob, Pay(Nobody, 9_999_999_600)).IsOk);

        Assert.Equal((0UL, 9_999_999_600UL), (network.Free(Bob), network.Free(Nobody)));
        Assert.Equal(total, network.TotalIssuance);
        Assert.Equal(new Tao(400), balances - network.BalancesIssuance);
    }

    [Fact]
    public void Transfer_ToOneselfOrOfNothing_ChangesNothing()
    {
        var network = new TestLedger().Build();

        Assert.True(network.Execute(Bob, Pay(Bob, 9_999_999_900)).IsOk);
        Assert.True(network.Execute(Bob, Pay(Bob, 0) with { Kind = CallKind.TransferAll }).IsOk);
        Assert.True(network.Execute(Nobody, Pay(Bob, 0)).IsOk);
        Assert.True(network.Execute(Nobody, Pay(Bob, 0) with { Kind = CallKind.TransferAll }).IsOk);

        Assert.Equal(10_000_000_000UL, network.Free(Bob));
        Assert.Equal(network.TotalIssuance, network.BalancesIssuance);
    }

    [Theory]
    [InlineData(false, 0UL)]
    [InlineData(true, 500UL)]
    public void TransferAll_KeptAliveOrNot_LeavesTheDepositOrNothing(bool keepAlive, ulong left)
    {
        var network = new TestLedger().Build();

        Assert.True(network.Execute(Bob, Pay(Ann, 0) with { Kind = CallKind.TransferAll, KeepAlive = keepAlive }).IsOk);

        Assert.Equal(left, network.Free(Bob));
    }

    [Fact]
    public void Transfer_ToASubnetsAccount_IsStrayTaoOfItsPool()
    {
        var network = new TestLedger().Build();

        Assert.True(network.Execute(Bob, Pay(AccountId.OfSubnet(One), 1_000_000)).IsOk);
        Assert.True(network.Execute(Bob, Pay(AccountId.OfSubnet(new NetUid(700)), 1_000_000)).IsOk);

        Assert.Equal(new Tao(1_000_000), network.Books(One).AccountTao - network.Books(One).TaoReserve);
        Assert.Equal(1_000_000UL, network.Free(AccountId.OfSubnet(new NetUid(700))));
    }

    [Fact]
    public void TransferInACall_BeyondTheBalance_IsInsufficientBalance()
    {
        var scope = new LedgerScope(new TestLedger().With(ledger => ledger.Parameters = ledger.Parameters with { ExistentialDeposit = new Tao(100) })
            .Balance(Bob, 103).Build());

        Assert.Equal(LedgerError.InsufficientBalance, TaoLedger.Transfer(scope, Bob, Nobody, new Tao(104)));
        Assert.Equal(LedgerError.InsufficientBalance, TaoLedger.Recycle(scope, Bob, new Tao(4)));
        Assert.Equal(LedgerError.None, TaoLedger.Transfer(scope, Bob, Nobody, new Tao(102)));

        Assert.Equal((Tao.Zero, new Tao(102), new Tao(1)), (scope.GetFree(Bob), scope.GetFree(Nobody), scope.Destroyed));
    }

    [Fact]
    public void IncreaseTake_WindowOfTheLastChange_MustHavePassedEntirely()
    {
        var network = new TestLedger().With(ledger => ledger.Parameters = ledger.Parameters with { TakeRateLimit = 2 }).Build();
        network.MakeBlock();
        Assert.True(network.Execute(Owner, SetTake(CallKind.DecreaseTake, 100)).IsOk);

        network.MakeBlock();
        network.MakeBlock();
        var atTheWindow = network.Execute(Owner, SetTake(CallKind.IncreaseTake, 200));
        network.MakeBlock();
        var afterIt = network.Execute(Owner, SetTake(CallKind.IncreaseTake, 200));

        Assert.Equal(LedgerError.DelegateTxRateLimitExceeded, atTheWindow.Error);
        Assert.Equal(LedgerError.None, afterIt.Error);
        Assert.Equal((new Take(200), new BlockNumber(4)), (network.GetHotkey(Hot)!.Take, network.GetHotkey(Hot)!.LastTakeChange));
    }

    /// <summary>Block 0 reads as "never", so a change at genesis starts no window; a limit of 0 switches the window off.</summary>
    [Fact]
    public void IncreaseTake_LastChangeAtGenesisOrNoLimit_IsNotLimited()
    {
        var network = new TestLedger().Build();

        Assert.True(network.Execute(Owner, SetTake(CallKind.IncreaseTake, 100)).IsOk);
        network.MakeBlock();
        Assert.True(network.Execute(Owner, SetTake(CallKind.IncreaseTake, 200)).IsOk);
        Assert.False(network.Execute(Owner, SetTake(CallKind.IncreaseTake, 300)).IsOk);
        Assert.True(network.Execute(Owner, Setting("take_rate_limit", "0")).IsOk);

        Assert.True(network.Execute(Owner, SetTake(CallKind.IncreaseTake, 300)).IsOk);
    }

    [Fact]
    public void TryAssociateHotkey_FreeOrTaken_SetsTheFirstOwnerOnly()
    {
        var network = new TestLedger().Build();

        Assert.True(network.Execute(Ann, Of(CallKind.TryAssociateHotkey, hotkey: Ghost)).IsOk);
        Assert.True(network.Execute(Bob, Of(CallKind.TryAssociateHotkey, hotkey: Ghost)).IsOk);

        Assert.Equal(new HotkeyRecord(Ann), network.GetHotkey(Ghost));
    }

    [Fact]
    public void StartCall_ByTheOwner_OpensTradingAndStartsWithTheNextBlock()
    {
        var network = new TestLedger().With(ledger =>
        {
            ledger.Books(One).FirstEmissionBlock = null;
            ledger.Books(One).SubtokenEnabled = false;
        }).Build();
        network.MakeBlock();
        Assert.Equal(0UL, network.Books(One).AlphaOutEmission.Rao);

        Assert.True(network.Execute(Owner, Of(CallKind.StartCall, One)).IsOk);
        network.MakeBlock();

        Assert.Equal(new BlockNumber(2), network.Books(One).FirstEmissionBlock);
        Assert.Equal(1_000_000_000UL, network.Books(One).AlphaOutEmission.Rao);
    }

    [Fact]
    public void Admin_Tempo_AlsoSetsTheLastEpochToNow()
    {
        var network = new TestLedger().Build();
        network.MakeBlock();

        Assert.True(network.Execute(default, Setting("tempo", "7", One)).IsOk);
        Assert.True(network.Execute(default, Setting("first_emission_block", null, One)).IsOk);
        Assert.True(network.Execute(default, Setting("author", Author.ToString())).IsOk);

        Assert.Equal((7, 1UL), (network.Books(One).Tempo, network.Books(One).LastEpochBlock));
        Assert.Null(network.Books(One).FirstEmissionBlock);
        Assert.Equal(Author, network.Parameters.Author);
    }

    private static Call Pay(AccountId to, ulong amount) => new() { Kind = CallKind.Transfer, ToColdkey = to, Amount = amount };

    private static Call SetTake(CallKind kind, ushort parts) => Of(kind) with { Take = new Take(parts) };
}

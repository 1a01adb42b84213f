using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Staking;

public class ShareLedgerTests
{
    private static readonly SafeFloat s_leftByRounding = SafeFloat.FromUInt64(3);

    [Fact]
    public void Increase_NothingWhereThePoolHasNoShares_TakesAwayWhatRoundingLeft()
    {
        var scope = new LedgerScope(new TestLedger().Build());
        var position = new PositionKey(One, Warm, Ann);
        scope.SetShare(position, s_leftByRounding);

        ShareLedger.Increase(scope, position, Alpha.Zero);

        Assert.True(scope.GetShare(position).IsZero);
        Assert.True(scope.GetHotkeyPool(One, Warm).IsEmpty);
    }

    [Fact]
    public void Increase_NothingWhereOthersHaveShares_ChangesNothing()
    {
        var scope = new LedgerScope(new TestLedger().Stake(Hot, Ann, One, 7).Build());
        var position = new PositionKey(One, Hot, Ann);

        ShareLedger.Increase(scope, position, Alpha.Zero);

        Assert.Empty(scope.ChangedShares);
        Assert.Empty(scope.ChangedHotkeyPools);
        Assert.Empty(scope.AppendedStakingHotkeys);
    }
}

using Dtao.Economics;
using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Xunit;
using static Dtao.Grains.Tests.Lanes.LaneWorld;

namespace Dtao.Grains.Tests.Lanes;

/// <summary>Transaction fees of operations that the lane decides: the same as on the sequential model, and every rao booked somewhere.</summary>
public sealed class LaneFeeTests
{
    private const ulong Whole = 1_000_000_000;

    private static readonly NetworkParameters s_withAuthor = NetworkParameters.Default with { TransactionFees = true, Author = Author };

    /// <summary>The fee of the swap is owed by its pool, that of the transaction is sent: no pool charged it.</summary>
    [Fact]
    public void Decide_DoneAndRefused_AuthorIsSentBothFees()
    {
        var world = new LaneWorld(s_withAuthor, (Author, Whole), (Alice, Whole), (Bob, Whole));
        var swap = Swap(5 * Whole);
        var fee = TransactionFees.FeeOf(swap).Rao;

        var decided = world.Run((Alice, swap), (Bob, Swap(1)));

        Assert.Equal([true, false], decided.Decisions.Select(decision => decision.Outcome!.IsOk));
        Assert.Equal([fee, fee], decided.Decisions.Select(decision => decision.Outcome!.Fee.Tao.Rao));
        Assert.Equal([-(long)fee, -(long)fee], decided.Decisions.Select(decision => decision.FreeChange));
        Assert.Equal([(Author, new Tao(2 * fee))], decided.Credits.Select(credit => (credit.To, credit.Amount)));
        Assert.Equal([2], decided.Parts.Where(part => part.Owed.Length > 0).Select(part => (int)part.Netuid.Value));
        Assert.Equal([0], decided.Parts.SelectMany(part => part.Operations).Distinct());
        world.AssertEqualsModel(decided);
    }

    [Fact]
    public void Decide_NoAuthor_FeeGoesWhereDestroyedTaoIsCounted()
    {
        var world = new LaneWorld(s_withAuthor with { Author = null }, (Alice, Whole));
        var swap = Swap(1);

        var decided = world.Run((Alice, swap));

        Assert.Empty(decided.Parts);
        Assert.Equal([(SystemSenders.Dust, TransactionFees.FeeOf(swap))], decided.Credits.Select(credit => (credit.To, credit.Amount)));
        world.AssertEqualsModel(decided);
    }

    /// <summary>Alpha of the origin is sold for the author; the refused call leaves its pool a trace of that alone.</summary>
    [Theory]
    [InlineData(5 * Whole, true)]
    [InlineData(1UL, false)]
    public void Decide_NoTao_OriginPaysInAlpha(ulong amount, bool isOk)
    {
        var world = new LaneWorld(s_withAuthor, (Author, Whole), (Alice, 500));

        var decided = world.Run((Alice, Swap(amount)));

        var outcome = decided.Decisions[0].Outcome!;
        Assert.Equal((isOk, (NetUid?)new NetUid(2), 0L), (outcome.IsOk, outcome.Fee.Netuid, decided.Decisions[0].FreeChange));
        Assert.Empty(decided.Credits);
        Assert.Contains(decided.Parts, part => part.Netuid.Value == 2 && part.Owed.Length == 1 && part.Operations.Length == 1);
        world.AssertEqualsModel(decided);
    }

    [Fact]
    public void Decide_UnstakeAllOfSeveralPositionsWithoutTao_CannotPay()
    {
        var world = new LaneWorld(s_withAuthor, (Author, Whole), (Alice, 0));

        var decided = world.Run((Alice, new Call { Kind = CallKind.UnstakeAll, Hotkey = BobHotkey }));

        Assert.Equal(LedgerError.Payment, decided.Decisions[0].Outcome!.Error);
        Assert.Empty(decided.Parts);
        world.AssertEqualsModel(decided);
    }

    /// <summary>The author signs an operation of the batch: what the others pay is there when his own is decided, and is sent to him.</summary>
    [Fact]
    public void Decide_AuthorSignsToo_HisOwnFeeComesBack()
    {
        var world = new LaneWorld(s_withAuthor, (Author, Whole), (Alice, Whole));

        var decided = world.Run((Alice, Swap(5 * Whole)), (Author, Swap(5 * Whole)));

        Assert.Equal(0L, decided.Decisions[1].FreeChange);
        Assert.False(decided.Decisions[1].Outcome!.IsOk);
        world.AssertEqualsModel(decided);
    }

    private static Call Swap(ulong amount) =>
        new() { Kind = CallKind.SwapStake, Hotkey = BobHotkey, Netuid = new NetUid(2), ToNetuid = new NetUid(1), Amount = amount };
}

using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Xunit;
using static Dtao.Grains.Tests.ModelBytes;

namespace Dtao.Grains.Tests.Stakers;

/// <summary>Who decides what looks beyond its subnet, as account and pool see it.</summary>
public sealed class ThresholdDeciderTests
{
    private const ulong Free = 10_000_000_000;

    private static readonly AccountId Signer = Account(1);
    private static readonly NetUid Netuid = new(7);
    private static readonly BlockNumber Now = new(7);
    private static readonly Call Sell = new() { Kind = CallKind.RemoveStake, Hotkey = Account(2), Netuid = Netuid, Amount = 5 };
    private static readonly Call Buy = new() { Kind = CallKind.AddStake, Hotkey = Account(2), Netuid = Netuid, Amount = 5 };

    [Theory]
    [InlineData(0UL, OperationRoute.Pool, OperationRoute.Pool)]
    [InlineData(1UL, OperationRoute.Lane, OperationRoute.Pool)]
    public void Next_UnderAThreshold_SellsInTheLaneAndBuysAtThePoolBesideEachOther(ulong threshold, OperationRoute sells, OperationRoute buys)
    {
        var parameters = NetworkParameters.Default with { StakeThreshold = threshold };
        var state = new AccountState { Id = Signer, Free = new Tao(Free) };

        var sold = Begin(state, Sell, parameters);
        var bought = Begin(state, Buy, parameters);

        Assert.Equal((sells, false), (sold.Route, sold.IsExclusive));
        Assert.Equal((buys, false), (bought.Route, bought.IsExclusive));
    }

    /// <summary>The fee that is set aside stays so, once.</summary>
    [Fact]
    public void LeftToLane_Answered_BeginsAgainUnderANewSequence()
    {
        var state = new AccountState { Id = Signer, Free = new Tao(Free) };
        var begun = Begin(state, Sell, NetworkParameters.Default with { TransactionFees = true, Author = Account(9) });
        var held = state.Held;
        var reply = new PoolReply(DeliveryStatus.Decided, CallOutcome.Refused(LedgerError.LeftToLane), 0, Now, 3, LogStamp.Durable);

        Assert.True(AccountDecider.IsLeftToLane(reply));
        var resumed = AccountModel.Instance.Reread(AccountDecider.BeginInLane(state, begun, Now));
        AccountModel.Instance.Apply(state, resumed);

        var operation = Assert.Single(state.InFlight).Value;
        Assert.True(held > Tao.Zero);
        Assert.Equal((held, begun.Hold), (state.Held, operation.Hold));
        Assert.Equal((begun.Sequence + 1, OperationRoute.Lane, begun.Id), (operation.Sequence, operation.Route, operation.Id));
        Assert.Equal(operation.Sequence, state.SequenceOf(begun.Id));
    }

    /// <summary>What is said once holds when the threshold is gone, and neither order nor digest of the pool knows of it.</summary>
    [Fact]
    public void Decide_UnderAThreshold_LeavesTheCallToTheLaneForGood()
    {
        var state = new PoolState
        {
            Books = new SubnetBooks { Netuid = Netuid, SubtokenEnabled = true },
            Parameters = NetworkParameters.Default with { StakeThreshold = 1 },
        };
        var (digest, head) = (state.Digest, new MessageHead(Signer, 4, 1, new BlockNumber(10), Now, LogStamp.Durable));

        var decided = PoolDecider.Decide(state, new PoolCommand(head, Sell, new Tao(Free)), beneficiaryExists: true, new Dictionary<AccountId, HotkeyRecord>());
        PoolModel.Instance.Apply(state, PoolModel.Instance.Reread(decided));
        state.Parameters = NetworkParameters.Default;

        Assert.Equal((0UL, digest), (state.Order, state.Digest));
        Assert.Equal(LedgerError.LeftToLane, state.Outcomes.Find(Signer, 4)?.Outcome?.Error);
        Assert.Equal(Verdict.Known, state.Outcomes.Judge(head, state.LastBlock, out _));
    }

    private static InFlightOperation Begin(AccountState state, Call call, NetworkParameters parameters)
    {
        var operation = new Operation { Id = OperationId.Create(), Signer = Signer, Call = call, LastValidBlock = new BlockNumber(10) };
        var started = Assert.IsType<AccountDecision.Start>(AccountDecider.Next(state, operation, parameters, Now)).Event;
        AccountModel.Instance.Apply(state, started);
        return started.Operation;
    }
}

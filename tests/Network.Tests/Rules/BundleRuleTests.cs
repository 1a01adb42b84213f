using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Subnets;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>Commands of several accounts that travel to their pool in one message: each is decided once, and none waits for what another waits for.</summary>
public sealed class BundleRuleTests
{
    /// <summary>The first command's answer does not come; those that come after it go together, and come to their ends.</summary>
    [Fact]
    public async Task Bundle_CommandsBehindOneThatWaits_AreDecidedWithoutIt()
    {
        await using var rules = await RuleNetwork.StartAsync();
        var network = rules.Network;
        var held = rules.Calls.HoldNext(rules.Grains.Pool(One), nameof(ISubnetPoolGrain.Execute));
        var first = network.Submit(Staker(0), Calls.AddStake(Hot, One, new Tao(OneTao)));
        await held.Reached;

        var others = await Task.WhenAll(Enumerable.Range(1, 7).Select(number => network.Submit(Staker(number), Calls.AddStake(Hot, One, new Tao(OneTao)))));

        Assert.All(others, receipt => Assert.True(receipt.IsApplied, receipt.ErrorName));
        Assert.Contains(rules.Calls.Seen, call => call.Method == nameof(ISubnetPoolGrain.ExecuteAll));
        Assert.Equal(Enumerable.Range(0, 7), others.Select(receipt => (int)(receipt.Order - others.Min(other => other.Order))).Order());
        held.Release();
        Assert.True((await first).IsApplied);
        Assert.Equal(StakerTao - OneTao, await network.Free(Staker(3)));
    }

    /// <summary>The answer to a bundle is lost after it was decided: each command is sent again by itself, and has the outcome of the first time.</summary>
    [Fact]
    public async Task Bundle_AnswerLost_EachCommandTakesEffectOnce()
    {
        await using var rules = await RuleNetwork.StartAsync();
        var network = rules.Network;
        var held = rules.Calls.HoldNext(rules.Grains.Pool(One), nameof(ISubnetPoolGrain.Execute));
        var first = network.Submit(Staker(0), Calls.AddStake(Hot, One, new Tao(OneTao)));
        await held.Reached;
        var lost = rules.Calls.LoseNext(rules.Grains.Pool(One), nameof(ISubnetPoolGrain.ExecuteAll));

        var others = await Task.WhenAll(Enumerable.Range(1, 7).Select(number => network.Submit(Staker(number), Calls.AddStake(Hot, One, new Tao(OneTao)))));

        Assert.True(lost.IsReached);
        Assert.All(others, receipt => Assert.True(receipt.IsApplied, receipt.ErrorName));
        held.Release();
        Assert.True((await first).IsApplied);
        for (var number = 1; number <= 7; number++) Assert.Equal(StakerTao - OneTao, await network.Free(Staker(number)));
    }

    /// <summary>What the pool has decided, what is too late, and what has to wait is not answered in a bundle.</summary>
    [Fact]
    public async Task ExecuteAll_CommandThatIsNotFresh_IsLeftToBeSentByItself()
    {
        await using var rules = await RuleNetwork.StartAsync();
        var network = rules.Network;
        var pool = network.Pool(One);
        Assert.True((await network.Submit(Staker(0), Calls.AddStake(Hot, One, new Tao(OneTao)))).IsApplied);
        var now = await network.Head();
        var stamp = new LogStamp(rules.Cluster.Host.Log.LogId, 0);
        var (known, early, fresh) = (CommandOf(Staker(1), now, stamp), CommandOf(Staker(2), now.Next, stamp), CommandOf(Staker(3), now, stamp));

        var once = await pool.Execute(known);
        var replies = await pool.ExecuteAll([known, early, fresh]);

        Assert.Equal([null, null, DeliveryStatus.Decided], replies.Select(reply => reply?.Status));
        Assert.Equal((LedgerError.NotEnoughBalanceToStake, once.Order + 1), (replies[2]!.Outcome!.Error, replies[2]!.Order));
        Assert.Equal((LedgerError.NotEnoughBalanceToStake, once.Order), (once.Outcome!.Error, (await pool.Execute(known)).Order));
    }

    /// <summary>Of a sender without TAO: the books stay as they are.</summary>
    private static PoolCommand CommandOf(AccountId sender, BlockNumber seen, LogStamp stamp) => new(
        new MessageHead(sender, 1, 1, new BlockNumber(seen.Value + 64), seen, stamp), Calls.AddStake(Hot, One, new Tao(OneTao)), Tao.Zero);
}

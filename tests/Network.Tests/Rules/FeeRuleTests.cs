using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>Transaction fees on actors: charged once, kept when the call is refused, quoted, and never the reason of a refusal that no order explains.</summary>
public sealed class FeeRuleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<Call> EveryWay => new(
        Calls.AddStake(Hot, One, new Tao(OneTao)),
        Calls.RemoveStake(Hot, One, new Alpha(OneTao)),
        Calls.SwapStake(Hot, One, Two, new Alpha(OneTao)),
        Calls.Transfer(Staker(7), new Tao(OneTao), keepAlive: true),
        Calls.Transfer(AccountId.OfSubnet(Missing), new Tao(OneTao), keepAlive: true),
        Calls.TryAssociateHotkey(Key(240)),
        Calls.AddStake(Hot, Missing, new Tao(OneTao)),
        Calls.AddStake(Hot, One, new Tao(1)),
        Calls.SwapStake(Hot, One, Missing, new Alpha(OneTao)),
        Calls.UnstakeAll(Ghost),
        Calls.Transfer(Staker(7), new Tao(2 * StakerTao), keepAlive: true),
        Calls.Transfer(Key(78), new Tao(1), keepAlive: true),
        Calls.TryAssociateHotkey(AccountId.OfSubnet(One)));

    /// <summary>Done or refused, by a pool, the lane, an account, or a hotkey: whoever repeats it a hundred times pays once, and the quote had said so.</summary>
    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task Repeats_OfAnyCall_PayTheAuthorOnceAndAsQuoted(Call call)
    {
        await using var rules = await RuleNetwork.StartAsync(WithFees(Author));
        var (network, client) = (rules.Network, new DtaoClient(rules.Grains));
        var fee = TransactionFees.FeeOf(call).Rao;
        var (had, authorHad) = (await network.Free(Staker(0)), await network.Free(Author));
        var quote = await client.QuoteAsync(Staker(0), call, Token);
        var operation = await network.Prepare(Staker(0), call);

        var receipts = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => network.Submit(operation)));

        var outcome = receipts[0].Outcome!;
        Assert.All(receipts, receipt => Assert.Equal(ReceiptText.Of(receipts[0]), ReceiptText.Of(receipt)));
        Assert.Equal((fee, outcome.Error), (outcome.Fee.Tao.Rao, quote.Error));
        Assert.Equal((new Tao(fee), Alpha.Zero), (quote.TransactionFee, quote.TransactionFeeAlpha));
        var spent = outcome.IsOk && call.Kind is CallKind.AddStake or CallKind.Transfer ? call.Amount : 0;
        var earned = outcome.Moves.Count == 1 && outcome.Moves[0].Kind == StakeMoveKind.Out ? outcome.Moves[0].Tao.Rao : 0;
        Assert.Equal(had - fee - (outcome.IsOk ? spent : 0) + earned, await network.Free(Staker(0)));
        Assert.True(await network.Free(Author) - authorHad >= fee);
        if (outcome.Moves.Count == 0) Assert.Equal(fee, await network.Free(Author) - authorHad);
    }

    [Fact]
    public async Task NoAuthor_EveryWay_TheFeesAreDestroyedAndOnlyTheBalancesShrink()
    {
        await using var rules = await RuleNetwork.StartAsync(WithFees(null));
        var before = AuditAssert.IsClean(rules.Cluster.Host).Supply;
        var calls = EveryWay.Select(row => row.Data).ToArray();
        foreach (var call in calls) await rules.Network.Submit(Staker(0), call);

        var after = AuditAssert.IsClean(rules.Cluster.Host).Supply;

        Assert.Equal(before.TotalIssuance, after.TotalIssuance);
        Assert.Equal(calls.Sum(call => (long)TransactionFees.FeeOf(call).Rao), (long)(before.BalancesIssuance - after.BalancesIssuance).Rao);
    }

    /// <summary>Two buys fit beside each other, and the fee of the second does not: it waits, and is cut as the first one's successor would be.</summary>
    [Fact]
    public async Task SideBySide_FeeDoesNotFit_IsDecidedAsThoughTheOtherWereFirst()
    {
        await using var rules = await RuleNetwork.StartAsync(WithFees(Author));
        var network = rules.Network;
        var half = Calls.AddStake(Hot, One, new Tao(StakerTao / 2 - 1_000));
        await using var hold = await network.HoldPool(One);
        var first = network.Submit(Staker(0), half);
        await network.WaitForInFlight(Staker(0), 1);

        var second = network.Submit(Staker(0), half with { Netuid = Two, Hotkey = Warm });
        Assert.Equal(1, (await network.Account(Staker(0)).GetView()).InFlight);
        await hold.Open();

        Assert.True((await first).IsApplied);
        Assert.Equal(nameof(LedgerError.NotEnoughBalanceToStake), (await second).ErrorName);
        var fee = TransactionFees.FeeOf(half).Rao;
        Assert.Equal(StakerTao - half.Amount - (2 * fee), await network.Free(Staker(0)));
    }

    /// <summary>The author's account gets a fee that was under way when everything stopped.</summary>
    [Fact]
    public async Task Restart_FeeOfATransferUnderWay_ArrivesOnce()
    {
        await using var rules = await RuleNetwork.StartAsync(WithFees(Author));
        var call = Calls.Transfer(Staker(7), new Tao(OneTao), keepAlive: true);
        await rules.Network.Submit(Staker(1), call);
        var held = rules.Calls.HoldNextRequest(rules.Network.Account(Author), nameof(Grains.Stakers.IStakerAccountGrain.Credit));
        var sent = rules.Network.Submit(Staker(0), call);
        await held.Reached;
        AuditAssert.IsClean(rules.Cluster.Host);
        held.Release();
        await sent;

        await rules.Cluster.RestartAsync();

        Assert.Equal((2 * TransactionFees.FeeOf(call).Rao) + OneTao, await rules.Network.Free(Author));
    }

    private static GenesisState WithFees(AccountId? author)
    {
        var genesis = Genesis(author);
        return genesis with
        {
            Parameters = genesis.Parameters with { TransactionFees = true },
            Balances = author is null ? genesis.Balances : [.. genesis.Balances, (author.Value, new Tao(OneTao))],
        };
    }
}

using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>The rules by which operations take effect once, in time, and in an order that can be explained.</summary>
[Collection(typeof(OnSharedNetwork))]
public sealed class OperationRuleTests(SharedNetwork shared)
{
    private RunningNetwork Network => shared.Network;

    [Theory]
    [InlineData(CallKind.AddStake, 10)]
    [InlineData(CallKind.SwapStake, 11)]
    [InlineData(CallKind.Transfer, 12)]
    [InlineData(CallKind.TryAssociateHotkey, 13)]
    public async Task ExactlyOnce_HundredParallelRepeats_HaveOneEffectAndEqualReceipts(CallKind kind, int staker)
    {
        var signer = Staker(staker);
        var operation = await Network.Prepare(signer, new Call
        {
            Kind = kind,
            Hotkey = kind == CallKind.TryAssociateHotkey ? Key(240) : Hot,
            Netuid = One,
            ToNetuid = Two,
            ToColdkey = Staker(0),
            Amount = OneTao,
            KeepAlive = true,
        });
        var received = await Network.Free(Staker(0));

        var receipts = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Network.Submit(operation)));

        Assert.True(receipts[0].IsApplied, receipts[0].ErrorName);
        Assert.All(receipts, receipt => Assert.Equal(ReceiptText.Of(receipts[0]), ReceiptText.Of(receipt)));
        Assert.Equal(kind is CallKind.AddStake or CallKind.Transfer ? StakerTao - OneTao : StakerTao, await Network.Free(signer));
        Assert.Equal(kind == CallKind.Transfer ? OneTao : 0, await Network.Free(Staker(0)) - received);
        Assert.Equal(ReceiptText.Of(receipts[0]), ReceiptText.Of((await Network.Account(signer).GetReceipt(operation.Id))!));
    }

    [Fact]
    public async Task Expiry_LastValidBlockPassed_IsNeverExecuted()
    {
        var operation = await Network.Prepare(Staker(14), Calls.AddStake(Hot, One, new Tao(OneTao)));
        var expired = operation with { LastValidBlock = await Network.Head() };
        await Network.Coordinator.CloseBlock();

        var first = await Network.Submit(expired);
        var again = await Network.Submit(expired);

        Assert.Equal((ReceiptStatus.NotAccepted, RefusalCode.Expired), (first.Status, first.Code));
        Assert.Equal((ReceiptStatus.NotAccepted, RefusalCode.Expired), (again.Status, again.Code));
        Assert.Equal(StakerTao, await Network.Free(Staker(14)));
    }

    [Fact]
    public async Task Expiry_WhileItWaitsAtThePool_IsRecordedAsNeverAndEndsTheHold()
    {
        var signer = Staker(15);
        await using var hold = await Network.HoldPool(One);
        var operation = await Network.Prepare(signer, Calls.AddStake(Hot, One, new Tao(OneTao)));
        var sent = Network.Submit(operation with { LastValidBlock = await Network.Head() });
        await Network.WaitForInFlight(signer, 1);

        await Network.Coordinator.CloseBlock();
        var receipt = await sent;

        var view = await Network.Account(signer).GetView();
        Assert.Equal((ReceiptStatus.NotAccepted, RefusalCode.Expired), (receipt.Status, receipt.Code));
        Assert.Equal((StakerTao, 0UL, 0), (view.Free.Rao, view.Held.Rao, view.InFlight));
    }

    [Fact]
    public async Task SideBySide_SumFitsFreeTao_OneDoesNotWaitForTheOther()
    {
        var signer = Staker(16);
        await using var hold = await Network.HoldPool(One);
        var held = Network.Submit(signer, Calls.AddStake(Hot, One, new Tao(OneTao)));
        await Network.WaitForInFlight(signer, 1);

        var beside = await Network.Submit(signer, Calls.AddStake(Warm, Two, new Tao(OneTao)));

        Assert.True(beside.IsApplied, beside.ErrorName);
        Assert.Equal(1, (await Network.Account(signer).GetView()).InFlight);
        await hold.Open();
        Assert.True((await held).IsApplied);
        Assert.Equal(StakerTao - (2 * OneTao), await Network.Free(signer));
    }

    [Fact]
    public async Task Exclusive_SumDoesNotFit_WaitsAndIsDecidedAsThoughTheOtherWereFirst()
    {
        var signer = Staker(17);
        var most = new Tao(6 * StakerTao / 10);
        await using var hold = await Network.HoldPool(One);
        var first = Network.Submit(signer, Calls.AddStake(Hot, One, most));
        await Network.WaitForInFlight(signer, 1);

        var second = Network.Submit(signer, Calls.AddStake(Warm, Two, most));
        var view = await Network.Account(signer).GetView();
        await hold.Open();

        Assert.Equal((1, most), (view.InFlight, view.Held));
        Assert.True((await first).IsApplied);
        Assert.Equal(nameof(LedgerError.NotEnoughBalanceToStake), (await second).ErrorName);
        Assert.Equal(StakerTao - most.Rao, await Network.Free(signer));
    }

    [Fact]
    public async Task EmptiedAccount_TransferThatLeavesLessThanTheDeposit_DestroysTheDustAndCountsIt()
    {
        const ulong Dust = 300;
        var before = AuditAssert.IsClean(shared.Cluster.Host).Supply;
        var received = await Network.Free(Staker(0));

        var receipt = await Network.Submit(Staker(18), Calls.Transfer(Staker(0), new Tao(StakerTao - Dust), keepAlive: false));

        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.Equal(0UL, await Network.Free(Staker(18)));
        Assert.Equal(StakerTao - Dust, await Network.Free(Staker(0)) - received);
        var after = AuditAssert.IsClean(shared.Cluster.Host).Supply;
        Assert.Equal(before.BalancesIssuance - new Tao(Dust), after.BalancesIssuance);
        Assert.Equal(before.TotalIssuance, after.TotalIssuance);
    }

    [Fact]
    public async Task Gift_ToASubnetsAccount_IsStrayTaoOfThatSubnet()
    {
        var before = (await Network.Pool(Two).GetView()).Books!;

        var receipt = await Network.Submit(Staker(19), Calls.Transfer(AccountId.OfSubnet(Two), new Tao(OneTao), keepAlive: true));

        var after = (await Network.Pool(Two).GetView()).Books!;
        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.Equal((before.AccountTao + new Tao(OneTao), before.TaoReserve), (after.AccountTao, after.TaoReserve));
        AuditAssert.IsClean(shared.Cluster.Host);
    }

    [Fact]
    public async Task Gift_ToTheAccountOfNoSubnet_IsBookedAndFound()
    {
        var receipt = await Network.Submit(Staker(20), Calls.Transfer(AccountId.OfSubnet(Missing), new Tao(OneTao), keepAlive: true));

        Assert.True(receipt.IsApplied, receipt.ErrorName);
        var tao = AuditAssert.IsClean(shared.Cluster.Host).Columns[0];
        Assert.Contains(tao.Buckets, bucket => bucket is { Name: "on accounts of subnets that do not exist" } && bucket.Amount == OneTao);
    }

    /// <summary>Moves and swaps of many accounts over the same pools while blocks close: books are clean at every instant, and at the end.</summary>
    [Fact]
    public async Task Lane_ManyOperationsOverTheSamePoolsWhileBlocksClose_AreAllOrNothing()
    {
        const int Accounts = 12, Rounds = 8, Blocks = 12;
        var blockBefore = await Network.Head();

        var clients = Enumerable.Range(0, Accounts).Select(number => Trade(Staker(25 + number), number)).ToArray();
        for (var block = 0; block < Blocks; block++)
        {
            await Network.Coordinator.CloseBlock();
            AuditAssert.IsClean(shared.Cluster.Host);
        }

        var receipts = (await Task.WhenAll(clients)).SelectMany(list => list).ToArray();

        Assert.Equal(Accounts * Rounds * 4, receipts.Length);
        Assert.All(receipts, receipt => Assert.True(receipt.Status is ReceiptStatus.Applied or ReceiptStatus.Refused, receipt.ErrorName));
        Assert.True(receipts.Count(receipt => receipt.IsApplied) > receipts.Length / 2);
        Assert.Equal(blockBefore.Value + Blocks, (await Network.Head()).Value);
        AuditAssert.IsClean(shared.Cluster.Host);

        async Task<List<Receipt>> Trade(AccountId signer, int number)
        {
            var done = new List<Receipt>();
            var alpha = new Alpha(OneTao);
            for (var round = 0; round < Rounds; round++)
            {
                var (from, to) = (number + round) % 2 == 0 ? (One, Two) : (Two, One);
                var (hotkey, other) = from == One ? (Hot, Warm) : (Warm, Hot);
                done.AddRange(await Task.WhenAll(
                    Network.Submit(signer, Calls.MoveStake(hotkey, other, from, to, alpha)),
                    Network.Submit(signer, Calls.AddStake(hotkey, from, new Tao(OneTao))),
                    Network.Submit(signer, Calls.RemoveStake(hotkey, from, alpha))));
                done.Add(await Network.Submit(signer, Calls.SwapStake(hotkey, from, to, alpha)));
            }

            return done;
        }
    }
}

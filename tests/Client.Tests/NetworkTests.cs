using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Xunit;

namespace Dtao.Client.Tests;

[Collection(typeof(OnDemoNetwork))]
public sealed class NetworkTests(DemoNetwork network)
{
    private static readonly NetUid Subnet = new(2);
    private static readonly Tao OneTao = new(AmountText.RaoPerWhole);

    private DtaoClient Client => network.Client;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddListRemove_WholePosition_LeavesNothingBehind()
    {
        var coldkey = DemoNetwork.Staker(1);
        var hotkey = await network.OwnerHotkey(Subnet);
        var before = await Client.GetBalanceAsync(coldkey, Token);
        var held = await ValueOf(coldkey, hotkey);
        var quote = await Client.QuoteAsync(coldkey, Calls.AddStake(hotkey, Subnet, OneTao), Token);

        var added = await Client.AddStakeAsync(coldkey, hotkey, Subnet, OneTao, cancellationToken: Token);
        var position = await ValueOf(coldkey, hotkey);
        var between = await Client.GetBalanceAsync(coldkey, Token);
        var removed = await Client.RemoveStakeFullLimitAsync(coldkey, hotkey, Subnet, null, cancellationToken: Token);

        Assert.True(added.IsApplied, added.ErrorName);
        var bought = Assert.Single(added.Moves);
        Assert.Equal((quote.AmountOut, quote.Fee), (bought.Alpha.Rao, bought.Fee));
        Assert.InRange(position.Rao, held.Rao + bought.Alpha.Rao - 1, held.Rao + bought.Alpha.Rao + 1);
        Assert.Equal(before.Free - OneTao, between.Free);
        Assert.True(removed.IsApplied, removed.ErrorName);
        Assert.Equal(Alpha.Zero, await ValueOf(coldkey, hotkey));
        Assert.Equal(between.Free + Assert.Single(removed.Moves).Tao, (await Client.GetBalanceAsync(coldkey, Token)).Free);
    }

    [Fact]
    public async Task AddStake_SameTicketAgain_TakesEffectOnceAndAnswersTheFirstReceipt()
    {
        var coldkey = DemoNetwork.Staker(2);
        var hotkey = await network.OwnerHotkey(Subnet);
        var ticket = await Client.CreateTicketAsync(Token);
        var first = await Client.AddStakeAsync(coldkey, hotkey, Subnet, OneTao, ticket, Token);
        var between = await Client.GetBalanceAsync(coldkey, Token);

        var repeated = await Client.AddStakeAsync(coldkey, hotkey, Subnet, OneTao, ticket, Token);

        Assert.True(first.IsApplied, first.ErrorName);
        Assert.True(repeated.IsApplied, repeated.ErrorName);
        Assert.Equal((first.Receipt!.Order, first.Receipt.Block, first.Moves[0]), (repeated.Receipt!.Order, repeated.Receipt.Block, repeated.Moves[0]));
        Assert.Equal(between.Free, (await Client.GetBalanceAsync(coldkey, Token)).Free);
        Assert.Equal(first.Receipt.Order, (await Client.GetReceiptAsync(coldkey, ticket.Id, Token))?.Order);
    }

    [Fact]
    public async Task AddStake_SameTicketOtherAmount_IsAConflict()
    {
        var coldkey = DemoNetwork.Staker(3);
        var hotkey = await network.OwnerHotkey(Subnet);
        var ticket = await Client.CreateTicketAsync(Token);
        await Client.AddStakeAsync(coldkey, hotkey, Subnet, OneTao, ticket, Token);

        var other = await Client.AddStakeAsync(coldkey, hotkey, Subnet, OneTao + OneTao, ticket, Token);

        Assert.Equal((OperationStatus.NotAccepted, RefusalCode.OperationConflict), (other.Status, other.Code));
    }

    [Fact]
    public async Task Transfer_ToAnotherAccount_MovesExactlyThat()
    {
        var (payer, receiver) = (DemoNetwork.Staker(4), DemoNetwork.Staker(5));
        var (payerBefore, receiverBefore) = (await Client.GetBalanceAsync(payer, Token), await Client.GetBalanceAsync(receiver, Token));

        var result = await Client.TransferAsync(payer, receiver, OneTao, cancellationToken: Token);

        Assert.True(result.IsApplied, result.ErrorName);
        Assert.Equal(payerBefore.Free - OneTao, (await Client.GetBalanceAsync(payer, Token)).Free);
        Assert.Equal(receiverBefore.Free + OneTao, (await Client.GetBalanceAsync(receiver, Token)).Free);
    }

    public static TheoryData<Call, LedgerError> BadCalls => new()
    {
        { Calls.AddStake(Hotkey, Subnet, Tao.Zero), LedgerError.AmountTooLow },
        { Calls.AddStake(Hotkey, Subnet, new Tao(1)), LedgerError.AmountTooLow },
        { Calls.AddStake(Hotkey, NetUid.Root, Tao.Max), LedgerError.NotEnoughBalanceToStake },
        { Calls.AddStake(Hotkey, Subnet, Tao.Max), LedgerError.InsufficientLiquidity },
        { Calls.AddStake(Hotkey, new NetUid(9_999), OneTao), LedgerError.SubnetNotExists },
        { Calls.AddStake(DevAccounts.Ferdie, Subnet, OneTao), LedgerError.HotKeyAccountNotExists },
        { Calls.AddStakeLimit(Hotkey, Subnet, OneTao, new LimitPrice(1), false), LedgerError.PriceLimitExceeded },
        { Calls.RemoveStake(Hotkey, Subnet, Alpha.Zero), LedgerError.AmountTooLow },
        { Calls.Transfer(DevAccounts.Eve, Tao.Max, true), LedgerError.FundsUnavailable },
        { Calls.IncreaseTake(Hotkey, new Take(1)), LedgerError.NonAssociatedColdKey },
        { Calls.StartCall(Subnet), LedgerError.BadOrigin },
    };

    [Theory]
    [MemberData(nameof(BadCalls))]
    public async Task Submit_BadInput_IsATypedRefusalThatCostsNothing(Call call, LedgerError expected)
    {
        var coldkey = DemoNetwork.Staker(6);
        var before = await Client.GetBalanceAsync(coldkey, Token);

        var result = await Client.SubmitAsync(coldkey, call, cancellationToken: Token);

        Assert.Equal((OperationStatus.Refused, expected.ToString()), (result.Status, result.ErrorName));
        Assert.Equal(before.Free, (await Client.GetBalanceAsync(coldkey, Token)).Free);
    }

    [Fact]
    public async Task SwapThenTransferStake_BetweenSubnets_ArrivesWhole()
    {
        var (coldkey, receiver) = (DemoNetwork.Staker(8), DemoNetwork.Staker(9));
        var other = new NetUid(3);
        var added = await Client.AddStakeAsync(coldkey, Hotkey, Subnet, OneTao, cancellationToken: Token);
        var bought = added.Moves[0].Alpha;
        var heldByReceiver = await ValueOf(receiver, Hotkey, other);
        var quote = await Client.QuoteAsync(coldkey, Calls.SwapStake(Hotkey, Subnet, other, bought), Token);

        var swapped = await Client.SwapStakeAsync(coldkey, Hotkey, Subnet, other, bought, cancellationToken: Token);
        var swappedAlpha = swapped.Moves[^1].Alpha;
        var given = await Client.TransferStakeAsync(coldkey, receiver, Hotkey, other, other, swappedAlpha, cancellationToken: Token);

        Assert.True(swapped.IsApplied, swapped.ErrorName);
        Assert.Equal(LedgerError.None, quote.Error);
        Assert.Equal(quote.AmountOut, swappedAlpha.Rao);
        Assert.True(given.IsApplied, given.ErrorName);
        var arrived = await ValueOf(receiver, Hotkey, other);
        Assert.InRange(arrived.Rao, heldByReceiver.Rao + swappedAlpha.Rao - 1, heldByReceiver.Rao + swappedAlpha.Rao + 1);
    }

    [Fact]
    public async Task UnstakeAll_StakeInTwoSubnets_LeavesNoneOnThatHotkey()
    {
        var coldkey = DemoNetwork.Staker(10);
        await Client.AddStakeAsync(coldkey, Hotkey, Subnet, OneTao, cancellationToken: Token);
        await Client.AddStakeAsync(coldkey, Hotkey, NetUid.Root, OneTao, cancellationToken: Token);

        var result = await Client.UnstakeAllAsync(coldkey, Hotkey, cancellationToken: Token);

        Assert.True(result.IsApplied, result.ErrorName);
        Assert.DoesNotContain(await Client.GetPositionsAsync(coldkey, Token), position => position.Hotkey == Hotkey && !position.Value.IsZero);
    }

    [Fact]
    public async Task Blocks_SeveralClosed_FollowWithoutAGapByParentHash()
    {
        var first = await network.CloseBlock();
        await network.CloseBlock();
        var last = await network.CloseBlock();

        var seen = new List<Grains.Blocks.BlockHeader>();
        await foreach (var header in Client.Blocks(first.Number, Token))
        {
            seen.Add(header);
            if (header.Number == last.Number) break;
        }

        Assert.Equal(first.Hash, seen[0].Hash);
        Assert.All(seen.Zip(seen.Skip(1)), pair => Assert.Equal(pair.First.Hash, pair.Second.ParentHash));
        Assert.Equal(seen.Select(header => header.Number.Value), Enumerable.Range(0, seen.Count).Select(i => first.Number.Value + (ulong)i));
        Assert.Equal(last.Hash, (await Client.GetBlockAsync(last.Number, Token))?.Hash);
    }

    [Fact]
    public async Task Receipts_OfAnAccount_AreThoseOfItsOperations()
    {
        var coldkey = DemoNetwork.Staker(7);
        var sent = new List<OperationId>();
        for (var i = 0; i < 3; i++)
        {
            sent.Add((await Client.TransferAsync(coldkey, DevAccounts.Dave, OneTao, cancellationToken: Token)).Operation.Id);
        }

        var seen = new List<OperationId>();
        await foreach (var receipt in Client.Receipts(coldkey, 0, Token))
        {
            seen.Add(receipt.Id);
            if (seen.Count == sent.Count) break;
        }

        Assert.Equal(sent, seen);
    }

    [Fact]
    public async Task GetValidator_OwnedHotkey_TellsItsOwner()
    {
        var owner = (await Client.GetSubnetAsync(Subnet, Token))!.Pool.Books!.Owner;

        Assert.Equal(owner, (await Client.GetValidatorAsync(Hotkey, Token))?.Owner);
        Assert.Null(await Client.GetValidatorAsync(DevAccounts.Ferdie, Token));
    }

    [Fact]
    public async Task Administer_FeeRate_HoldsOnReturnAndAnUnknownNameIsRefused()
    {
        var netuid = new NetUid(16);

        var set = await Client.AdministerAsync("fee_rate", "77", netuid, cancellationToken: Token);
        var unknown = await Client.AdministerAsync("no_such_thing", "1", netuid, cancellationToken: Token);

        Assert.True(set.IsApplied, set.ErrorName);
        Assert.Equal(new FeeRate(77), (await Client.GetSubnetAsync(netuid, Token))!.Pool.Books!.FeeRate);
        Assert.Equal((OperationStatus.Refused, nameof(LedgerError.UnknownParameter)), (unknown.Status, unknown.ErrorName));
    }

    /// <summary>The hotkey of subnet 2's owner in the demo's genesis.</summary>
    private static AccountId Hotkey { get; } =
        Hosting.Genesis.DemoGenesis.Create().Subnets.Single(subnet => subnet.Netuid == Subnet).Books.OwnerHotkey!.Value;

    private async Task<Alpha> ValueOf(AccountId coldkey, AccountId hotkey, NetUid? netuid = null) =>
        (await Client.GetPositionsAsync(coldkey, Token)).SingleOrDefault(position => position.Netuid == (netuid ?? Subnet) && position.Hotkey == hotkey)?.Value ?? Alpha.Zero;
}

using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Validators;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>The quote of a call says what the call then does, to the rao, and by itself changes nothing.</summary>
public sealed class QuoteAgreementTests(SharedNetwork shared) : IClassFixture<SharedNetwork>
{
    private static readonly AccountId Stranger = Key(77);

    private RunningNetwork Network => shared.Network;

    private DtaoClient Client => new(shared.Cluster.Host.Grains);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int, Call> Trades => new()
    {
        { 0, Calls.AddStake(Hot, One, new Tao(3 * OneTao)) },
        { 1, Calls.AddStake(Hot, Root, new Tao(3 * OneTao)) },
        { 2, Calls.AddStakeLimit(Hot, One, new Tao(900 * OneTao), new LimitPrice(150_000_000), allowPartial: true) },
        { 3, Calls.RemoveStake(Hot, One, new Alpha(7 * OneTao)) },
        { 4, Calls.RemoveStake(Hot, One, new Alpha(7_000 * OneTao)) },
        { 5, Calls.RemoveStakeLimit(Hot, One, new Alpha(90 * OneTao), new LimitPrice(1), allowPartial: true) },
        { 6, Calls.RemoveStakeFullLimit(Warm, Two, null) },
        { 7, Calls.RemoveStake(Hot, Root, new Alpha(OneTao)) },
        { 8, Calls.UnstakeAll(Hot) },
        { 9, Calls.UnstakeAllAlpha(Hot) },
        { 10, Calls.MoveStake(Hot, Warm, One, One, new Alpha(5 * OneTao)) },
        { 11, Calls.MoveStake(Hot, Warm, One, Two, new Alpha(5 * OneTao)) },
        { 12, Calls.TransferStake(Staker(50), Hot, One, One, new Alpha(5 * OneTao)) },
        { 13, Calls.TransferStake(Staker(50), Hot, One, Two, new Alpha(5 * OneTao)) },
        { 14, Calls.SwapStake(Hot, One, Two, new Alpha(5 * OneTao)) },
        { 15, Calls.SwapStakeLimit(Hot, One, Two, new Alpha(90 * OneTao), 190_000_000, allowPartial: true) },
        { 16, Calls.AddStakeBurn(Hot, One, new Tao(OneTao), null) },
        { 17, Calls.RecycleAlpha(Hot, One, new Alpha(OneTao)) },
        { 18, Calls.BurnAlpha(Hot, One, new Alpha(70_000 * OneTao)) },
        { 19, Calls.AddStake(Hot, Stable, new Tao(OneTao)) },
    };

    public static TheoryData<int, AccountId, Call> Payments => new()
    {
        { 20, Staker(40), Calls.Transfer(Staker(40), new Tao(OneTao), keepAlive: true) },
        { 21, Stranger, Calls.Transfer(Stranger, new Tao(500), keepAlive: true) },
        { 22, Staker(41), Calls.Transfer(Staker(41), new Tao(StakerTao - 499), keepAlive: false) },
        { 23, Staker(42), Calls.Transfer(Staker(42), new Tao(StakerTao), keepAlive: false) },
        { 24, Staker(43), Calls.TransferAll(Staker(43), keepAlive: true) },
        { 25, Staker(44), Calls.TransferAll(Staker(44), keepAlive: false) },
        { 26, Staker(45), Calls.Transfer(Staker(45), Tao.Zero, keepAlive: true) },
        { 27, AccountId.OfSubnet(One), Calls.Transfer(AccountId.OfSubnet(One), new Tao(12_345), keepAlive: true) },
        { 28, AccountId.OfSubnet(Missing), Calls.Transfer(AccountId.OfSubnet(Missing), new Tao(12_345), keepAlive: true) },
    };

    public static TheoryData<string, AccountId, Call> Refusals => new()
    {
        { "keep alive", Staker(55), Calls.Transfer(Stranger, new Tao(StakerTao), keepAlive: true) },
        { "more than there is", Staker(55), Calls.Transfer(Stranger, new Tao(StakerTao + 1), keepAlive: false) },
        { "receiver below the deposit", Staker(55), Calls.Transfer(Key(78), new Tao(499), keepAlive: true) },
        { "subnet's account below the deposit", Staker(55), Calls.Transfer(AccountId.OfSubnet(new NetUid(98)), new Tao(499), keepAlive: true) },
        { "sender that does not exist", Key(79), Calls.Transfer(Staker(0), new Tao(1), keepAlive: false) },
        { "take of a hotkey that nobody owns", Owner, Calls.IncreaseTake(Ghost, new Take(1)) },
        { "take of another's hotkey", Staker(55), Calls.DecreaseTake(Hot, new Take(1)) },
        { "take above the maximum", Owner, Calls.IncreaseTake(Warm, new Take(60_000)) },
        { "subnet's account as a hotkey", Owner, Calls.TryAssociateHotkey(AccountId.OfSubnet(One)) },
        { "start of another's subnet", Staker(55), Calls.StartCall(Unstarted) },
        { "start of a started subnet", Owner, Calls.StartCall(One) },
        { "start of no subnet", Owner, Calls.StartCall(Missing) },
        { "stake on no subnet", Staker(55), Calls.AddStake(Hot, Missing, new Tao(OneTao)) },
        { "unstake from no subnet", Staker(55), Calls.RemoveStake(Hot, Missing, new Alpha(OneTao)) },
        { "recycling on no subnet", Staker(55), Calls.RecycleAlpha(Hot, Missing, new Alpha(OneTao)) },
        { "recycling on root", Staker(55), Calls.RecycleAlpha(Hot, Root, new Alpha(OneTao)) },
        { "burning before the start", Staker(55), Calls.BurnAlpha(Hot, Unstarted, new Alpha(OneTao)) },
        { "burning on a hotkey that nobody owns", Staker(55), Calls.BurnAlpha(Ghost, One, new Alpha(OneTao)) },
        { "buying to burn with too little", Staker(55), Calls.AddStakeBurn(Hot, One, new Tao(1), null) },
        { "buying to burn past the limit", Staker(55), Calls.AddStakeBurn(Hot, One, new Tao(OneTao), new LimitPrice(1)) },
        { "unstaking all of a hotkey that nobody owns", Staker(55), Calls.UnstakeAll(Ghost) },
        { "swapping into no subnet", Staker(55), Calls.SwapStake(Hot, One, Missing, new Alpha(OneTao)) },
    };

    [Theory]
    [MemberData(nameof(Trades))]
    public async Task Quote_Trade_IsWhatTheCallThenDoes(int number, Call call)
    {
        var signer = Staker(number);
        var before = await Look(signer, call);
        var quote = await Client.QuoteAsync(signer, call, Token);
        Assert.Equal(before, await Look(signer, call));

        var receipt = await Network.Submit(signer, call);

        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.Equal(LedgerError.None, quote.Error);
        var moves = receipt.Outcome!.Moves;
        Assert.Equal(call.Kind is CallKind.RecycleAlpha or CallKind.BurnAlpha, moves.Count == 0);
        var last = moves.Count == 0 ? default : moves[^1];
        Assert.Equal(receipt.Outcome.Amount ?? (last.Kind == StakeMoveKind.In ? last.Alpha.Rao : last.Tao.Rao), quote.AmountOut);
        Assert.Equal((ulong)moves.Sum(move => (long)move.Fee), quote.Fee);
        var after = await Look(signer, call);
        if (call.Kind is CallKind.UnstakeAll or CallKind.UnstakeAllAlpha) return;
        AssertLeft(call, before, after, quote.AmountIn);
        if (moves.Count > 0) Assert.Equal((before.PriceBits, after.PriceBits), (quote.PriceBeforeBits, quote.PriceAfterBits));
    }

    [Theory]
    [MemberData(nameof(Payments))]
    public async Task Quote_Payment_IsWhatTheCallThenDoes(int number, AccountId receiver, Call call)
    {
        var signer = Staker(number);
        var (had, held) = (await Network.Free(signer), await Held(receiver));
        var quote = await Client.QuoteAsync(signer, call, Token);
        Assert.Equal((had, held), (await Network.Free(signer), await Held(receiver)));

        var receipt = await Network.Submit(signer, call);

        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.Equal(LedgerError.None, quote.Error);
        Assert.Equal(had - await Network.Free(signer), quote.AmountIn);
        Assert.Equal(await Held(receiver) - held, quote.AmountOut);
        Assert.Equal(quote.AmountIn - quote.AmountOut, quote.Dust.Rao);
    }

    /// <summary>TAO passes through the receiver's account on its way into the other subnet, and an account that had none keeps the deposit.</summary>
    [Theory]
    [InlineData(30, 97, 0, 500)]
    [InlineData(31, 96, 12_345, 0)]
    public async Task Quote_StakeGivenToTheAccountOfNoSubnet_IsWhatTheCallThenDoes(int number, ushort netuid, ulong held, ulong kept)
    {
        var receiver = AccountId.OfSubnet(new NetUid(netuid));
        if (held > 0) Assert.True((await Network.Submit(Staker(32), Calls.Transfer(receiver, new Tao(held), keepAlive: true))).IsApplied);
        var call = Calls.TransferStake(receiver, Hot, One, Two, new Alpha(5 * OneTao));
        var quote = await Client.QuoteAsync(Staker(number), call, Token);

        var receipt = await Network.Submit(Staker(number), call);

        Assert.True(receipt.IsApplied, receipt.ErrorName);
        var moves = receipt.Outcome!.Moves;
        Assert.Equal(kept, moves[0].Tao.Rao - moves[^1].Tao.Rao);
        Assert.Equal(moves[^1].Alpha.Rao, quote.AmountOut);
        Assert.Equal(held + kept, await Held(receiver));
    }

    [Fact]
    public async Task Quote_PaymentThatLeavesDust_TellsIt()
    {
        var quote = await Client.QuoteAsync(Staker(55), Calls.Transfer(Staker(0), new Tao(StakerTao - 499), keepAlive: false), Token);

        Assert.Equal((LedgerError.None, StakerTao, StakerTao - 499, new Tao(499)), (quote.Error, quote.AmountIn, quote.AmountOut, quote.Dust));
    }

    [Fact]
    public async Task Quote_CallsOnAHotkey_TellOwnerAndTakeBeforeAndAfter()
    {
        var hotkey = Key(80);
        foreach (var (signer, call) in new[]
        {
            (Owner, Calls.TryAssociateHotkey(hotkey)),
            (Staker(55), Calls.TryAssociateHotkey(hotkey)),
            (Owner, Calls.IncreaseTake(hotkey, new Take(100))),
            (Owner, Calls.IncreaseTake(hotkey, new Take(200))),
            (Owner, Calls.IncreaseTake(hotkey, new Take(200))),
            (Owner, Calls.DecreaseTake(hotkey, new Take(50))),
            (Owner, Calls.DecreaseTake(hotkey, new Take(50))),
        })
        {
            var before = await Client.GetValidatorAsync(hotkey, Token);
            var quote = await Client.QuoteAsync(signer, call, Token);
            Assert.Equal(before, await Client.GetValidatorAsync(hotkey, Token));

            var receipt = await Network.Submit(signer, call);

            Assert.Equal(receipt.Outcome!.Error, quote.Error);
            if (quote.Error != LedgerError.None) continue;
            Assert.Equal((before, await Client.GetValidatorAsync(hotkey, Token)), (quote.HotkeyBefore, quote.HotkeyAfter));
        }

        Assert.Equal((Owner, (ushort?)50), ((await Client.GetValidatorAsync(hotkey, Token))!.Owner, (await Client.GetValidatorAsync(hotkey, Token))!.StoredTake));
    }

    [Fact]
    public async Task Quote_TakeRaisedTooSoon_IsRefusedAsTheCallIs()
    {
        Assert.True((await Network.Submit(Owner, Calls.TryAssociateHotkey(Key(81)))).IsApplied);
        await Network.Coordinator.CloseBlock();
        Assert.True((await Network.Submit(Owner, Calls.IncreaseTake(Key(81), new Take(1)))).IsApplied);
        await shared.Administer("take_rate_limit", "1000");
        var call = Calls.IncreaseTake(Key(81), new Take(2));

        var quote = await Client.QuoteAsync(Owner, call, Token);

        Assert.Equal(LedgerError.DelegateTxRateLimitExceeded, quote.Error);
        Assert.Equal(quote.Error, (await Network.Submit(Owner, call)).Outcome!.Error);
        await shared.Administer("take_rate_limit", "0");
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    [MemberData(nameof(BadInput))]
    public async Task Quote_CallThatIsRefused_SaysTheReasonOfTheCall(string what, AccountId signer, Call call)
    {
        var before = await Look(signer, call);
        var quote = await Client.QuoteAsync(signer, call, Token);
        Assert.Equal(before, await Look(signer, call));

        var receipt = await Network.Submit(signer, call);

        Assert.True(receipt.Status == ReceiptStatus.Refused, $"{what}: {receipt.Status}");
        Assert.True(receipt.Outcome!.Error == quote.Error, $"{what}: quoted {quote.Error}, refused as {receipt.ErrorName}");
        Assert.Equal((call.Amount, 0UL, 0UL, Tao.Zero), (quote.AmountIn, quote.AmountOut, quote.Fee, quote.Dust));
    }

    public static IEnumerable<TheoryDataRow<string, AccountId, Call>> BadInput =>
        BadInputTests.Refused.Select(row => new TheoryDataRow<string, AccountId, Call>(row.Data.Item1, Staker(56), row.Data.Item2));

    [Theory]
    [MemberData(nameof(BadInputTests.Malformed), MemberType = typeof(BadInputTests))]
    public async Task Quote_MalformedCall_IsAMalformedCall(string what, Call call)
    {
        if (call.Kind == CallKind.Admin) return;

        var quote = await Client.QuoteAsync(Staker(57), call, Token);

        Assert.True(quote.Error == LedgerError.MalformedCall, $"{what}: {quote.Error}");
    }

    private static void AssertLeft(Call call, Seen before, Seen after, ulong amountIn)
    {
        var paysTao = call.Kind is CallKind.AddStake or CallKind.AddStakeLimit or CallKind.AddStakeBurn;
        if (paysTao) Assert.Equal(before.Free - after.Free, amountIn);
        else Assert.InRange((Int128)before.Position - after.Position, (Int128)amountIn - 1, (Int128)amountIn + 1);
    }

    private async Task<Seen> Look(AccountId signer, Call call)
    {
        var view = await Network.Pool(call.Netuid).GetView();
        return new(
            await Network.Free(signer), (await Network.Position(call.Netuid, call.Hotkey, signer)).Rao, view.Order, view.PriceBits,
            await Client.GetValidatorAsync(call.Hotkey, Token));
    }

    private async Task<ulong> Held(AccountId account)
    {
        if (!SystemAccounts.TryGetSubnet(account, out var netuid)) return await Network.Free(account);
        var view = await Network.Pool(netuid).GetView();
        return (view.Books?.AccountTao ?? view.UnclaimedTao).Rao;
    }

    private sealed record Seen(ulong Free, ulong Position, ulong Order, UInt128 PriceBits, HotkeyFacts? Hotkey);
}

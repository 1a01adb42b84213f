using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>Whatever is sent is answered with a receipt whose code never changes, and costs nothing.</summary>
[Collection(typeof(OnSharedNetwork))]
public sealed class BadInputTests(SharedNetwork shared)
{
    private const ulong Huge = ulong.MaxValue - 1;

    private RunningNetwork Network => shared.Network;

    public static TheoryData<string, Call, ushort> Refused => new()
    {
        { "zero", Calls.AddStake(Hot, One, Tao.Zero), 3 },
        { "dust", Calls.AddStake(Hot, One, new Tao(1)), 3 },
        { "zero out", Calls.RemoveStake(Hot, One, Alpha.Zero), 3 },
        { "more than owned", Calls.AddStake(Hot, One, new Tao(5_000 * OneTao)), 5 },
        { "more than owned, root", Calls.AddStake(Hot, Root, new Tao(5_000 * OneTao)), 5 },
        { "more alpha than owned", Calls.RemoveStakeLimit(Hot, One, new Alpha(5_000 * OneTao), new LimitPrice(1), allowPartial: false), 8 },
        { "near 2^64, root", Calls.AddStake(Hot, Root, new Tao(Huge)), 5 },
        { "near 2^64 beyond the pool", Calls.AddStake(Hot, One, new Tao(Huge)), 7 },
        { "near 2^64 out", Calls.RemoveStakeLimit(Hot, Root, new Alpha(Huge), new LimitPrice(1), allowPartial: false), 8 },
        { "near 2^64 transferred", Calls.Transfer(Nobody, new Tao(Huge), keepAlive: false), 80 },
        { "near 2^64 recycled", Calls.RecycleAlpha(Hot, Root, new Alpha(Huge)), 12 },
        { "unknown subnet", Calls.AddStake(Hot, Missing, new Tao(OneTao)), 1 },
        { "unknown destination", Calls.SwapStake(Hot, One, Missing, new Alpha(OneTao)), 1 },
        { "unknown hotkey", Calls.AddStake(Ghost, One, new Tao(OneTao)), 6 },
        { "unknown hotkey, take", Calls.IncreaseTake(Ghost, new Take(1)), 6 },
        { "another's hotkey", Calls.IncreaseTake(Hot, new Take(1)), 13 },
        { "another's subnet", Calls.StartCall(Unstarted), 19 },
        { "subnet not started", Calls.AddStake(Hot, Unstarted, new Tao(OneTao)), 2 },
        { "limit on the wrong side, buying", Calls.AddStakeLimit(Hot, One, new Tao(OneTao), new LimitPrice(1), allowPartial: false), 64 },
        { "limit on the wrong side, selling", Calls.RemoveStakeLimit(Hot, One, new Alpha(OneTao), new LimitPrice(900_000_000_000), allowPartial: false), 64 },
        { "kept alive", Calls.Transfer(Nobody, new Tao(StakerTao), keepAlive: true), 81 },
        { "receiver below the deposit", Calls.Transfer(Nobody, new Tao(10), keepAlive: true), 82 },
    };

    public static TheoryData<string, Call> Malformed => new()
    {
        { "no kind", new Call { Kind = CallKind.None } },
        { "unknown kind", new Call { Kind = (CallKind)250 } },
        { "administrator's", Calls.Administer("fee_rate", "1", One) },
        { "no limit, buying", new Call { Kind = CallKind.AddStakeLimit, Hotkey = Hot, Netuid = One, Amount = OneTao } },
        { "no limit, selling", new Call { Kind = CallKind.RemoveStakeLimit, Hotkey = Hot, Netuid = One, Amount = OneTao } },
        { "no limit, swapping", new Call { Kind = CallKind.SwapStakeLimit, Hotkey = Hot, Netuid = One, ToNetuid = Two, Amount = OneTao } },
        { "no destination hotkey", new Call { Kind = CallKind.MoveStake, Hotkey = Hot, Netuid = One, ToNetuid = Two, Amount = OneTao } },
        { "no destination subnet", new Call { Kind = CallKind.SwapStake, Hotkey = Hot, Netuid = One, Amount = OneTao } },
        { "no receiver of stake", new Call { Kind = CallKind.TransferStake, Hotkey = Hot, Netuid = One, ToNetuid = Two, Amount = OneTao } },
        { "no receiver", new Call { Kind = CallKind.Transfer, Amount = OneTao } },
        { "no receiver of all", new Call { Kind = CallKind.TransferAll } },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Submit_BadInput_IsRefusedWithItsStableCodeAndCostsNothing(string what, Call call, ushort code)
    {
        var signer = Staker(50);

        var receipt = await Network.Submit(signer, call);

        Assert.True((ReceiptStatus.Refused, code) == (receipt.Status, (ushort)receipt.Code), $"{what}: {receipt.Status} {(ushort)receipt.Code} {receipt.Code}");
        Assert.Equal(((LedgerError)code).ToString(), receipt.ErrorName);
        Assert.Equal(StakerTao, await Network.Free(signer));
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Submit_MalformedCall_IsNotAcceptedAndLeavesNoReceipt(string what, Call call)
    {
        var operation = await Network.Prepare(Staker(0), call);

        var receipt = await Network.Submit(operation);

        Assert.True((ReceiptStatus.NotAccepted, (ushort)1008) == (receipt.Status, (ushort)receipt.Code), $"{what}: {receipt.Status} {receipt.Code}");
        Assert.Null(await Network.Account(operation.Signer).GetReceipt(operation.Id));
    }

    [Fact]
    public async Task Submit_ToAnotherAccountsActor_IsWrongSigner()
    {
        var operation = await Network.Prepare(Staker(1), Calls.Transfer(Staker(0), new Tao(OneTao), keepAlive: true));

        var receipt = await Network.Account(Staker(2)).Submit(operation);

        Assert.Equal((ReceiptStatus.NotAccepted, 1007), (receipt.Status, (int)receipt.Code));
        Assert.Equal(StakerTao, await Network.Free(Staker(1)));
        Assert.Equal(StakerTao, await Network.Free(Staker(2)));
    }

    [Fact]
    public async Task Submit_LastValidBlockFarAhead_IsNotAccepted()
    {
        var operation = await Network.Prepare(Staker(1), Calls.AddStake(Hot, One, new Tao(OneTao)));
        var head = await Network.Head();

        var receipt = await Network.Submit(operation with { LastValidBlock = new BlockNumber(head.Value + OperationLimits.ValidityBlocksMax + 1) });

        Assert.Equal((ReceiptStatus.NotAccepted, 1002), (receipt.Status, (int)receipt.Code));
    }

    [Fact]
    public async Task Submit_KnownIdOtherContent_IsAConflictAndTheFirstReceiptStays()
    {
        var first = await Network.Prepare(Staker(3), Calls.AddStake(Hot, One, new Tao(OneTao)));
        var receipt = await Network.Submit(first);

        var other = await Network.Submit(first with { Call = Calls.AddStake(Hot, One, new Tao(2 * OneTao)) });
        var again = await Network.Submit(first);

        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.Equal((ReceiptStatus.NotAccepted, 1003), (other.Status, (int)other.Code));
        Assert.Equal(ReceiptText.Of(receipt), ReceiptText.Of(again));
        Assert.Equal(StakerTao - OneTao, await Network.Free(Staker(3)));
    }

    /// <summary>
    /// One use of the id is still in line, behind an operation that runs alone. Which of the two comes first is not ours to say,
    /// so the contents differ in a way that lets either be applied.
    /// </summary>
    [Fact]
    public async Task Submit_IdInLineOtherContent_IsAConflict()
    {
        var signer = Staker(4);
        await using var hold = await Network.HoldPool(One);
        var alone = Network.Submit(signer, Calls.AddStake(Hot, One, new Tao(StakerTao)));
        await Network.WaitForInFlight(signer, 1);
        var first = await Network.Prepare(signer, Calls.Transfer(Staker(0), Tao.Zero, keepAlive: true));
        var waiting = Network.Submit(first);

        var other = Network.Submit(first with { Call = Calls.Transfer(Staker(0), Tao.Zero, keepAlive: false) });
        await Network.Account(signer).GetView();
        await hold.Open();
        await alone;

        int[] codes = [(int)(await waiting).Code, (int)(await other).Code];
        Assert.Equal([0, 1003], codes.Order());
    }

    /// <summary>The pool stays closed until as many as must be refused have been answered: no place becomes free before.</summary>
    [Fact]
    public async Task Submit_MoreThanAThousandInFlight_RefusesThoseBeyondAndTakesTheRest()
    {
        const int Beyond = 100;
        var signer = Staker(5);
        await using var hold = await Network.HoldPool(One);
        var amount = new Tao(10_000_000);
        var operation = await Network.Prepare(signer, Calls.AddStake(Hot, One, amount));
        var sent = Enumerable.Range(0, OperationLimits.InFlightMax + Beyond).Select(_ => Network.SubmitPatiently(operation with { Id = OperationId.Create() })).ToArray();
        var unanswered = new List<Task<Receipt>>(sent);
        for (var i = 0; i < Beyond; i++) unanswered.Remove(await Task.WhenAny(unanswered));
        await Network.WaitForInFlight(signer, OperationLimits.InFlightMax);
        await hold.Open();

        var receipts = await Task.WhenAll(sent);

        Assert.Equal(Beyond, receipts.Count(receipt => (receipt.Status, (int)receipt.Code) == (ReceiptStatus.NotAccepted, 1004)));
        Assert.Equal(OperationLimits.InFlightMax, receipts.Count(receipt => receipt.IsApplied));
        Assert.Equal(StakerTao - (OperationLimits.InFlightMax * amount.Rao), await Network.Free(signer));
    }
}

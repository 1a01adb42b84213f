using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.Hosting.Network;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>After a failed or unknown write nobody is told a guess, and the actor comes back from what is stored.</summary>
public sealed class PoisonTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-poison-");
    private FaultyJournals? _journals;
    private NetworkHost? _host;

    private RunningNetwork Network => RunningNetwork.Of(_host!);

    public async ValueTask InitializeAsync() => _host = await NetworkHost.StartAsync(new NetworkHostOptions
    {
        DatabasePath = Path.Combine(_folder.FullName, "ledger.db"),
        Genesis = NetworkGenesis.Of(Genesis()),
        DrivesBlocks = false,
        Silo = silo => _journals = FaultyJournals.AddTo(silo),
    });

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            AuditAssert.IsClean(_host);
            await _host.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(JournalFault.AppendRefused)]
    [InlineData(JournalFault.AnswerLost)]
    public async Task Account_WriteFails_AnswersOutcomeUnknownAndTheRepeatTakesEffectOnce(JournalFault fault)
    {
        var operation = await Network.Prepare(Staker(0), Calls.AddStake(Hot, One, new Tao(OneTao)));
        _journals!.FailNext(ActorKeys.Account(Staker(0)), fault);

        var first = await Network.Submit(operation);
        var repeat = await Network.SubmitUntilDecided(operation);
        var again = await Network.Submit(operation);

        Assert.Equal(1, _journals.Happened);
        Assert.Equal((ReceiptStatus.NotAccepted, RefusalCode.OutcomeUnknown), (first.Status, first.Code));
        Assert.True(repeat.IsApplied, repeat.ErrorName);
        Assert.Equal(ReceiptText.Of(repeat), ReceiptText.Of(again));
        Assert.Equal(StakerTao - OneTao, await Network.Free(Staker(0)));
    }

    /// <summary>Whoever decides for an account comes back by itself: the account sends again until it is told.</summary>
    [Theory]
    [InlineData(CallKind.AddStake)]
    [InlineData(CallKind.SwapStake)]
    [InlineData(CallKind.Transfer)]
    [InlineData(CallKind.TryAssociateHotkey)]
    public async Task DecidingActor_WriteFails_RecoversAndDecidesOnce(CallKind kind)
    {
        var hotkey = kind == CallKind.TryAssociateHotkey ? Ghost : Hot;
        var operation = await Network.Prepare(Staker(1), new Call
        {
            Kind = kind,
            Hotkey = hotkey,
            Netuid = One,
            ToNetuid = Two,
            ToColdkey = Staker(2),
            Amount = OneTao,
            KeepAlive = true,
        });
        _journals!.FailNext(
            kind switch
            {
                CallKind.AddStake => ActorKeys.Pool(One.Value),
                CallKind.SwapStake => ActorKeys.Lane,
                CallKind.Transfer => ActorKeys.Account(Staker(2)),
                _ => ActorKeys.Validator(hotkey),
            },
            JournalFault.AppendRefused);

        var receipt = await Network.SubmitUntilDecided(operation);

        Assert.Equal(1, _journals.Happened);
        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.Equal(kind is CallKind.AddStake or CallKind.Transfer ? StakerTao - OneTao : StakerTao, await Network.Free(Staker(1)));
        Assert.Equal(kind == CallKind.Transfer ? StakerTao + OneTao : StakerTao, await Network.Free(Staker(2)));
    }

    [Fact]
    public async Task Coordinator_WriteFails_TheNextBlockFollowsWithoutAGap()
    {
        var first = await Network.Coordinator.CloseBlock();
        _journals!.FailNext(ActorKeys.Coordinator, JournalFault.AppendRefused);

        await Assert.ThrowsAnyAsync<Exception>(() => Network.Coordinator.CloseBlock());
        var next = await Network.Coordinator.CloseBlock();

        Assert.Equal(1, _journals.Happened);
        Assert.Equal(first.Number.Next, next.Number);
        Assert.Equal(first.Hash, next.ParentHash);
    }
}

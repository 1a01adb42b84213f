using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Hosting.Network;
using Dtao.TestKit;
using Orleans.Core.Internal;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>Operations of many accounts in one message: each is answered as if it had come by itself, and takes effect once whatever ends on the way.</summary>
public sealed class ManyOperationsTests(ManyOperationsTests.OneNetwork network) : IClassFixture<ManyOperationsTests.OneNetwork>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RunningNetwork Network => RunningNetwork.Of(network.Host);

    private IOperationIntakeGrain Intake => network.Host.Grains.Intake();

    /// <summary>The second time the accounts are known to be active here, and no message goes to them.</summary>
    [Fact]
    public async Task SubmitMany_MixedOperations_EachIsAnsweredAsIfItWereAlone()
    {
        var operations = await Mixed(Network);

        var first = (await Intake.SubmitMany(new OperationBatch(operations))).Receipts;
        var second = (await Intake.SubmitMany(new OperationBatch(operations))).Receipts;
        var alone = new List<Receipt>();
        foreach (var operation in operations) alone.Add(await Network.Submit(operation));

        Assert.Equal(operations.Select(operation => operation.Id), first.Select(receipt => receipt.Id));
        Assert.Equal(MixedErrors, first.Select(receipt => receipt.ErrorName));
        Assert.Equal(first.Select(ReceiptText.Of), alone.Select(ReceiptText.Of));
        Assert.Equal(first.Select(ReceiptText.Of), second.Select(ReceiptText.Of));
        Assert.Equal(ReceiptText.Of(first[0]), ReceiptText.Of(first[4]));
        Assert.Equal(StakerTao - OneTao, await Network.Free(Staker(4)));
        Assert.Equal(StakerTao + OneTao, await Network.Free(Staker(5)));
    }

    [Fact]
    public async Task SubmitMany_TooManyOrTooLarge_NothingIsLookedAt()
    {
        var operation = await Network.Prepare(Staker(7), Calls.AddStake(Hot, One, new Tao(OneTao)));
        var large = operation with { Call = Calls.Administer("limit_orders", new string('x', (int)OperationLimits.BatchBytesMax), netuid: null) };
        var many = Enumerable.Range(0, OperationLimits.BatchMax + 1).Select(_ => operation with { Id = OperationId.Create() }).ToArray();

        var tooMany = (await Intake.SubmitMany(new OperationBatch(many))).Receipts;
        var tooLarge = (await Intake.SubmitMany(new OperationBatch([operation, large]))).Receipts;
        var none = (await Intake.SubmitMany(new OperationBatch([]))).Receipts;

        Assert.Equal(many.Select(one => (one.Id, ReceiptStatus.NotAccepted, RefusalCode.BatchTooLarge)), tooMany.Select(receipt => (receipt.Id, receipt.Status, receipt.Code)));
        Assert.Equal([RefusalCode.BatchTooLarge, RefusalCode.BatchTooLarge], tooLarge.Select(receipt => receipt.Code));
        Assert.Empty(none);
        Assert.Equal(StakerTao, await Network.Free(Staker(7)));
        Assert.Null(await Network.Account(Staker(7)).GetReceipt(operation.Id));
    }

    /// <summary>Writes of accounts and of a pool fail, and activations end, while batches come: the client sends again what has no outcome, and nothing happens twice.</summary>
    [Fact]
    public async Task SubmitMany_ActorsEndMeanwhile_EachOperationTakesEffectOnce()
    {
        const int Rounds = 12, Stakers = 16;
        await using var client = new DtaoClient(network.Host.Client, new DtaoClientOptions { TriesMax = 1_000, RetryPauseMilliseconds = 1, RetryPauseMillisecondsMax = 10 });
        var operations = new List<Operation>();
        for (var round = 0; round < Rounds; round++)
        {
            for (var staker = 0; staker < Stakers; staker++) operations.Add(await Network.Prepare(Staker(8 + staker), Calls.AddStake(Hot, One, new Tao(OneTao))));
        }

        var answered = new List<OperationResult>();
        for (var round = 0; round < Rounds; round++)
        {
            if (round % 3 == 0) network.Journals.FailNext(ActorKeys.Account(Staker(8 + round)), round % 2 == 0 ? JournalFault.AnswerLost : JournalFault.AppendRefused);
            if (round % 4 == 1) network.Journals.FailNext(ActorKeys.Pool(One.Value), JournalFault.AppendRefused);
            var sent = client.SubmitManyAsync(operations.GetRange(round * Stakers, Stakers), Token);
            if (round % 2 == 1) await Network.Pool(One).Cast<IGrainManagementExtension>().DeactivateOnIdle(Token);
            else await Network.Account(Staker(9 + round)).Cast<IGrainManagementExtension>().DeactivateOnIdle(Token);
            answered.AddRange(await sent);
        }

        var repeated = await client.SubmitManyAsync(operations, Token);

        Assert.All(answered, result => Assert.True(result.IsApplied, result.ErrorName));
        Assert.Equal(answered.Select(result => ReceiptText.Of(result.Receipt!)), repeated.Select(result => ReceiptText.Of(result.Receipt!)));
        Assert.Equal(operations.Count, answered.Select(result => result.Receipt!.Order).Distinct().Count());
        for (var staker = 0; staker < Stakers; staker++) Assert.Equal(StakerTao - (Rounds * OneTao), await Network.Free(Staker(8 + staker)));
    }

    /// <summary>What each of <see cref="Mixed"/> ends as.</summary>
    internal static IReadOnlyList<string> MixedErrors { get; } =
    [
        "", nameof(LedgerError.AmountTooLow), nameof(RefusalCode.Expired), nameof(RefusalCode.MalformedOperation), "", nameof(RefusalCode.OperationConflict),
        "", "", nameof(LedgerError.SubnetNotExists), nameof(RefusalCode.WrongNetwork),
    ];

    /// <summary>Operations of stakers 0 to 6: applied, refused, not accepted, repeated, and one that sends a TAO from staker 4 to staker 5.</summary>
    internal static async Task<Operation[]> Mixed(RunningNetwork network)
    {
        var buy = await network.Prepare(Staker(0), Calls.AddStake(Hot, One, new Tao(OneTao)));
        var expired = await network.Prepare(Staker(2), Calls.AddStake(Hot, One, new Tao(OneTao)));
        await network.Coordinator.CloseBlock();
        return
        [
            buy,
            await network.Prepare(Staker(1), Calls.AddStake(Hot, One, new Tao(1))),
            expired with { LastValidBlock = BlockNumber.Genesis },
            await network.Prepare(Staker(3), new Call { Kind = CallKind.FillOrder }),
            buy,
            buy with { Call = Calls.AddStake(Hot, One, new Tao(2 * OneTao)) },
            await network.Prepare(Staker(0), Calls.RemoveStake(Warm, Two, new Alpha(OneTao))),
            await network.Prepare(Staker(4), Calls.Transfer(Staker(5), new Tao(OneTao), keepAlive: true)),
            await network.Prepare(Staker(6), Calls.AddStake(Hot, Missing, new Tao(OneTao))),
            buy with { Id = OperationId.Create(), NetworkId = "elsewhere" },
        ];
    }

    /// <summary>One for all, each with accounts of its own.</summary>
    public sealed class OneNetwork : IAsyncLifetime
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-many-");
        private FaultyJournals? _journals;
        private NetworkHost? _host;

        internal NetworkHost Host => _host!;

        internal FaultyJournals Journals => _journals!;

        public async ValueTask InitializeAsync() => _host = await NetworkHost.StartAsync(new NetworkHostOptions
        {
            DatabasePath = Path.Combine(_folder.FullName, "ledger.db"),
            Genesis = NetworkGenesis.Of(Genesis(stakers: 25)),
            DrivesBlocks = false,

            // No filter of calls: what is in this silo is reached without messages, as it is where nobody tests.
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
    }
}

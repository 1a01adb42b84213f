using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.Hosting.Network;
using Dtao.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Limits;

/// <summary>A client sends far more than the process takes: it is told so, what was turned away had no effect, and others are served meanwhile.</summary>
public sealed class FloodTests : IDisposable
{
    private const int OperationsMax = 64;
    private const int AccountShare = 2;
    private static readonly Tao s_amount = new(OneTao / 100);

    private readonly string _folder = Directory.CreateTempSubdirectory("dtao-flood-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The pool that the flood goes to is held, so that what was let in stays under way until as many as must be have been turned away.</summary>
    [Fact]
    public async Task Flood_OfOneClient_IsTurnedAwayAndOthersAreServed()
    {
        const int Flooders = 4, FromEach = 50, OthersOperations = 20;
        await using var host = await Start();
        var network = RunningNetwork.Of(host);
        await using var hold = await network.HoldPool(One);
        var flood = new List<Operation>();
        for (var i = 0; i < Flooders * FromEach; i++) flood.Add(await network.Prepare(Staker(i % Flooders), Calls.AddStake(Hot, One, s_amount)));

        var sent = flood.Select(operation => Keep(network, operation)).ToList();
        var unanswered = new List<Task<Receipt>>(sent);
        var letInMost = (OperationsMax / 2) + (Flooders * AccountShare);
        while (unanswered.Count > letInMost) unanswered.Remove(await Task.WhenAny(unanswered));
        for (var i = 0; i < OthersOperations; i++)
        {
            var receipt = await network.Submit(Staker(5 + (i % 2)), Calls.AddStake(Warm, Two, s_amount));
            Assert.True(receipt.IsApplied, receipt.ErrorName);
        }

        Assert.DoesNotContain(sent.Where(one => one.IsCompleted), one => one.Result.IsApplied);
        await hold.Open();
        var receipts = await Task.WhenAll(sent);

        var turnedAway = receipts.Where(receipt => !receipt.IsApplied).ToList();
        Assert.All(turnedAway, receipt => Assert.Equal((ReceiptStatus.NotAccepted, RefusalCode.Overloaded), (receipt.Status, receipt.Code)));
        Assert.InRange(receipts.Length - turnedAway.Count, OperationsMax / 2, letInMost);
        Assert.True(Gate(host).TurnedAway >= turnedAway.Count);
        await AssertOnlyAppliedCount(network, flood, receipts);
        await Patience.Until(() => Task.FromResult(Gate(host).Count == 0), "Places were never given back.");

        // What was turned away may be sent again, with the same id.
        var again = flood.First(operation => operation.Id == turnedAway[0].Id);
        Assert.Null(await network.Account(again.Signer).GetReceipt(again.Id));
        Assert.True((await network.Submit(again)).IsApplied);
        AuditAssert.IsClean(host);
    }

    [Fact]
    public async Task Client_ProcessIsFull_ComesBackUntilItIsServed()
    {
        await using var host = await Start(new SiloLimits { OperationsMax = 2, AccountShare = 1 });
        await using var client = new DtaoClient(host.Client, new DtaoClientOptions { TriesMax = 1_000, RetryPauseMilliseconds = 1, RetryPauseMillisecondsMax = 10 });
        var network = RunningNetwork.Of(host);
        await using var hold = await network.HoldPool(One);
        Operation[] first = [await network.Prepare(Staker(0), Calls.AddStake(Hot, One, s_amount)), await network.Prepare(Staker(1), Calls.AddStake(Hot, One, s_amount))];
        var held = first.Select(operation => Keep(network, operation)).ToArray();
        await network.WaitForInFlight(Staker(0), 1);
        await network.WaitForInFlight(Staker(1), 1);

        // What is under way is not told that it has no effect.
        Assert.Equal(RefusalCode.OutcomeUnknown, (await network.Submit(first[0])).Code);
        var turnedAway = Gate(host).TurnedAway;
        var waiting = client.AddStakeAsync(Staker(2), Warm, Two, s_amount, cancellationToken: TestContext.Current.CancellationToken);
        await Patience.Until(() => Task.FromResult(Gate(host).TurnedAway != turnedAway), "The client was never turned away.");
        await hold.Open();
        var result = await waiting;

        Assert.True(result.IsApplied, result.ErrorName);
        Assert.True(result.Tries > 1);
        Assert.All(await Task.WhenAll(held), receipt => Assert.True(receipt.IsApplied, receipt.ErrorName));
        AuditAssert.IsClean(host);
    }

    [Fact]
    public async Task IdleActors_AreCollected_AndGoOnWhereTheyStood()
    {
        await using var host = await Start(new SiloLimits { IdleMinutesMax = 3, MemoryPercentMax = 60, MemoryPercentTarget = 50 });
        var network = RunningNetwork.Of(host);
        Assert.True((await network.Submit(Staker(0), Calls.AddStake(Hot, One, s_amount))).IsApplied);
        var collection = host.Services.GetRequiredService<IOptions<GrainCollectionOptions>>().Value;

        await host.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, TestContext.Current.CancellationToken);
        var receipt = await network.Submit(Staker(0), Calls.AddStake(Hot, One, s_amount));

        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.Equal(StakerTao - (2 * s_amount.Rao), await network.Free(Staker(0)));
        Assert.Equal(
            (TimeSpan.FromMinutes(3), true, 60, 50),
            (collection.CollectionAge, collection.EnableActivationSheddingOnMemoryPressure,
                Convert.ToInt32(collection.MemoryUsageLimitPercentage), Convert.ToInt32(collection.MemoryUsageTargetPercentage)));
        AuditAssert.IsClean(host);
    }

    [Fact]
    public async Task Limits_OutOfBounds_AreAllNamedAndNothingStarts()
    {
        var limits = new SiloLimits { OperationsMax = 0, AccountShare = 1_001, IdleMinutesMax = 1, MemoryPercentMax = 50, MemoryPercentTarget = 60 };

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => Start(limits));

        string[] named = [nameof(limits.OperationsMax), nameof(limits.AccountShare), nameof(limits.IdleMinutesMax), nameof(limits.MemoryPercentTarget)];
        Assert.All(named, name => Assert.Contains(name, refused.Message, StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    /// <summary>Asks again for what is held, when the wait for its answer is over before the test lets it go on.</summary>
    private static async Task<Receipt> Keep(RunningNetwork network, Operation operation)
    {
        while (true)
        {
            var receipt = await network.SubmitPatiently(operation);
            if (receipt.Code != RefusalCode.OutcomeUnknown) return receipt;
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private static OperationGate Gate(NetworkHost host) => host.Services.GetRequiredService<NetworkContext>().Operations;

    private static async Task AssertOnlyAppliedCount(RunningNetwork network, List<Operation> operations, Receipt[] receipts)
    {
        foreach (var ofSigner in operations.Zip(receipts).GroupBy(sent => sent.First.Signer))
        {
            var applied = (ulong)ofSigner.Count(sent => sent.Second.IsApplied);
            Assert.Equal(StakerTao - (applied * s_amount.Rao), await network.Free(ofSigner.Key));
        }
    }

    private Task<NetworkHost> Start(SiloLimits? limits = null) => NetworkHost.StartAsync(new NetworkHostOptions
    {
        DatabasePath = Path.Combine(_folder, "ledger.db"),
        Genesis = NetworkGenesis.Of(Genesis()),
        DrivesBlocks = false,
        Limits = limits ?? new SiloLimits { OperationsMax = OperationsMax, AccountShare = AccountShare },
    });
}

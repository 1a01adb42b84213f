using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Failures;

/// <summary>The table goes from under a running silo: nobody is told that something took effect, and no actor begins anew from nothing.</summary>
public sealed class MissingLedgerTests
{
    private const int AsksMax = 200;

    [Theory]
    [InlineData(false, "does not exist")]
    [InlineData(true, "gone from its store")]
    public async Task Silo_TableDeleted_RefusesClearlyAndNeverBeginsEmpty(bool isMadeAnew, string said)
    {
        var storage = await SharedStorage.WithBlock0(Genesis());
        await using var cluster = await ClusterNetwork.StartAsync(Genesis(), silo: storage.AddTo);
        var network = RunningNetwork.Of(cluster.Host);
        var (active, passive) = (Staker(0), Staker(1));
        Assert.True((await network.Submit(active, Calls.AddStake(Hot, One, new Tao(OneTao)))).IsApplied);
        await network.Coordinator.CloseBlock();
        var operation = await network.Prepare(active, Calls.AddStake(Hot, One, new Tao(OneTao)));

        if (isMadeAnew) storage.Empty();
        else storage.IsMissing = true;

        // Nobody had asked this account before: it finds nothing of its own, and had a thousand TAO.
        var fresh = await Assert.ThrowsAnyAsync<Exception>(() => network.Free(passive));
        Assert.Contains(said, fresh.ToString(), StringComparison.Ordinal);

        // One that was active is told by its next write, and then it is as the other: it has a successor that begins with nothing, or none.
        var answers = await AskUntilItThrows(() => network.Submit(operation));
        Assert.DoesNotContain(answers, receipt => receipt.IsApplied);
        await Assert.ThrowsAnyAsync<Exception>(() => network.Free(active));
        await Assert.ThrowsAnyAsync<Exception>(() => network.Free(passive));

        // A new account, which the ledger never knew, is no exception: it cannot be told from one that was lost.
        await Assert.ThrowsAnyAsync<Exception>(() => network.Free(Key(210)));
    }

    [Fact]
    public async Task Silo_TableComesBackAsItWas_GoesOn()
    {
        var storage = await SharedStorage.WithBlock0(Genesis());
        await using var cluster = await ClusterNetwork.StartAsync(Genesis(), silo: storage.AddTo);
        var network = RunningNetwork.Of(cluster.Host);
        await network.Coordinator.CloseBlock();
        var operation = await network.Prepare(Staker(0), Calls.AddStake(Hot, One, new Tao(OneTao)));
        await network.Free(Staker(0));
        storage.IsMissing = true;
        Assert.Equal(RefusalCode.OutcomeUnknown, (await network.Submit(operation)).Code);
        storage.IsMissing = false;

        var receipt = await SubmitUntilDecided(network, operation);

        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.Equal(StakerTao - OneTao, await network.Free(Staker(0)));
        await storage.AssertClean();
    }

    [Fact]
    public async Task Account_ThatTheLedgerNeverKnew_BeginsEmptyWhereTheLedgerIsThere()
    {
        var storage = await SharedStorage.WithBlock0(Genesis());
        await using var cluster = await ClusterNetwork.StartAsync(Genesis(), silo: storage.AddTo);
        var network = RunningNetwork.Of(cluster.Host);

        Assert.Equal(0UL, await network.Free(Key(210)));
        Assert.True((await network.Submit(Staker(0), Calls.Transfer(Key(210), new Tao(OneTao), keepAlive: true))).IsApplied);
        Assert.Equal(OneTao, await network.Free(Key(210)));
        await storage.AssertClean();
    }

    /// <summary>A message may still meet an activation that began while there was no table.</summary>
    private static async Task<Receipt> SubmitUntilDecided(RunningNetwork network, Operation operation)
    {
        for (var asks = 1; ; asks++)
        {
            try
            {
                var receipt = await network.Submit(operation);
                if (!receipt.MayPassOnRetry || asks == AsksMax) return receipt;
            }
            catch (Exception exception) when (asks < AsksMax && exception is not OutOfMemoryException)
            {
            }
        }
    }

    private static async Task<List<Receipt>> AskUntilItThrows(Func<Task<Receipt>> ask)
    {
        var answers = new List<Receipt>();
        while (answers.Count < AsksMax)
        {
            try
            {
                answers.Add(await ask());
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                break;
            }
        }

        Assert.NotEqual(AsksMax, answers.Count);
        return answers;
    }
}

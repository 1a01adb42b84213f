using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>What the shell promises: nothing leaves before it is durable, and nobody waits on, or acts through, an activation that lost its journal.</summary>
public sealed class DurabilityRuleTests : IAsyncLifetime
{
    private RuleNetwork? _network;

    private RuleNetwork Rules => _network!;

    private RunningNetwork Network => Rules.Network;

    public async ValueTask InitializeAsync() => _network = await RuleNetwork.StartAsync();

    public ValueTask DisposeAsync() => Rules.DisposeAsync();

    [Fact]
    public async Task Answers_OfAnAccount_LeaveOnlyWhenTheirTipIsDurable()
    {
        var account = ActorKeys.Account(Staker(0));
        var operation = await Network.Prepare(Staker(0), Calls.AddStake(Hot, One, new Tao(OneTao)));
        Rules.Journals.Hold(account);

        var first = Network.Submit(operation);
        await Rules.WaitForDecisions(One, 1);
        Task[] answers =
        [
            first,
            Network.Submit(operation),
            Network.Submit(Staker(0), Calls.AddStake(Ghost, One, new Tao(OneTao))),
            Network.Account(Staker(0)).GetView(),
            Network.Account(Staker(0)).GetReceipt(operation.Id),
        ];
        var wasHeld = Task.WhenAll(answers.Select(async answer =>
        {
            await answer;
            return Rules.Journals.IsHeld(account);
        }));
        await Rules.WaitForDecisions(One, 2);
        Rules.Journals.Release(account);

        Assert.All(await wasHeld, Assert.False);
        Assert.True((await first).IsApplied, (await first).ErrorName);
    }

    [Fact]
    public async Task Answers_OfAPool_LeaveOnlyWhenTheirTipIsDurable()
    {
        var pool = ActorKeys.Pool(One.Value);
        Rules.Journals.Hold(pool);
        var receipt = await Network.Submit(Staker(0), Calls.AddStake(Hot, One, new Tao(OneTao)));

        Task[] answers =
        [
            Network.Pool(One).GetView(), Network.Pool(One).GetHotkeyPools(), Network.Pool(One).HasPosition(new PositionKey(One, Hot, Staker(0))),
            Network.Position(One, Hot, Staker(0)),
        ];
        var wasHeld = Task.WhenAll(answers.Select(async answer =>
        {
            await answer;
            return Rules.Journals.IsHeld(pool);
        }));
        await Network.Head();
        Rules.Journals.Release(pool);

        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.All(await wasHeld, Assert.False);
    }

    /// <summary>What others may forget is what is settled durably, not what is settled at the tip.</summary>
    [Fact]
    public async Task SettledFloor_SettledButNotDurable_StaysWhereItWas()
    {
        var account = ActorKeys.Account(Staker(1));
        var before = await Network.Account(Staker(1)).GetSettledBelow();
        Rules.Journals.Hold(account);

        var submitted = Network.Submit(Staker(1), Calls.AddStake(Hot, One, new Tao(OneTao)));
        await Rules.WaitForDecisions(One, 1);
        var whileHeld = await Network.Account(Staker(1)).GetSettledBelow();
        Rules.Journals.Release(account);
        await submitted;

        Assert.Equal(before, whileHeld);
        Assert.Equal(before + 1, await Network.Account(Staker(1)).GetSettledBelow());
    }

    /// <summary>The pool loses its journal while a message waits for its gate: the message is let go, and finds the next activation.</summary>
    [Fact]
    public async Task Gate_PoolPoisonedWhileAMessageWaits_LetsItGo()
    {
        await Network.HoldPool(One);
        var waiting = Network.Submit(Staker(2), Calls.AddStake(Hot, One, new Tao(OneTao)));
        await Network.WaitForInFlight(Staker(2), 1);
        Rules.Journals.FailNext(ActorKeys.Pool(One.Value), JournalFault.AppendRefused);

        var set = await Rules.Administer("owner_cut", "1");
        var receipt = await waiting;

        Assert.Equal(1, Rules.Journals.Happened);
        Assert.True(set.IsApplied, set.ErrorName);
        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.Equal(StakerTao - OneTao, await Network.Free(Staker(2)));
    }

    /// <summary>Applied first, written then: what a state cannot take is in no journal, and the next activation starts without it.</summary>
    [Fact]
    public async Task Record_EventCannotBeApplied_IsNotWritten()
    {
        var probe = Rules.Grains.GetGrain<IProbeGrain>("a");
        await probe.Add(3);

        await Assert.ThrowsAsync<ActorPoisonedException>(() => probe.Add(ProbeModel.NotApplicable));

        Assert.Equal(3, await NextActivationAnswers(probe.Read));
        Assert.Single(Rules.Cluster.Host.Log.ReadEvents(ProbeGrain.KeyPrefix + "a"));
        Assert.Equal(7, await probe.Add(4));
    }

    [Theory]
    [InlineData(JournalFault.AppendRefused, 3)]
    [InlineData(JournalFault.AnswerLost, 7)]
    public async Task Poison_WriteFails_ThatActivationDoesNothingMoreAndTheNextStartsFromTheJournal(JournalFault fault, int stored)
    {
        var probe = Rules.Grains.GetGrain<IProbeGrain>("b");
        await probe.Add(3);
        Rules.Journals.FailNext(ProbeGrain.KeyPrefix + "b", fault);

        await Assert.ThrowsAsync<ActorPoisonedException>(() => probe.Add(4));

        Assert.Equal(stored, await NextActivationAnswers(probe.Read));
        Assert.Equal(stored + 5, await probe.Add(5));
    }

    /// <summary>A journal that became another's: the older activation's write fails, and its caller is not told that it took effect.</summary>
    [Fact]
    public async Task Fencing_AnotherHolderOpenedTheJournal_TheOlderWritesNothingMore()
    {
        var probe = Rules.Grains.GetGrain<IProbeGrain>("c");
        await probe.Add(3);
        using (var other = Rules.Journals.Open(ProbeGrain.KeyPrefix + "c"))
        {
            await other.LoadAsync();
            await Assert.ThrowsAsync<ActorPoisonedException>(() => probe.Add(4));
        }

        Assert.Equal(3, await NextActivationAnswers(probe.Read));
    }

    [Fact]
    public async Task Overload_DiskFarBehind_ShedsNewWorkWithoutAnOutcome()
    {
        var operation = await Network.Prepare(Staker(3), Calls.AddStake(Hot, One, new Tao(OneTao)));
        Rules.Journals.SaysSaturated = true;
        var shed = await Network.Submit(operation);
        Rules.Journals.SaysSaturated = false;

        var receipt = await Network.Submit(operation);

        Assert.Equal((ReceiptStatus.NotAccepted, RefusalCode.Overloaded), (shed.Status, shed.Code));
        Assert.True(shed.MayPassOnRetry);
        Assert.True(receipt.IsApplied, receipt.ErrorName);
    }

    /// <summary>A message may still meet the activation that ends; what counts is what the next one says.</summary>
    private static async Task<int> NextActivationAnswers(Func<Task<int>> read)
    {
        var answer = 0;
        await Patience.Until(
            async () =>
            {
                try
                {
                    answer = await read();
                    return true;
                }
                catch (ActorPoisonedException)
                {
                    return false;
                }
            },
            "The next activation never answered.");
        return answer;
    }
}

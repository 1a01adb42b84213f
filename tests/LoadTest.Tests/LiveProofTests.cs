using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Chaos;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Proofs;
using Dtao.LoadTest.Runs;

namespace Dtao.LoadTest.Tests;

/// <summary>Checks of a network that runs, without one.</summary>
public sealed class LiveProofTests
{
    private static readonly AccountId s_coldkey = AccountId.OfSubnet(new NetUid(7));
    private static readonly AccountId s_hotkey = AccountId.OfSubnet(new NetUid(8));
    private static readonly AccountId s_busy = AccountId.OfSubnet(new NetUid(9));
    private static readonly NetUid s_netuid = new(1);

    /// <summary>Each change of a hotkey's pool may round, and changes of another do not.</summary>
    [Theory]
    [InlineData(1_000, 0)]
    [InlineData(1_005, 0)]
    [InlineData(995, 0)]
    [InlineData(1_006, 1)]
    [InlineData(994, 1)]
    [InlineData(0, 1)]
    public void Position_BesideABusyHotkey_HasTheSlackOfItsOwn(int held, int faults)
    {
        var changes = new Dictionary<(NetUid, AccountId), int> { [(s_netuid, s_hotkey)] = 3, [(s_netuid, s_busy)] = 100_000, [(new NetUid(2), s_hotkey)] = 100_000 };
        var expected = new[] { KeyValuePair.Create(new PositionKey(s_netuid, s_hotkey, s_coldkey), (Int128)1_000) };
        var holds = new Dictionary<(NetUid, AccountId), Int128>();
        if (held > 0) holds.Add((s_netuid, s_hotkey), held);

        Assert.Equal(faults, LiveProof.FindPositionFaults(s_coldkey, expected, holds, changes).Count());
    }

    /// <summary>Who is paid dividends may hold more than receipts say, and not less.</summary>
    [Theory]
    [InlineData(999_999, 0)]
    [InlineData(998, 0)]
    [InlineData(997, 1)]
    public void Position_ThatIsPaidDividends_IsNotLess(int held, int faults)
    {
        var expected = new[] { KeyValuePair.Create(new PositionKey(s_netuid, s_hotkey, s_coldkey), (Int128)1_000) };
        var holds = new Dictionary<(NetUid, AccountId), Int128> { [(s_netuid, s_hotkey)] = held };

        Assert.Equal(faults, LiveProof.FindPositionFaults(s_coldkey, expected, holds, new Dictionary<(NetUid, AccountId), int>(), isPaid: true).Count());
    }

    [Fact]
    public void Position_OfWhichNoReceiptTells_IsFound()
    {
        var held = new Dictionary<(NetUid, AccountId), Int128> { [(s_netuid, s_busy)] = 1 };

        Assert.Contains("no receipt tells", Assert.Single(LiveProof.FindPositionFaults(s_coldkey, [], held, new Dictionary<(NetUid, AccountId), int>())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_ThatFailForAWhile_AreTriedAgainThroughOthers()
    {
        var tries = new Dictionary<int, List<int>> { [1] = [], [2] = [] };

        var lost = await new ProofReads(2, TimeSpan.Zero).EachAsync([1, 2], (item, client, _) =>
        {
            lock (tries)
            {
                tries[item].Add(client);
                return tries[item].Count < ProofReads.TriesMax ? throw new TimeoutException("no answer") : Task.CompletedTask;
            }
        }, item => $"item {item}", TestContext.Current.CancellationToken);

        Assert.Empty(lost);
        Assert.All(tries.Values, clients => Assert.Equal(ProofReads.TriesMax, clients.Count));
        Assert.Equal([0, 1], tries.Values.SelectMany(clients => clients).Distinct().Order());
    }

    /// <summary>A network that has gone is a fault of the check, and is not asked for ever.</summary>
    [Fact]
    public async Task Reads_OfANetworkThatHasGone_AreToldAndGivenUp()
    {
        var asked = 0;

        var lost = await new ProofReads(1, TimeSpan.Zero).EachAsync(Enumerable.Range(0, 100_000), (_, _, _) =>
        {
            Interlocked.Increment(ref asked);
            throw new TimeoutException("no answer");
        }, item => $"item {item}", TestContext.Current.CancellationToken);

        Assert.Contains("could not be read: no answer", lost[0], StringComparison.Ordinal);
        Assert.Contains("others were not read", lost[^1], StringComparison.Ordinal);
        Assert.True(asked < 1_000, $"{asked} reads");
    }

    [Fact]
    public async Task Reads_OfAnotherNetwork_AreNotTriedAgain()
    {
        var asked = 0;

        var lost = await new ProofReads(1, TimeSpan.Zero).EachAsync([0], (_, _, _) =>
        {
            asked++;
            throw new NetworkChangedException("another network answers");
        }, item => $"item {item}", TestContext.Current.CancellationToken);

        Assert.Equal((1, 1), (asked, lost.Count));
    }

    /// <summary>What made the stakers is no part of the comparison, and what was settled at the end is.</summary>
    [Theory]
    [InlineData(3, 0, 0, true)]
    [InlineData(5, 2, 0, true)]
    [InlineData(5, 1, 1, true)]
    [InlineData(5, 0, 2, true)]
    [InlineData(4, 2, 0, false)]
    [InlineData(6, 2, 0, false)]
    [InlineData(5, 0, 0, false)]
    public void Effect_OfWhatWasCounted_IsWhatWasKept(int kept, int making, int settled, bool holds)
    {
        var tally = new LoadTally(1_000_000);
        foreach (var end in new[] { StepEnd.Applied, StepEnd.Applied, StepEnd.Refused, StepEnd.Failed }) tally.NoteEnd(0, 1, new StepResult(end, end == StepEnd.Applied ? string.Empty : "Code", "transfer", 0));
        var result = new LoadResult(tally, new Acknowledged[kept], [], [], [], 0, 0) { Making = making, Settled = settled };

        Assert.Equal(holds, LoadProof.OfEffect(result).IsPassed);
    }

    [Theory]
    [InlineData(2, null, false, true)]
    [InlineData(1, null, false, false)]
    [InlineData(0, null, false, false)]
    [InlineData(1, null, true, true)]
    [InlineData(2, "the silo does not start", false, false)]
    [InlineData(1, "the silo does not start", true, false)]
    public void Faults_OfAScriptOfTwo_AreAllDone(int done, string? fault, bool isInterrupted, bool holds)
    {
        var check = LoadProof.OfFaults(new Struck(2, [.. Enumerable.Range(0, done).Select(number => new Strike(number, number + 1, "silo 1 was killed"))], fault), isInterrupted);

        Assert.Equal((holds, $"{done} of 2 faults were done"), (check.IsPassed, check.Extent));
        Assert.False(LoadProof.OfFaults(new Struck(1, [new Strike(0, null, "silo 1 was killed")], null), false).IsPassed);
    }

    /// <summary>What was done before a script failed is told with why it did.</summary>
    [Fact]
    public async Task Script_ThatFails_TellsWhatItHasDone()
    {
        var script = new FaultScript(3, (told, _) =>
        {
            told(new Strike(1, 2, "silo 1 was killed"));
            throw new InvalidOperationException("the folder is locked");
        });

        var struck = await LiveRun.Strike(script, CancellationToken.None);

        Assert.Equal((3, 1, "the folder is locked"), (struck.Count, struck.Strikes.Count, struck.Fault));
    }

    [Fact]
    public void Audit_OfAStoreThatEndsTooEarly_Fails()
    {
        var audit = new AuditReport(new(9), null!, [new AuditColumn("TAO", [], 0, 0)], 1, 1, null, []);

        Assert.True(LoadProof.OfAudit(audit, 9).IsPassed);
        Assert.Contains("block 10 was seen", Assert.Single(LoadProof.OfAudit(audit, 10).Faults), StringComparison.Ordinal);
    }
}

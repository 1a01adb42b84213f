using Dtao.LoadTest.Driving;

namespace Dtao.LoadTest.Tests;

/// <summary>A target that stands still once, in a time that passes only when somebody waits or stands still.</summary>
public sealed class DriverTests
{
    private const long Second = 1_000_000;
    private const long Late = 10_000;

    [Fact]
    public async Task OpenDriver_TargetStalls_ShowsInLatenciesAndLateCount()
    {
        var clock = new FakeClock();
        var recorder = new Recorder(Second, Late);

        await OpenDriver.RunAsync(new Schedule(1_000, 2 * Second), new StallingTarget(clock, stallsAt: 500, Second / 2), recorder, clock, 1, TestContext.Current.CancellationToken);

        var tally = recorder.Read(tally => tally);
        Assert.Equal((2_000, 2_000, 2_000), (tally.Offered, tally.Sent, tally.All.Applied));
        // Request k was meant for millisecond k, and could be sent at 1,000.
        Assert.Equal(489, tally.Late);
        Assert.Equal(499_000, tally.LatestMicroseconds);
        Assert.Equal(0, tally.Unsent);
        Assert.InRange(tally.All.Latency.Percentile(99), 479_000, 481_000);
        Assert.InRange(tally.All.Latency.Percentile(75), 1, 1_000);
        Assert.InRange(tally.All.Latency.Max, 500_000, 501_000);
        Assert.Equal([1_000, 1_000], tally.Intervals.Select(interval => interval.Offered));
        Assert.Equal([501, 1_499], tally.Intervals.Select(interval => interval.Sent));
        Assert.Equal([489, 0], tally.Intervals.Select(interval => interval.Late));
    }

    [Fact]
    public async Task OpenDriver_TargetStallsToTheEnd_CountsWhatWasNotSent()
    {
        var clock = new FakeClock();
        var recorder = new Recorder(Second, Late);

        await OpenDriver.RunAsync(new Schedule(1_000, 2 * Second), new StallingTarget(clock, stallsAt: 500, 3 * Second), recorder, clock, 1, TestContext.Current.CancellationToken);

        var tally = recorder.Read(tally => tally);
        Assert.Equal((2_000, 501, 1_499), (tally.Offered, tally.Sent, tally.Unsent));
        Assert.Equal(500_000, tally.LastSentMicroseconds);
    }

    [Fact]
    public async Task OpenDriver_NothingToSend_CountsWhatWasOffered()
    {
        var clock = new FakeClock();
        var recorder = new Recorder(Second, Late);

        await OpenDriver.RunAsync(new Schedule(1_000, Second), new EmptyTarget(), recorder, clock, 1, TestContext.Current.CancellationToken);

        var tally = recorder.Read(tally => tally);
        Assert.Equal((1_000, 0, 1_000), (tally.Offered, tally.Sent, tally.Unsent));
    }

    [Fact]
    public async Task ClosedDriver_NothingToSend_WaitsAndUsesUpNothing()
    {
        var clock = new FakeClock();
        var recorder = new Recorder(Second, Late);
        var target = new LateTarget(clock, Second);

        await ClosedDriver.RunAsync(1, 1_000, 2 * Second, 5, target, recorder, clock, null, TestContext.Current.CancellationToken);

        // Ten looks a second while there is nothing, and then all five.
        var tally = recorder.Read(tally => tally);
        Assert.Equal((5, 10, 15), (tally.Sent, tally.Unsent, tally.Offered));
        Assert.Equal(15, target.Asked);
    }

    [Fact]
    public async Task ClosedDriver_SomeHaveNotActedWhenTimeIsOver_SendsUntilTheyHave()
    {
        var clock = new FakeClock();
        var recorder = new Recorder(Second, Late);
        var left = 5_000;

        await ClosedDriver.RunAsync(
            1, 1_000, Second, long.MaxValue, new StallingTarget(clock, stallsAt: 1, 0), recorder, clock, null, TestContext.Current.CancellationToken, () => Interlocked.Decrement(ref left) > 0);

        // Nobody is asked before the time is over.
        Assert.Equal((0, true), (left, recorder.Read(tally => tally.Sent) > 5_000));
        Assert.True(recorder.Read(tally => tally.LastSentMicroseconds) > 5 * Second);
    }

    [Fact]
    public async Task ClosedDriver_TargetStalls_MeasuresFromTheSend()
    {
        var clock = new FakeClock();
        var recorder = new Recorder(Second, Late);

        await ClosedDriver.RunAsync(1, 1_000, 2 * Second, 1_200, new StallingTarget(clock, stallsAt: 500, Second / 2), recorder, clock, null, TestContext.Current.CancellationToken);

        var tally = recorder.Read(tally => tally);
        Assert.Equal((1_200, 0), (tally.Sent, tally.Late));
        Assert.Equal(1, tally.All.Latency.Percentile(99));
        Assert.InRange(tally.All.Latency.Max, 500_000, 501_000);
    }

    [Fact]
    public void Tallies_OfTwoWorkers_AddUpToTheWhole()
    {
        var (whole, one, other) = (new LoadTally(Second), new LoadTally(Second), new LoadTally(Second));
        for (var number = 0; number < 1_000; number++)
        {
            var result = new StepResult((StepEnd)(number % 3), number % 3 == 0 ? string.Empty : $"Code{number % 2}", number % 2 == 0 ? "buy" : "sell", number % 5);
            foreach (var tally in new[] { whole, number % 2 == 0 ? one : other })
            {
                tally.NoteSent(number * 3_000, (number * 3_000) + (number % 50 * 1_000), Late);
                tally.NoteEnd(number * 3_000, (number * 3_000) + (number * 777), result);
                if (number % 100 == 0) tally.NoteUnsent(number * 3_000);
            }
        }

        // As a worker tells its parent: written, read, and added up.
        var sum = LoadTally.FromJson(System.Text.Json.Nodes.JsonNode.Parse(one.ToJson().ToJsonString())!);
        sum.Add(LoadTally.FromJson(System.Text.Json.Nodes.JsonNode.Parse(other.ToJson().ToJsonString())!));

        Assert.Equal(whole.ToJson().ToJsonString(), sum.ToJson().ToJsonString());
        Assert.True(whole.All.Latency.Count > 300);
        Assert.Equal(4, whole.RefusedCodes.Count + whole.FailedCodes.Count);
    }

    internal sealed class FakeClock : ILoadClock
    {
        public long Now { get; private set; }

        public void Pass(long microseconds) => Now += microseconds;

        public ValueTask WaitUntil(long microseconds, CancellationToken cancellationToken)
        {
            Now = Math.Max(Now, microseconds);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class EmptyTarget : ILoadTarget
    {
        public Task<StepResult>? SendNext() => null;
    }

    /// <summary>Has nothing to send before a time.</summary>
    private sealed class LateTarget(FakeClock clock, long from) : ILoadTarget
    {
        public int Asked { get; private set; }

        public Task<StepResult>? SendNext()
        {
            Asked++;
            return clock.Now < from ? null : Task.FromResult(new StepResult(StepEnd.Applied, string.Empty, "add_stake", 1));
        }
    }

    private sealed class StallingTarget(FakeClock clock, int stallsAt, long microseconds) : ILoadTarget
    {
        private int _sent;

        public Task<StepResult> SendNext()
        {
            if (_sent++ == stallsAt) clock.Pass(microseconds);
            return Task.FromResult(new StepResult(StepEnd.Applied, string.Empty, "add_stake", 1));
        }
    }
}

using Dtao.Grains.Shell;
using Xunit;

namespace Dtao.Grains.Tests.Shell;

public sealed class OperationGateTests
{
    [Theory]
    // Room: whoever comes.
    [InlineData(0, 0, true)]
    [InlineData(4, 900, true)]
    // More than half: an account that has its share waits, another does not.
    [InlineData(5, 2, false)]
    [InlineData(5, 1, true)]
    [InlineData(9, 1, true)]
    // Full: nobody.
    [InlineData(10, 0, false)]
    public void TryEnter_ByHowManyThereAre_LetsInOrTurnsAway(int inside, int ofAccount, bool expected)
    {
        var gate = new OperationGate(operationsMax: 10, accountShare: 2);
        for (var i = 0; i < inside; i++) Assert.True(gate.TryEnter(ofAccount: 0));

        Assert.Equal(expected, gate.TryEnter(ofAccount));

        Assert.Equal(inside + (expected ? 1 : 0), gate.Count);
        Assert.Equal(expected ? 0 : 1, gate.TurnedAway);
    }

    [Fact]
    public void Leave_OneThatWasInside_MakesRoomForOne()
    {
        var gate = new OperationGate(operationsMax: 1, accountShare: 1);
        Assert.True(gate.TryEnter(0));
        Assert.False(gate.TryEnter(0));

        gate.Leave();

        Assert.True(gate.TryEnter(0));
        Assert.Equal((1, 1L), (gate.Count, gate.TurnedAway));
    }

    /// <summary>Whatever the order in which threads come and go, no more are inside than may be, and in the end nobody is.</summary>
    [Fact]
    public void TryEnter_FromManyThreads_NeverHoldsMoreThanTheMost()
    {
        const int Most = 8, Rounds = 20_000;
        var gate = new OperationGate(Most, accountShare: Most);
        var (inside, seenMost) = (0, 0);

        Parallel.For(0, Rounds, _ =>
        {
            if (!gate.TryEnter(0)) return;
            var now = Interlocked.Increment(ref inside);
            for (var seen = Volatile.Read(ref seenMost); now > seen; seen = Volatile.Read(ref seenMost)) Interlocked.CompareExchange(ref seenMost, now, seen);
            Interlocked.Decrement(ref inside);
            gate.Leave();
        });

        Assert.InRange(seenMost, 1, Most);
        Assert.Equal(0, gate.Count);
    }
}

using CsCheck;
using Dtao.LoadTest.Driving;

namespace Dtao.LoadTest.Tests;

public sealed class ScheduleTests
{
    private const long Second = 1_000_000;

    [Fact]
    public void Schedule_EvenRate_SendsAtEvenTimes()
    {
        var schedule = new Schedule(4, 3 * Second);

        Assert.Equal(12, schedule.Count);
        Assert.Equal([0, 250_000, 500_000, 750_000, 1_000_000], Enumerable.Range(0, 5).Select(number => schedule.At(number)));
        Assert.Equal(2_750_000, schedule.At(11));
    }

    [Fact]
    public void Schedule_Ramp_SendsWithTheSquareOfTime()
    {
        // The rate is 100 t a second: request k is due when 50 t^2 = k.
        var schedule = new Schedule(200, 4 * Second) { RampMicroseconds = 2 * Second };

        Assert.Equal(600, schedule.Count);
        Assert.Equal([0, 141_422, 1_000_000, 2_000_000, 2_005_000], new long[] { 0, 1, 50, 200, 201 }.Select(schedule.At));
        Assert.Equal(50, schedule.OfferedPerSecond(0, Second));
        Assert.Equal(200, schedule.OfferedPerSecond(2 * Second, 3 * Second));
    }

    [Fact]
    public void Schedule_Spike_HasItsOwnRate()
    {
        var schedule = new Schedule(10, 4 * Second) { Spike = new Spike(1_000, Second, Second) };

        Assert.Equal(10 + 1_000 + 20, schedule.Count);
        Assert.Equal([900_000, 1_000_000, 1_001_000, 1_999_000, 2_000_000, 2_100_000], new long[] { 9, 10, 11, 1_009, 1_010, 1_011 }.Select(schedule.At));
    }

    [Fact]
    public void Schedule_Any_IsInOrderAndWithinItsLength()
    {
        var gen = from rate in Gen.Int[1, 2_000]
                  from seconds in Gen.Int[1, 5]
                  from ramp in Gen.Int[0, 5_000_000]
                  from spike in Gen.Int[1, 5_000]
                  from start in Gen.Int[0, 5_000_000]
                  from length in Gen.Int[1, 2_000_000]
                  select new Schedule(rate, seconds * Second) { RampMicroseconds = Math.Min(ramp, seconds * Second), Spike = new Spike(spike, start, length) };

        gen.Sample(
            schedule =>
            {
                var (last, count) = (0L, schedule.Count);
                for (var number = 0L; number < count; number += 1 + (count / 500))
                {
                    var at = schedule.At(number);
                    Assert.InRange(at, last, schedule.Microseconds);
                    // So many are due before: this one is not among them, and all before it are.
                    Assert.InRange(schedule.CountUntil(at), number, number + 1);
                    last = at;
                }
            },
            iter: 200);
    }
}

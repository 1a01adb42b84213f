using System.Globalization;
using Dtao.LoadTest.Populations;

namespace Dtao.LoadTest.Driving;

/// <summary>Of an open model: when each request is meant to be sent, whatever became of those before it. Evenly spaced, by whole numbers only.</summary>
/// <remarks>
/// From the beginning the rate rises in a straight line from 0 for <see cref="RampMicroseconds"/>, and then stays. A spike is another rate for a while.
/// Request k, counted from 0, is sent when the rate has come to k requests.
/// </remarks>
public sealed record Schedule(int PerSecond, long Microseconds)
{
    private const ulong Second = 1_000_000;

    public long RampMicroseconds { get; init; }

    /// <summary>Null: none.</summary>
    public Spike? Spike { get; init; }

    /// <summary>How many requests there are in all.</summary>
    public long Count => CountUntil(Microseconds);

    /// <summary>When request k is meant to be sent, in microseconds from the beginning, rounded up.</summary>
    public long At(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        if (number < CountUntil(RampMicroseconds)) return InRamp(number);
        foreach (var (from, to, rate) in Pieces())
        {
            if (number >= CountUntil(to)) continue;
            var wanted = ((UInt128)(ulong)number * Second) - WholeUntil(from);
            return from + (long)((wanted + (ulong)rate - 1) / (ulong)rate);
        }

        return Microseconds;
    }

    /// <summary>How many requests are due before a time.</summary>
    public long CountUntil(long microseconds) => (long)((WholeUntil(Math.Clamp(microseconds, 0, Microseconds)) + Second - 1) / Second);

    /// <summary>What is offered between two times, per second, rounded down.</summary>
    public long OfferedPerSecond(long from, long to) => to <= from ? 0 : (long)((UInt128)(ulong)(CountUntil(to) - CountUntil(from)) * Second / (ulong)(to - from));

    public override string ToString()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"open, {PerSecond} a second");
        if (RampMicroseconds > 0) text += string.Create(CultureInfo.InvariantCulture, $", ramp {RampMicroseconds / (long)Second} s");
        return Spike is { } spike ? text + string.Create(CultureInfo.InvariantCulture, $", spike {spike.PerSecond} a second from {spike.FromMicroseconds / (long)Second} s for {spike.Microseconds / (long)Second} s") : text;
    }

    /// <summary>Within the ramp k = rate x t^2 / (2 x ramp).</summary>
    private long InRamp(long number)
    {
        var square = 2 * (UInt128)(ulong)number * (ulong)RampMicroseconds * Second / (ulong)PerSecond;
        var root = (long)IntegerPower.SquareRoot(square);
        while (WholeUntil(root) < (UInt128)(ulong)number * Second) root++;
        return root;
    }

    /// <summary>Millionths of requests.</summary>
    private UInt128 WholeUntil(long microseconds)
    {
        var ramp = (ulong)Math.Min(RampMicroseconds, microseconds);
        var sum = RampMicroseconds == 0 ? 0 : (UInt128)(ulong)PerSecond * ramp * ramp / (2 * (ulong)RampMicroseconds);
        foreach (var (from, to, rate) in Pieces())
        {
            if (microseconds > from) sum += (UInt128)(ulong)rate * (ulong)(Math.Min(to, microseconds) - from);
        }

        return sum;
    }

    /// <summary>Stretches of an even rate behind the ramp.</summary>
    private IEnumerable<(long From, long To, int Rate)> Pieces()
    {
        var from = Math.Min(RampMicroseconds, Microseconds);
        if (Spike is { } spike)
        {
            var (begins, ends) = (Math.Clamp(spike.FromMicroseconds, from, Microseconds), Math.Clamp(spike.FromMicroseconds + spike.Microseconds, from, Microseconds));
            if (begins > from) yield return (from, begins, PerSecond);
            if (ends > begins) yield return (begins, ends, spike.PerSecond);
            from = Math.Max(begins, ends);
        }

        if (Microseconds > from) yield return (from, Microseconds, PerSecond);
    }
}

/// <summary>Another rate for a while; it begins when the ramp is over at the earliest.</summary>
public sealed record Spike(int PerSecond, long FromMicroseconds, long Microseconds);

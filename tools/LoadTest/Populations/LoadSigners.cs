using System.Diagnostics;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Keys;

namespace Dtao.LoadTest.Populations;

/// <summary>What signing has cost the testers so far.</summary>
public sealed class SigningCost
{
    private long _count;
    private long _ticks;

    public long Count => Interlocked.Read(ref _count);

    public long Microseconds => Interlocked.Read(ref _ticks) * 1_000_000 / Stopwatch.Frequency;

    internal void Add(long ticks)
    {
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _ticks, ticks);
    }
}

/// <summary>Signs with a key in memory, and counts what it costs.</summary>
internal sealed class CountingSigner(KeyPair pair, SigningCost cost) : IOperationSigner
{
    public AccountId Account { get; } = new(pair.PublicKey);

    public KeyScheme Scheme => pair.Scheme;

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        var began = Stopwatch.GetTimestamp();
        pair.Sign(message, signature);
        cost.Add(Stopwatch.GetTimestamp() - began);
    }
}

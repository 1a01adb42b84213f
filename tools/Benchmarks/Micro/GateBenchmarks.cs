using BenchmarkDotNet.Attributes;
using Dtao.Grains.Shell;

namespace Dtao.Benchmarks.Micro;

/// <summary>What it costs an operation to be counted: it is let in, and it leaves.</summary>
public class GateBenchmarks
{
    private const int Threads = 2;
    private const int Rounds = 100_000;

    private readonly OperationGate _gate = new();

    [Benchmark]
    public bool OneThread()
    {
        var isIn = _gate.TryEnter(ofAccount: 0);
        _gate.Leave();
        return isIn;
    }

    /// <summary>For each operation of one of two threads that do nothing else: the most that they can get into one another's way.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public void TwoThreads() => Parallel.For(0, Threads, _ =>
    {
        for (var round = 0; round < Rounds; round++)
        {
            _gate.TryEnter(ofAccount: 0);
            _gate.Leave();
        }
    });
}

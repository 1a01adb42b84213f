using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Dtao.Benchmarks.Loads;

namespace Dtao.Benchmarks.Micro;

/// <summary>The arithmetic alone: short jobs in this process, with allocations.</summary>
internal static class MicroRun
{
    public static int Run(string[] args)
    {
        Console.WriteLine(Machine.Line);
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddExporter(MarkdownExporter.GitHub)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(Path.Combine("artifacts", "benchmarks"));
        string[] filtered = args.Length == 0 ? ["--filter", "*"] : args;
        var summaries = BenchmarkSwitcher.FromTypes([typeof(PowerBenchmarks), typeof(MarketBenchmarks), typeof(BlockBenchmarks), typeof(EpochBenchmarks), typeof(SubnetEpochBenchmarks), typeof(SignatureBenchmarks), typeof(GateBenchmarks)]).Run(filtered, config);
        return summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
    }
}

using Dtao.Benchmarks.Clusters;
using Dtao.Benchmarks.Emulated;
using Dtao.Benchmarks.Loads;
using Dtao.Benchmarks.Micro;
using Dtao.Client;

return args switch
{
    ["--version"] => Version(),
    ["micro", .. var rest] => MicroRun.Run(rest),
    ["system", .. var rest] => await SystemRun.RunAsync(rest),
    ["azure", .. var rest] => await AzureRun.RunAsync(rest),
    ["cluster", .. var rest] => await ClusterRun.RunAsync(rest),
    _ => Usage(),
};

static int Version()
{
    Console.WriteLine(DtaoVersion.Text);
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("usage: Benchmarks micro [--filter PATTERN]");
    Console.Error.WriteLine($"       Benchmarks system {SystemOptions.Usage}");
    Console.Error.WriteLine($"       Benchmarks azure {AzureRun.Usage}");
    Console.Error.WriteLine($"       Benchmarks cluster {ClusterOptions.Usage}");
    return 2;
}

using Dtao.Client;
using Dtao.Hosting.Conformance;
using Dtao.Hosting.Scenarios;

if (args is ["--version"])
{
    Console.WriteLine(DtaoVersion.Text);
    return 0;
}

return args is ["scenario", .. var files]
    ? ScenarioCommand.Run(files, Console.Out, async genesis => await ClusterNetwork.StartAsync(genesis))
    : ConformanceProgram.Run(args, Console.Out);

using Dtao.Hosting.Conformance;
using Dtao.Hosting.Scenarios;

return args is ["scenario", .. var files]
    ? ScenarioCommand.Run(files, Console.Out, async genesis => await ClusterNetwork.StartAsync(genesis))
    : ConformanceProgram.Run(args, Console.Out);

using Dtao.Hosting.Conformance;
using Dtao.Hosting.Scenarios;

return args is ["scenario", .. var files] ? ScenarioCommand.Run(files, Console.Out) : ConformanceProgram.Run(args, Console.Out);

using Dtao.Hosting.Conformance;

return ConformanceProgram.Run(args, Console.Out);

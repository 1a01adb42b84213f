using Dtao.Cli;

return await DtaoCommand.RunAsync(args, CliContext.OfProcess(), CancellationToken.None);

using Dtao.Storage.Tests;

if (args is [AppendingProcess.Verb, var path]) return await AppendingProcess.Run(path);
if (args is [AzuriteOwnerProcess.Verb]) return await AzuriteOwnerProcess.Run();

return args.Any(argument => argument is "--server" or "--internal-msbuild-node")
    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
        args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);

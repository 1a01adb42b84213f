using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Dtao.Silo.Tests;

/// <summary>The test program, which also runs as a child of its own tests, to be killed.</summary>
internal static class TestProgram
{
    public static async Task<int> Main(string[] arguments) => arguments switch
    {
        [SiloOfItsOwnClients.Verb, var folder, var seed, var receipts, var last] =>
            await SiloOfItsOwnClients.Run(folder, int.Parse(seed, null), int.Parse(receipts, null), Enum.Parse<SiloOfItsOwnClients.Way>(last)),
        _ when arguments.Any(argument => argument is "--server" or "--internal-msbuild-node") =>
            await TestPlatformTestFramework.RunAsync(arguments, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
        _ => await ConsoleRunner.Run(arguments),
    };
}

using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Dtao.Api.Tests;

/// <summary>The test program, which also runs as a child of its own tests, to be killed.</summary>
internal static class TestProgram
{
    public static async Task<int> Main(string[] arguments) =>
        await ReadSide.IngestChild.RunIfAsked()
        ?? (arguments.Any(argument => argument is "--server" or "--internal-msbuild-node")
            ? await TestPlatformTestFramework.RunAsync(arguments, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await ConsoleRunner.Run(arguments));
}

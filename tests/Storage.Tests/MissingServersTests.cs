using System.Diagnostics;
using Dtao.AzuriteKit;
using Dtao.RedisKit;

namespace Dtao.Storage.Tests;

/// <summary>
/// What somebody sees whose machine lacks what tests need: each row runs one test of this program, as a program of its own,
/// on a machine that is made to look so.
/// </summary>
public sealed class MissingServersTests : IDisposable
{
    private const string AzuriteTest = "Dtao.Storage.Tests.AzuriteServerTests.Start_Answers_OnAllThreeServices";
    private const string RedisTest = "Dtao.Storage.Tests.RedisClusterTests.Configuration_ClusteringAndStatesOnRedis_IsEnough";

    // More than the installer's own two minutes; a busy machine takes its time for a process.
    private static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(4);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Azurite_NodeMissing_SkipsAndSaysWhatIsNeeded()
    {
        var printed = await Run(AzuriteTest, ("PATH", EmptyFolder()), (AzuriteFixture.RequiredVariable, ""));

        Assert.Contains("Skipped: 1,", printed, StringComparison.Ordinal);
        Assert.Contains("needs Node.js 20 or later with npm, and 'node' is not on the path", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Azurite_NodeMissingWhereItIsRequired_FailsAndSaysWhatIsNeeded()
    {
        var printed = await Run(AzuriteTest, ("PATH", EmptyFolder()), (AzuriteFixture.RequiredVariable, "1"));

        Assert.Contains("Failed: 1,", printed, StringComparison.Ordinal);
        Assert.Contains("needs Node.js 20 or later with npm, and 'node' is not on the path", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Azurite_RegistryOutOfReach_SkipsWithWhatNpmSaid()
    {
        Assert.SkipUnless(await HasNode(), "Without Node.js there is no npm that could be refused.");
        var cache = EmptyFolder();

        // Nothing listens on port 1 of this machine, and npm has nothing in its own cache.
        var printed = await Run(
            AzuriteTest,
            ("XDG_CACHE_HOME", cache),
            ("npm_config_cache", EmptyFolder()),
            ("npm_config_registry", "http://127.0.0.1:1/"),
            (AzuriteFixture.RequiredVariable, ""));

        Assert.Contains("Skipped: 1,", printed, StringComparison.Ordinal);
        Assert.Contains("could not be installed: 'npm ci' ended with", printed, StringComparison.Ordinal);
        // No half of an installation is left, which a later run would take for a whole one.
        Assert.DoesNotContain(
            Directory.EnumerateDirectories(cache, "*", SearchOption.AllDirectories), name => name.EndsWith("node_modules", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Redis_ProgramMissing_SkipsAndSaysHowToInstallIt()
    {
        var printed = await Run(RedisTest, ("PATH", EmptyFolder()), (RedisServer.ProgramVariable, ""));

        Assert.Contains("Skipped: 1,", printed, StringComparison.Ordinal);
        Assert.Contains("apt-get install redis-server", printed, StringComparison.Ordinal);
    }

    private static async Task<bool> HasNode()
    {
        try
        {
            await AzuriteInstallation.EntryFileAsync();
            return true;
        }
        catch (AzuriteUnavailableException)
        {
            return false;
        }
    }

    private static async Task<string> Run(string test, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, ["-method", test]) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            using CancellationTokenSource patience = new(TimeMax);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, TestContext.Current.CancellationToken);
            var printed = await process.StandardOutput.ReadToEndAsync(either.Token);
            await process.WaitForExitAsync(either.Token);
            return printed;
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private string EmptyFolder() => Directory.CreateDirectory(folder.PathOf(Guid.NewGuid().ToString("N"))).FullName;
}

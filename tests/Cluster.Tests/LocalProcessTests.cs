using Dtao.Cli;
using Dtao.Cli.Clusters;

namespace Dtao.Cluster.Tests;

/// <summary>A process is signalled only when it is the one that was started.</summary>
public sealed class LocalProcessTests
{
    [Fact]
    public void Kill_NumberThatSomebodyElseHasByNow_TouchesNobody()
    {
        var other = new LocalProcess(Environment.ProcessId, Started: 1);

        other.Kill();
        other.Terminate();

        Assert.False(other.IsAlive);
    }

    [Fact]
    public async Task Start_AProgram_WritesToTheFileAndEndsByItsSignal()
    {
        var folder = Directory.CreateTempSubdirectory("dtao-process-").FullName;
        try
        {
            var log = Path.Combine(folder, "log");
            var process = LocalProcess.Start("/bin/sh", ["-c", "echo \"$WORD\"; exec sleep 600"], folder, log, [("WORD", "spoken")]);
            for (var tries = 0; !File.Exists(log) || (await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken)).Length == 0; tries++)
            {
                Assert.True(tries < 1_200, "The program never wrote.");
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }

            Assert.True(process.IsAlive);
            Assert.Equal("spoken\n", await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken));
            process.Kill();
            Assert.True(await process.WaitForEnd(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("status")]
    [InlineData("add")]
    [InlineData("down")]
    [InlineData("kill", "1")]
    public async Task Cluster_WhereThereIsNone_IsRefusedAndMakesNoFolder(params string[] verb)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"dtao-none-{Guid.NewGuid():N}");
        var said = new StringWriter();

        var exitCode = await DtaoCommand.RunAsync(
            ["cluster", .. verb, "--dir", folder], CliContext.OfProcess() with { Output = said, Error = said }, TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Contains("There is no cluster", said.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }
}

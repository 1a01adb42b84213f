using Dtao.Client;

namespace Dtao.Infra.Tests;

/// <summary>Every program says which build it is, and all the same.</summary>
public sealed class VersionTests
{
    [Theory]
    [InlineData("Dtao.Silo.dll")]
    [InlineData("dtao.dll")]
    [InlineData("Dtao.Benchmarks.dll")]
    [InlineData("Dtao.Conformance.dll")]
    public async Task Program_AskedForItsVersion_SaysThatOfThisRepository(string program)
    {
        var said = await Tool.RunAsync("dotnet", null, Path.Combine(AppContext.BaseDirectory, program), "--version");

        Assert.True(said is { ExitCode: 0, Error: "" }, said.ToString());
        Assert.Equal(DtaoVersion.Text, said.Output.Trim());
        Assert.Equal(DockerTests.Version, DtaoVersion.Number);
    }
}

using System.Xml.Linq;
using Dtao.Client;
using Dtao.TestKit;

namespace Dtao.Infra.Tests;

/// <summary>What others install.</summary>
public sealed class PackageTests
{
    private static readonly string[] s_packed = ["Economics", "Keys", "Grains.Interfaces", "Client", "tools/Cli"];

    [Fact]
    public async Task Pack_WithCheck_InstallsTheToolAndBuildsAProgramAgainstTheClient()
    {
        Assert.SkipUnless(LongRun.IsOn, "Only in the long form; or by hand: infra/pack.sh --check.");
        var bash = Tool.Find("bash");
        Assert.SkipWhen(bash is null, "There is no bash here.");
        var folder = Directory.CreateTempSubdirectory("dtao-packages-");
        try
        {
            var said = await Tool.RunAsync(bash!, null, Repository.PathOf("infra/pack.sh"), "--check", folder.FullName);

            Assert.True(said.ExitCode == 0, said.ToString());
            var version = DtaoVersion.Number;
            Assert.Equal(
                new[] { $"Dtao.Client.{version}.nupkg", $"Dtao.Economics.{version}.nupkg", $"Dtao.Grains.Interfaces.{version}.nupkg", $"Dtao.Keys.{version}.nupkg", $"dtao.{version}.nupkg" },
                folder.EnumerateFiles().Select(file => file.Name).Order(StringComparer.Ordinal));
            Assert.Contains(said.Output.Split('\n'), line => line.StartsWith($"{version}+", StringComparison.Ordinal) || line == version);
            Assert.Contains("Dtao.Keys.dll", said.Output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Projects_ThatArePacked_AreTheClientWithAllItNeedsAndTheTool()
    {
        var marked = Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Where(file => XDocument.Load(file).Descendants("IsPackable").Any(value => value.Value == "true"))
            .Select(file => Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(file)!).Replace('\\', '/'));

        Assert.Equal(s_packed.Order(StringComparer.Ordinal), marked.Order(StringComparer.Ordinal));
        // A package that referred to a project which is none could not be restored.
        Assert.Equal(s_packed.Where(name => name != "tools/Cli").Order(StringComparer.Ordinal), DockerTests.Needed("Client").Order(StringComparer.Ordinal));
        Assert.All(s_packed, name => Assert.True(File.Exists(Repository.PathOf($"{name}/README.md")), $"{name} has no README.md, which its package shows."));
        Assert.Contains($"for project in {string.Join(' ', s_packed)}; do", Repository.Read("infra/pack.sh"), StringComparison.Ordinal);
    }

    [Fact]
    public void Readme_OfTheClient_ShowsLinesOfTheSampleThatIsBuilt()
    {
        var sample = Directory.EnumerateFiles(Repository.PathOf("docs/samples/FirstStake"), "*.cs").SelectMany(File.ReadLines).Select(line => line.Trim()).ToHashSet(StringComparer.Ordinal);
        var readme = Repository.Read("Client/README.md");
        var code = readme.Split("```")[1].Split('\n')[1..].Select(line => line.Trim()).Where(line => line.Length > 0).ToArray();

        Assert.True(code.Length > 10, "The readme has hardly any code.");
        Assert.All(code, line => Assert.True(sample.Contains(line), $"Not in the sample: {line}"));
    }
}

using System.Text.RegularExpressions;

namespace Dtao.Network.Tests.House;

/// <summary>The pages that say which test stands for which rule, or for which failure, tell the truth.</summary>
public sealed partial class RuleListTests
{
    [Theory]
    [InlineData("rules.md", 60)]
    [InlineData("failures.md", 20)]
    public void Rules_OnTheirPage_HaveTheTestsThatItNames(string file, int namedMin)
    {
        var root = ProjectReferenceTests.Root;
        var page = File.ReadAllText(Path.Combine(root, "docs", "reference", file));
        var tests = Directory.EnumerateFiles(Path.Combine(root, "tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(source => TestMethod().Matches(File.ReadAllText(source)))
            .Select(match => match.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);
        var named = TestName().Matches(page).Select(match => match.Groups[1].Value).ToArray();

        Assert.True(named.Length > namedMin, $"Only {named.Length} tests are named.");
        Assert.All(named, name => Assert.True(tests.Contains(name), $"No test is called {name}."));
    }

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+_\w+)\(")]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"`(\w+_\w+)`")]
    private static partial Regex TestName();
}

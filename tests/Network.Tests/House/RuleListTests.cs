using System.Text.RegularExpressions;

namespace Dtao.Network.Tests.House;

/// <summary>The page that says which test stands for which rule tells the truth.</summary>
public sealed partial class RuleListTests
{
    [Fact]
    public void Rules_OnTheirPage_HaveTheTestsThatItNames()
    {
        var root = ProjectReferenceTests.Root;
        var page = File.ReadAllText(Path.Combine(root, "docs", "reference", "rules.md"));
        var tests = Directory.EnumerateFiles(Path.Combine(root, "tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => TestMethod().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);
        var named = TestName().Matches(page).Select(match => match.Groups[1].Value).ToArray();

        Assert.True(named.Length > 60, $"Only {named.Length} tests are named.");
        Assert.All(named, name => Assert.True(tests.Contains(name), $"No test is called {name}."));
    }

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+_\w+)\(")]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"`(\w+_\w+)`")]
    private static partial Regex TestName();
}

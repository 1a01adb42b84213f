namespace Dtao.Network.Tests.House;

/// <summary>The order of using directives, as <c>dotnet format</c> makes it: the one thing of a source file's form that neither the build nor the check of white space looks at.</summary>
public sealed class UsingOrderTests
{
    [Fact]
    public void Usings_OfEveryFile_AreInTheFormattersOrder()
    {
        var files = Directory.EnumerateFiles(ProjectReferenceTests.Root, "*.cs", SearchOption.AllDirectories).Where(file => !IsMade(file)).ToArray();

        Assert.True(files.Length > 1_000, $"{files.Length} files");
        Assert.Empty(files.SelectMany(file => FindMisplaced(File.ReadLines(file)).Select(line => $"{file}: {line} stands too late; 'dotnet format' puts it right")));
    }

    [Theory]
    [InlineData("using System;", "using System.Text;", "using Dtao.Api;", "using Xunit;", "using static System.Math;", "using A = System.Int32;")]
    [InlineData("using System.Text;", "using System.Text.Json;", "using System.Threading;")]
    [InlineData("using Dtao.Grains;", "using Dtao.Grains.Blocks;", "using dtao.Hosting;", "using static Dtao.TestKit.SmallNetwork;", "using static Xunit.Assert;")]
    public void Usings_InOrderAndEachTwoExchanged_OneIsPassedAndTheOthersAreNot(params string[] lines)
    {
        Assert.Empty(FindMisplaced(lines));
        for (var at = 1; at < lines.Length; at++)
        {
            string[] exchanged = [.. lines[..(at - 1)], lines[at], lines[at - 1], .. lines[(at + 1)..]];
            Assert.NotEmpty(FindMisplaced(exchanged));
        }
    }

    private static bool IsMade(string file) => Path.GetRelativePath(ProjectReferenceTests.Root, file).Split(Path.DirectorySeparatorChar).Intersect(["bin", "obj", "node_modules", "artifacts"]).Any();

    /// <summary>Directives that belong before the one above them.</summary>
    private static IEnumerable<string> FindMisplaced(IEnumerable<string> lines)
    {
        string? last = null;
        foreach (var line in lines)
        {
            if (line.StartsWith("namespace ", StringComparison.Ordinal)) yield break;
            if (!line.StartsWith("using ", StringComparison.Ordinal) || !line.EndsWith(';') || line.StartsWith("using var ", StringComparison.Ordinal) || line.Contains('(', StringComparison.Ordinal)) continue;
            if (last is not null && string.CompareOrdinal(KeyOf(line), KeyOf(last)) < 0) yield return line;
            last = line;
        }
    }

    /// <summary>Namespaces, then types, then other names for them; in each the framework's own first; letters in any case; a name before those that go on after it.</summary>
    private static string KeyOf(string directive)
    {
        var text = directive["using ".Length..^1];
        var (kind, name) = text.StartsWith("static ", StringComparison.Ordinal) ? ('2', text["static ".Length..]) : text.Contains('=', StringComparison.Ordinal) ? ('3', text.Split('=')[0].Trim()) : ('1', text);
        var isOfTheFramework = kind != '3' && (name == "System" || name.StartsWith("System.", StringComparison.Ordinal));
        return $"{kind}{(isOfTheFramework ? '1' : '2')}{name.ToUpperInvariant().Replace('.', '\u0001')}";
    }
}

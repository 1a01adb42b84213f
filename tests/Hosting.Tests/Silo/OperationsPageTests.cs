using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Dtao.Hosting.Export;
using Dtao.Silo;
using Dtao.TestKit;
using Xunit;

namespace Dtao.Hosting.Tests.Silo;

/// <summary>What the pages for whoever runs a network say of codes is what the code says.</summary>
public sealed partial class OperationsPageTests
{
    private static readonly string s_page = File.ReadAllText(Repository.PathOf("docs", "operations.md"));

    [Fact]
    public void Reasons_OfHealth_AreThoseOfTheCode()
    {
        var source = File.ReadAllText(Repository.PathOf("Hosting", "Health", "SiloHealth.cs"));
        var codes = Reason().Matches(source).Select(match => match.Groups[1].Value).Distinct().ToArray();
        Assert.True(codes.Length >= 7, string.Join(", ", codes));

        Assert.Equal(codes.Order(StringComparer.Ordinal), FirstCells("### Reasons of `/health`").Select(cell => cell.Trim('`')).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Ends_OfTheSilo_AreThoseOfTheCode()
    {
        var codes = typeof(ExitCode).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => ((int)field.GetRawConstantValue()!).ToString(CultureInfo.InvariantCulture));

        Assert.Equal(codes.Order(StringComparer.Ordinal), FirstCells("### Ends of the silo process").Order(StringComparer.Ordinal));
    }

    /// <summary>An event that is explained is one that can be logged, at the level that is said.</summary>
    [Fact]
    public void Events_OfTheLog_ExistWithTheirLevels()
    {
        var logged = Sources().SelectMany(source => Event().Matches(File.ReadAllText(source)))
            .Select(match => (Id: match.Groups[1].Value, Level: match.Groups[2].Value)).ToHashSet();
        var rows = Rows("### Log events").ToArray();
        Assert.True(rows.Length > 15, $"{rows.Length} rows");

        foreach (var row in rows)
        {
            foreach (var id in row[0].Split(", ")) Assert.Contains((id, row[1]), logged);
        }
    }

    [Fact]
    public void Codes_OfANetworksFile_AreExplained()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "reference", "storage.md"));

        foreach (var code in Enum.GetValues<NetworkFileErrorCode>().Where(code => code != NetworkFileErrorCode.None)) Assert.Contains($"`{code}` ({(int)code})", page, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Sources() => new[] { "Grains", "Hosting", "Silo", "Storage" }
        .SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    private static IEnumerable<string> FirstCells(string heading) => Rows(heading).Select(row => row[0]);

    /// <summary>The rows of the first table behind a heading.</summary>
    private static IEnumerable<string[]> Rows(string heading)
    {
        var start = s_page.IndexOf(heading, StringComparison.Ordinal);
        Assert.True(start >= 0, heading);
        return s_page[start..].Split('\n').SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).Skip(2)
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray());
    }

    [GeneratedRegex("""new\("([A-Z][A-Za-z]+)", """)]
    private static partial Regex Reason();

    [GeneratedRegex(@"LoggerMessage\((\d+), LogLevel\.(\w+)")]
    private static partial Regex Event();
}

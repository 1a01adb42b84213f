using System.Text.RegularExpressions;
using Dtao.Economics.Ledger;
using Dtao.Economics.Settings;

namespace Dtao.Network.Tests.House;

/// <summary>The page that says what of the reference is here has a row for everything, and names what exists.</summary>
public sealed partial class FidelityPageTests
{
    private static readonly Dictionary<string, string> s_kinds = new(StringComparer.Ordinal)
    {
        ["Calls"] = "call",
        ["Administrators' calls"] = "administration",
        ["Block steps"] = "step",
        ["Parameters"] = "parameter",
        ["Other modules"] = "module",
    };

    private static readonly Row[] s_rows = [.. ReadRows()];

    [Fact]
    public void Page_NamesOfTheReference_HaveOneRowEach()
    {
        var listed = File.ReadLines(Path.Combine(ProjectReferenceTests.Root, "tests", "fidelity", "reference.txt"))
            .Where(line => line.Length > 0 && line[0] != '#').Order(StringComparer.Ordinal).ToArray();

        Assert.True(listed.Length > 250, $"Only {listed.Length} names are listed.");
        Assert.Equal(listed, s_rows.Select(row => $"{row.Kind} {row.Name}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Page_ExactAndSummary_NameTestsAndScenariosThatExist()
    {
        var shown = TestNames();
        shown.UnionWith(Directory.EnumerateFiles(Path.Combine(ProjectReferenceTests.Root, "tests", "scenarios"), "*.json").Select(file => Path.GetFileName(file)));

        Assert.All(s_rows, row =>
        {
            Assert.Contains(row.Fidelity, new[] { "exact", "summary", "absent" });
            Assert.True(row.Fidelity == "absent" == (row.ShownBy.Length == 0), $"{row.Name} is {row.Fidelity}, shown by '{string.Join(' ', row.ShownBy)}'.");
            Assert.All(row.ShownBy, name => Assert.True(shown.Contains(name), $"{row.Name}: there is no {name}."));
            Assert.True(row.Fidelity == "exact" || row.LeftOut.Length > 0, $"{row.Name} does not say what is left out.");
        });
    }

    [Fact]
    public void Page_CallsOfTheCode_AreNamedAndNoOthers()
    {
        var kinds = Enum.GetNames<CallKind>().Where(name => name != nameof(CallKind.None)).Order(StringComparer.Ordinal);
        var named = s_rows.Where(row => row.Kind is "call" or "administration" or "module").SelectMany(row => row.Here);

        Assert.Equal(kinds, named.Distinct().Order(StringComparer.Ordinal));
        Assert.All(s_rows.Where(row => row.Kind == "call"), row => Assert.True(row.Fidelity == "absent" == (row.Here.Length == 0), row.Name));
    }

    [Fact]
    public void Page_HyperparametersOfTheCode_AreNamedAndNoOthers()
    {
        var named = s_rows.Where(row => row.Kind == "parameter").SelectMany(row => row.Here).ToHashSet(StringComparer.Ordinal);
        var known = Hyperparameters.OfSubnet.Concat(Hyperparameters.OfNetwork).Select(value => value.Name).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(known.Except(named));
        Assert.Empty(named.Except(known).Except(Hyperparameters.StateOfSubnet).Except(Hyperparameters.StateOfNetwork));
    }

    private static HashSet<string> TestNames() =>
        Directory.EnumerateFiles(Path.Combine(ProjectReferenceTests.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => TestMethod().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<Row> ReadRows()
    {
        var kind = string.Empty;
        foreach (var line in File.ReadLines(Path.Combine(ProjectReferenceTests.Root, "docs", "fidelity.md")))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal)) kind = s_kinds.GetValueOrDefault(line[3..], string.Empty);
            if (kind.Length == 0 || !line.StartsWith("| `", StringComparison.Ordinal)) continue;
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            Assert.True(cells.Length == 7, $"Not five cells: {line}");
            yield return new Row(kind, cells[1].Trim('`'), Quoted(cells[2]), cells[3], Quoted(cells[4]), cells[5]);
        }
    }

    private static string[] Quoted(string cell) => [.. Name().Matches(cell).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+_\w+)\(")]
    private static partial Regex TestMethod();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();

    private sealed record Row(string Kind, string Name, string[] Here, string Fidelity, string[] ShownBy, string LeftOut);
}

using System.Xml.Linq;

namespace Dtao.Network.Tests.House;

/// <summary>Who may know whom. A reference that is not listed here is a decision, not a convenience.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly string[] s_hosts = ["Hosting", "Client", "Economics"];

    private static readonly Dictionary<string, string[]> s_allowed = new(StringComparer.Ordinal)
    {
        ["Economics"] = [],
        ["Keys"] = [],
        ["Grains.Interfaces"] = ["Economics"],
        ["Grains"] = ["Grains.Interfaces", "Economics", "Keys"],
        ["Storage"] = [],
        ["Client"] = ["Grains.Interfaces", "Keys"],
        ["Api"] = ["Client", "Storage"],
        ["Hosting"] = ["Grains", "Storage", "Client", "Keys"],
        ["Silo"] = [.. s_hosts, "Api"],
    };

    public static TheoryData<string> Projects => new(
        Directory.EnumerateFiles(Root, "*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal));

    internal static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Dtao.Orleans.sln"))) folder = folder.Parent;
            return folder?.FullName ?? throw new DirectoryNotFoundException("The tests do not run from within the repository.");
        }
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_AreAllowed(string project)
    {
        var allowed = AllowedFor(project);

        Assert.All(ReferencesOf(project), reference => Assert.True(allowed.Contains(reference), $"{project} may not reference {reference}"));
    }

    [Fact]
    public void Projects_OfTheProduct_AreAllThere()
    {
        var names = Projects.Select(row => Path.GetFileNameWithoutExtension(row.Data)).ToHashSet(StringComparer.Ordinal);

        Assert.All(s_allowed.Keys, name => Assert.Contains(name, names));
        Assert.Equal(["Client"], ReferencesOf("docs/samples/FirstStake/FirstStake.csproj"));
    }

    /// <summary>
    /// Tools know the hosts, and the command line knows the load tester; benchmarks and tests also know the emulator. A test project also knows what it tests, and the kit
    /// that tests share.
    /// </summary>
    private static HashSet<string> AllowedFor(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        if (s_allowed.TryGetValue(name, out var allowed)) return [.. allowed];
        if (name == "Benchmarks") return [.. s_hosts, "AzuriteKit"];
        if (name == "Cli") return [.. s_hosts, "LoadTest"];
        if (project.StartsWith("tools/", StringComparison.Ordinal)) return [.. s_hosts];
        if (project.StartsWith("docs/samples/", StringComparison.Ordinal)) return ["Client"];
        if (!project.StartsWith("tests/", StringComparison.Ordinal)) return [];
        var subject = name.EndsWith(".Tests", StringComparison.Ordinal) ? name[..^".Tests".Length] : name;
        return subject switch
        {
            "Client" => [.. s_hosts, "TestKit", "Cli", "FirstStake"],
            "Hosting" => [.. s_hosts, "TestKit", "Silo", "Api"],
            "Cluster" => [.. s_hosts, "TestKit", "AzuriteKit", "Silo", "Cli"],
            "Infra" => [.. s_hosts, "TestKit", "Silo", "Cli", "Benchmarks", "Conformance"],
            "Page" => [.. s_hosts, "TestKit", "Silo", "Api"],
            "Simulator" => ["Grains", "Economics"],
            "AzuriteKit" => ["Hosting"],
            _ => [.. s_hosts, "TestKit", "AzuriteKit", "RedisKit", subject],
        };
    }

    private static string[] ReferencesOf(string project) =>
    [
        .. XDocument.Load(Path.Combine(Root, project)).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))),
    ];
}

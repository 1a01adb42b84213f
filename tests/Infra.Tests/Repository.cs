using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Dtao.Infra.Tests;

/// <summary>The repository's own files, seen from a built test.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string PathOf(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(PathOf(path));

    /// <summary>Every document of a YAML file, with what <c>&lt;&lt;</c> takes over in its place.</summary>
    public static IReadOnlyList<YamlNode> Yaml(string path)
    {
        var stream = new YamlStream();
        stream.Load(new MergingParser(new Parser(new StringReader(Read(path)))));
        return [.. stream.Documents.Select(document => document.RootNode)];
    }

    /// <summary>The lines <c>NAME=VALUE</c> of a file of variables, without comments.</summary>
    public static Dictionary<string, string> Variables(string path) => File.ReadLines(PathOf(path))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split('=', 2))
        .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Dtao.Orleans.sln"))) directory = directory.Parent;
        return directory?.FullName ?? throw new DirectoryNotFoundException("The tests do not run inside the repository.");
    }
}

internal static class YamlNodes
{
    public static YamlNode At(this YamlNode node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path) node = ((YamlMappingNode)node).Children[name];
        return node;
    }

    public static string Text(this YamlNode node) => ((YamlScalarNode)node).Value ?? string.Empty;

    public static IReadOnlyList<YamlNode> Items(this YamlNode node) => [.. ((YamlSequenceNode)node).Children];

    public static IReadOnlyDictionary<string, YamlNode> Entries(this YamlNode node) =>
        ((YamlMappingNode)node).Children.ToDictionary(entry => entry.Key.Text(), entry => entry.Value, StringComparer.Ordinal);

    public static Dictionary<string, string> Texts(this YamlNode node) => node.Entries().ToDictionary(entry => entry.Key, entry => entry.Value.Text(), StringComparer.Ordinal);
}

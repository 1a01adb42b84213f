using Dtao.TestKit;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Dtao.Infra.Tests;

/// <summary>Files of settings in the repository.</summary>
internal static class SettingsFiles
{
    /// <summary>Every document of a YAML file, with what <c>&lt;&lt;</c> takes over in its place.</summary>
    public static IReadOnlyList<YamlNode> Yaml(string path)
    {
        var stream = new YamlStream();
        stream.Load(new MergingParser(new Parser(new StringReader(Repository.Read(path)))));
        return [.. stream.Documents.Select(document => document.RootNode)];
    }

    /// <summary>The lines <c>NAME=VALUE</c> of a file of variables, without comments.</summary>
    public static Dictionary<string, string> Variables(string path) => File.ReadLines(Repository.PathOf(path))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split('=', 2))
        .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
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

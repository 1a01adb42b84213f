using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Dtao.Api.Requests;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Dtao.Api.Documents;

/// <summary>Describes bodies and their fields in the document by what the code says of them, so that it is written once.</summary>
/// <remarks>The compiler writes the comments into a file beside the program. Where somebody has removed it, the document has no such descriptions and is otherwise the same.</remarks>
internal static partial class CodeComments
{
    private const string PageOf = "PagedOf";
    private const string PageSummary = "A page of a list.";

    /// <summary>Fields that mean the same wherever they stand.</summary>
    private static readonly Dictionary<string, string> s_shared = new(StringComparer.Ordinal)
    {
        ["Timestamp"] = "When the block was closed; null while that is not known here.",
        ["Symbol"] = "Of the subnet's token.",
        ["SubnetName"] = "How the subnet presents itself, or its name in the registry.",
        ["Id"] = "Unique, and the same for ever.",
    };

    private static readonly Lazy<Dictionary<string, XElement>> s_members = new(Load);
    private static readonly Dictionary<string, Type> s_types = typeof(CodeComments).Assembly.GetTypes()
        .Where(type => type is { IsGenericType: false, IsClass: true } && !type.Name.Contains('<', StringComparison.Ordinal)).GroupBy(type => type.Name, StringComparer.Ordinal)
        .Where(named => named.Count() == 1).ToDictionary(named => named.Key, named => named.Single(), StringComparer.Ordinal);

    public static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var (name, schema) in document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (name.StartsWith(PageOf, StringComparison.Ordinal)) schema.Description ??= PageSummary;
            else if (s_types.TryGetValue(name == "Problem" ? nameof(Errors.ProblemBody) : name, out var type)) Describe(schema, type);
        }

        return Task.CompletedTask;
    }

    private static void Describe(IOpenApiSchema schema, Type type)
    {
        schema.Description ??= SummaryOf(type);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (schema.Properties is not { } fields || !fields.TryGetValue(FieldOf(property), out var field)) continue;
            if ((SummaryOf(property) ?? s_shared.GetValueOrDefault(property.Name)) is { } text) field.Description = text;
        }
    }

    /// <summary>What the code says of a type; null when it says nothing.</summary>
    internal static string? SummaryOf(Type type) => Text(Member(type)?.Element("summary"));

    /// <summary>What the code says of a property: by itself, or as a parameter of its record.</summary>
    internal static string? SummaryOf(PropertyInfo property)
    {
        var type = property.DeclaringType!;
        var own = s_members.Value.GetValueOrDefault($"P:{NameOf(type)}.{property.Name}")?.Element("summary");
        return Text(own) ?? Text(Member(type)?.Elements("param").FirstOrDefault(parameter => (string?)parameter.Attribute("name") == property.Name));
    }

    private static string FieldOf(PropertyInfo property) => property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    private static XElement? Member(Type type) => s_members.Value.GetValueOrDefault($"T:{NameOf(type)}");

    private static string NameOf(Type type) => type.FullName!.Replace('+', '.');

    private static Dictionary<string, XElement> Load()
    {
        var assembly = typeof(CodeComments).Assembly;
        var path = Path.Combine(Path.GetDirectoryName(assembly.Location) is { Length: > 0 } folder ? folder : AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");
        return File.Exists(path)
            ? XDocument.Load(path).Descendants("member").ToDictionary(member => (string)member.Attribute("name")!, StringComparer.Ordinal)
            : [];
    }

    /// <summary>A comment as plain text: names in place of links to them.</summary>
    private static string? Text(XElement? comment)
    {
        if (comment is null) return null;
        var text = string.Concat(comment.Nodes().Select(node => node switch
        {
            XText words => words.Value,
            XElement element when element.Attribute("cref") is { } link => link.Value[(link.Value.LastIndexOf('.') + 1)..],
            XElement element => element.Value,
            _ => string.Empty,
        }));
        return Spaces().Replace(text, " ").Trim() is { Length: > 0 } plain ? plain : null;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}

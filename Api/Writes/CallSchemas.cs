using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Dtao.Api.Writes;

/// <summary>Describes calls in the OpenAPI document: one schema for each, told apart by <c>kind</c>, from the table that reads them.</summary>
internal static class CallSchemas
{
    /// <summary>Replaces what stands for a call by the schema of all calls.</summary>
    public static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var all = new List<IOpenApiSchema>();
        foreach (var form in CallForms.All)
        {
            var name = $"{form.Kind}Call";
            document.AddComponent(name, Of(form));
            all.Add(new OpenApiSchemaReference(name, document));
        }

        document.Components!.Schemas![nameof(CallBody)] = new OpenApiSchema { Description = "A call: its kind, and the fields that this kind has.", OneOf = all };
        return Task.CompletedTask;
    }

    private static OpenApiSchema Of(CallForm form)
    {
        var schema = Object(form.Description, form.Fields);
        schema.Properties!["kind"] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [form.Name], Description = "Which call it is." };
        schema.Required!.Add("kind");
        return schema;
    }

    private static OpenApiSchema Object(string description, IReadOnlyList<CallField> fields) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        Properties = fields.ToDictionary(field => field.Name, IOpenApiSchema (field) => Of(field)),
        Required = fields.Where(field => field.IsRequired).Select(field => field.Name).ToHashSet(),
        AdditionalPropertiesAllowed = false,
    };

    private static OpenApiSchema Of(CallField field)
    {
        if (!field.IsList) return One(field);
        var items = One(field);
        items.Description = null;
        return new OpenApiSchema { Type = JsonSchemaType.Array, Description = field.Description, Items = items, MaxItems = CallField.ItemsMax };
    }

    private static OpenApiSchema One(CallField field) => field.Type switch
    {
        CallFieldType.Account => Text(field, null),
        CallFieldType.Hash => Text(field, "^(0x)?[0-9a-fA-F]{64}$"),
        CallFieldType.Number => Text(field, "^[0-9]+$"),
        CallFieldType.Netuid or CallFieldType.Short => Number(field, ushort.MaxValue),
        CallFieldType.Byte => Number(field, byte.MaxValue),
        CallFieldType.Flag => new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = field.Description },
        CallFieldType.Text => Text(field, null),
        CallFieldType.Word => new OpenApiSchema { Type = JsonSchemaType.String, Description = field.Description, Enum = [.. field.Words.Select(word => (JsonNode)word)] },
        CallFieldType.Object => Object(field.Description, field.Fields),
        _ => throw new ArgumentOutOfRangeException(nameof(field), field.Type, "A type of field without a schema."),
    };

    private static OpenApiSchema Text(CallField field, string? pattern) => new() { Type = JsonSchemaType.String, Description = field.Description, Pattern = pattern };

    private static OpenApiSchema Number(CallField field, int maximum) => new()
    {
        Type = JsonSchemaType.Integer,
        Description = field.Description,
        Minimum = "0",
        Maximum = maximum.ToString(CultureInfo.InvariantCulture),
    };
}

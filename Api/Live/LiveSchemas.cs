using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Dtao.Api.Live;

/// <summary>Stands for a message of the stream in the OpenAPI document; see <see cref="LiveSchemas"/>.</summary>
internal sealed record LiveMessage;

/// <summary>Describes the stream's messages: one schema for each event, told apart by <c>event</c>.</summary>
internal static class LiveSchemas
{
    private static readonly (string Name, string Event, Type Data)[] s_messages =
    [
        ("LiveBlockMessage", "block", typeof(LiveBlockView)), ("LiveTradeMessage", "trade", typeof(LiveTradeView)), ("LivePriceMessage", "price", typeof(LivePriceView)),
        ("LiveEndMessage", "end", typeof(LiveEndView)),
    ];

    /// <summary>Replaces what stands for a message by the schema of all messages.</summary>
    public static async Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var all = new List<IOpenApiSchema>();
        foreach (var (name, happened, data) in s_messages)
        {
            document.AddComponent(data.Name, await context.GetOrCreateSchemaAsync(data, null, cancellationToken));
            document.AddComponent(name, new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = $"A message of the stream: {happened}.",
                Required = new HashSet<string> { "id", "event", "data" },
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    ["id"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Come back with it, and the stream goes on after this message." },
                    ["event"] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [happened], Description = "What it is." },
                    ["data"] = new OpenApiSchemaReference(data.Name, document),
                },
            });
            all.Add(new OpenApiSchemaReference(name, document));
        }

        document.Components!.Schemas![nameof(LiveMessage)] = new OpenApiSchema
        {
            Description = "A message of the stream. Of server-sent events, id and event are the event's own, and data its data.",
            OneOf = all,
        };
    }
}

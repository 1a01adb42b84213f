using System.Globalization;
using System.Text.Json.Nodes;
using Dtao.Api.Errors;
using Dtao.Api.Json;
using Dtao.Api.Requests;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Dtao.Api.Documents;

/// <summary>Says in the document what the code knows: units, bounds, problems.</summary>
internal static class Describer
{
    private const string About =
        "Reads, operations, and live streams of a dynamic TAO ledger. Paths and fields are shaped like those of taostats. "
        + "Amounts are whole rao as text (10^9 rao = 1 TAO, or one alpha); prices are decimal text in TAO for one alpha. "
        + "Every problem has a stable code and name, and says what to do.";

    private static readonly int[] s_problems = [400, 429, 500, 503, 504];

    public static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = "Dtao API", Version = DtaoVersion.Text, Description = About };
        // The page and generated clients use the address that they found the document at.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Tags = new HashSet<OpenApiTag>(ApiParts.All.Select(part => new OpenApiTag { Name = part.Name }));
        return Task.CompletedTask;
    }

    public static async Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<ParameterList>().LastOrDefault() is not { } list) return;
        operation.Parameters = [.. list.Parameters.Select(Describe)];
        operation.Responses ??= [];
        var schema = await context.GetOrCreateSchemaAsync(typeof(ProblemBody), null, cancellationToken);
        context.Document!.AddComponent("Problem", schema);
        foreach (var status in s_problems) Add(status);
        foreach (var status in operation.Responses.Keys.Where(key => key[0] is '4' or '5').ToArray()) Add(int.Parse(status, CultureInfo.InvariantCulture));

        void Add(int status)
        {
            var key = status.ToString(CultureInfo.InvariantCulture);
            // Health answers 503 in a form of its own.
            if (operation.Responses.TryGetValue(key, out var known) && known.Content?.ContainsKey("application/json") == true) return;
            operation.Responses[key] = new OpenApiResponse
            {
                Description = MeaningOf(status),
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [ProblemAnswers.MediaType] = new OpenApiMediaType { Schema = new OpenApiSchemaReference("Problem", context.Document) },
                },
            };
        }
    }

    /// <summary>What a problem of this status may be about: the API's own names, or the ledger's.</summary>
    private static string MeaningOf(int status)
    {
        var names = string.Join(", ", Problem.OfApi.Where(problem => problem.Status == status).Select(problem => problem.Name));
        string[] ofLedger = [.. Enum.GetValues<RefusalCode>().Where(code => code != RefusalCode.None && Problem.StatusOf(code) == status).Select(code => code.ToString())];
        return status == StatusCodes.Status422UnprocessableEntity
            ? "A rule of the ledger refuses it, by the chain's name, or the operation cannot be taken any more."
            : $"A problem: {string.Join(", ", [names, .. ofLedger])}.".Replace(": , ", ": ", StringComparison.Ordinal);
    }

    /// <summary>Types that are written by a converter of their own.</summary>
    public static Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(Tao)) Text(schema, "TAO in whole rao.", "^[0-9]+$", "1000000000");
        else if (type == typeof(Alpha)) Text(schema, "Alpha of a subnet in whole rao.", "^[0-9]+$", "1000000000");
        else if (type == typeof(U64F64)) Text(schema, "A price in TAO for one alpha, floored at 18 decimals.", @"^[0-9]+(\.[0-9]+)?$", "0.025");
        else if (type == typeof(OperationId)) Text(schema, "An operation's id, a UUID.", "^[0-9a-fA-F-]{32,36}$", "0193f5c0a7e27c3f9d0e5b1c2a3d4e5f");
        else if (type == typeof(Timestamp)) Text(schema, "A point of time, UTC.", null, "2026-11-30T08:00:00.000Z", "date-time");
        else if (type == typeof(NetUid)) Number(schema, "A subnet's number; 0 is root.", ushort.MaxValue);
        else if (type == typeof(BlockNumber)) Number(schema, "A block's number.", null);
        else if (type == typeof(AccountId)) Account(schema);
        return Task.CompletedTask;
    }

    private static OpenApiParameter Describe(Parameter parameter)
    {
        var schema = new OpenApiSchema { Type = parameter.IsNumber ? JsonSchemaType.Integer : JsonSchemaType.String };
        if (parameter.Minimum is { } minimum) schema.Minimum = minimum.ToString(CultureInfo.InvariantCulture);
        if (parameter.Maximum is { } maximum) schema.Maximum = maximum.ToString(CultureInfo.InvariantCulture);
        if (!parameter.IsNumber) schema.MaxLength = parameter.LengthMax;
        if (parameter.IsNumber && parameter.Maximum > int.MaxValue) schema.Format = "int64";
        if (parameter.Words is { } words) schema.Enum = [.. words.Select(word => (JsonNode)word)];
        if (parameter.Default is { } unset) schema.Default = Value(parameter, unset);
        return new OpenApiParameter
        {
            Name = parameter.Name,
            In = parameter.Place switch { ParameterPlace.Path => ParameterLocation.Path, ParameterPlace.Header => ParameterLocation.Header, _ => ParameterLocation.Query },
            Description = parameter.Description,
            Required = parameter.IsRequired,
            Schema = schema,
            Example = parameter.Example is { } example ? Value(parameter, example) : null,
        };
    }

    private static JsonValue Value(Parameter parameter, string text) => parameter.IsNumber ? JsonValue.Create(long.Parse(text, CultureInfo.InvariantCulture)) : JsonValue.Create(text);

    private static void Text(OpenApiSchema schema, string description, string? pattern, string example, string? format = null)
    {
        schema.Type = JsonSchemaType.String | ((schema.Type ?? 0) & JsonSchemaType.Null);
        schema.Description ??= description;
        schema.Pattern = pattern;
        schema.Format = format;
        schema.Examples = [example];
        schema.Properties = null;
        schema.Required = null;
    }

    private static void Number(OpenApiSchema schema, string description, int? maximum)
    {
        schema.Type = JsonSchemaType.Integer | ((schema.Type ?? 0) & JsonSchemaType.Null);
        schema.Description ??= description;
        schema.Minimum = "0";
        schema.Maximum = maximum?.ToString(CultureInfo.InvariantCulture);
        schema.Format = maximum is null ? "int64" : null;
        schema.Pattern = null;
        schema.Properties = null;
        schema.Required = null;
    }

    private static void Account(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.Object | ((schema.Type ?? 0) & JsonSchemaType.Null);
        schema.Description ??= "An account's public key.";
        schema.Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["ss58"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Its SS58 address.", Examples = ["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"] },
            ["hex"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The same as 0x and 64 hexadecimal digits." },
        };
        schema.Required = new HashSet<string> { "ss58", "hex" };
    }
}

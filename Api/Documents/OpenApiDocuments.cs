using Dtao.Api.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Scalar.AspNetCore;

namespace Dtao.Api.Documents;

/// <summary>The OpenAPI document, and the page that shows it.</summary>
internal static class OpenApiDocuments
{
    public const string DocumentPath = "/openapi/v1.json";
    public const string ReferencePath = "/reference";
    private const string DocumentName = "v1";
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(365);

    public static void Add(IServiceCollection services)
    {
        // The document is the same until the process ends, and making it takes long: once for all who ask, whatever they write behind its path.
        services.AddOutputCache(cache => cache.AddPolicy(DocumentName, policy => policy.Expire(s_kept).SetVaryByQuery([]).SetVaryByHost(false)));
        services.AddOpenApi(DocumentName, Configure);
    }

    private static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = Microsoft.OpenApi.OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = _ => true;
        options.AddDocumentTransformer(Describer.Describe);
        options.AddOperationTransformer(Describer.Describe);
        options.AddSchemaTransformer(Describer.Describe);
        options.AddDocumentTransformer(Writes.CallSchemas.Describe);
        options.AddDocumentTransformer(Live.LiveSchemas.Describe);
        options.AddDocumentTransformer(CodeComments.Describe);
    }

    public static void Map(WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").CacheOutput(DocumentName);
        // Everything that the page needs comes out of this process.
        app.MapScalarApiReference(ReferencePath, page => page.WithTitle("Dtao API").WithOpenApiRoutePattern(DocumentPath).DisableDefaultFonts().DisableTelemetry());
    }
}

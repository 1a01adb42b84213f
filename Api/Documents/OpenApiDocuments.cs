using Dtao.Api.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using Scalar.AspNetCore;

namespace Dtao.Api.Documents;

/// <summary>The OpenAPI document, and the page that shows it.</summary>
internal static class OpenApiDocuments
{
    public const string DocumentPath = "/openapi/v1.json";
    public const string ReferencePath = "/reference";
    private const string DocumentName = "v1";

    public static void Add(IServiceCollection services)
    {
        // The document is the same until the process ends, and making it takes long: once for all who ask, whatever they write behind its path.
        services.AddOutputCache(cache => cache.AddPolicy(DocumentName, new OncePolicy()));
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

    /// <summary>One answer for everybody, for as long as the process runs.</summary>
    private sealed class OncePolicy : IOutputCachePolicy
    {
        private static readonly TimeSpan s_kept = TimeSpan.FromDays(365);

        public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
        {
            (context.EnableOutputCaching, context.AllowCacheLookup, context.AllowCacheStorage, context.AllowLocking) = (true, true, true, true);
            context.CacheVaryByRules.VaryByHost = false;
            context.ResponseExpirationTimeSpan = s_kept;
            return ValueTask.CompletedTask;
        }

        public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
        {
            context.AllowCacheStorage = context.HttpContext.Response.StatusCode == StatusCodes.Status200OK;
            return ValueTask.CompletedTask;
        }
    }
}

using Dtao.Api.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.Page;

/// <summary>The page: its files, and the addresses at which it stands.</summary>
internal sealed class PagePart : IApiPart
{
    /// <summary>Nothing of another origin, nothing inline, in nobody's frame. Colours and sizes are set through the object model, which this does not forbid.</summary>
    public const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static readonly string[] s_methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>What the page tells apart by itself: the same file stands at each.</summary>
    private static readonly string[] s_places =
        ["/", "/subnets/{*rest}", "/accounts/{*rest}", "/validators/{*rest}", "/blocks/{*rest}", "/cluster", "/swap", "/search"];

    public string Name => "Page";

    public void Add(IServiceCollection services, ApiOptions options)
    {
    }

    public void Map(ApiRoutes routes)
    {
        foreach (var place in s_places) Map(routes, place, PageFiles.Index);
        foreach (var file in PageFiles.All.Values.Where(file => file != PageFiles.Index)) Map(routes, file.Path, file);
    }

    private static void Map(ApiRoutes routes, string path, PageFile file) =>
        routes.Routes.MapMethods(path, s_methods, (RequestDelegate)(context => Answer(context, file))).ExcludeFromDescription();

    private static async Task Answer(HttpContext context, PageFile file)
    {
        var headers = context.Response.Headers;
        headers.ETag = file.Tag;
        headers.CacheControl = file.IsNamedByContent ? "public, max-age=31536000, immutable" : "no-cache";
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (context.Request.Headers.IfNoneMatch.Contains(file.Tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = file.ContentType;
        if (HttpMethods.IsHead(context.Request.Method)) context.Response.ContentLength = file.Content.Length;
        else await context.Response.Body.WriteAsync(file.Content, context.RequestAborted);
    }
}

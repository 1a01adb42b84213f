using System.Text.Json;
using Dtao.Api.Json;
using Microsoft.AspNetCore.Http;

namespace Dtao.Api.Requests;

/// <summary>An answer as JSON with an ETag, or 304 where the client has it already.</summary>
internal sealed class JsonAnswer<T>(T value) : IResult
{
    /// <summary>Null = made of the answer itself.</summary>
    public string? Tag { get; init; }

    /// <summary>Whether the client may keep it, to ask later whether it still holds.</summary>
    public bool IsKept { get; init; } = true;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, ApiJson.Options);
        var response = httpContext.Response;
        if (IsKept)
        {
            var tag = Tag ?? EntityTags.Of(body);
            response.Headers.ETag = tag;
            response.Headers.CacheControl = "no-cache";
            if (EntityTags.IsKnown(httpContext.Request, tag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }
        else
        {
            response.Headers.CacheControl = "no-store";
        }

        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}

/// <summary>The client has seen what it asks for.</summary>
internal sealed class NotModified(string tag) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status304NotModified;
        httpContext.Response.Headers.ETag = tag;
        httpContext.Response.Headers.CacheControl = "no-cache";
        return Task.CompletedTask;
    }
}

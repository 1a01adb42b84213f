using Microsoft.AspNetCore.Http;

namespace Dtao.Api.Requests;

/// <summary>Answers HEAD as GET, without a body.</summary>
/// <remarks>The server itself sends no body to whoever asked by HEAD, whatever is written. A stream is left out: it would never end.</remarks>
internal static class HeadRequests
{
    public static void Take(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsHead(request.Method) && !request.Path.StartsWithSegments(Live.LivePart.Root, StringComparison.OrdinalIgnoreCase)) request.Method = HttpMethods.Get;
    }
}

using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Dtao.Api.Requests;

/// <summary>Names each request: by what its client calls it, or by a name of our own; every answer says it.</summary>
internal static class RequestIds
{
    public const string Header = "X-Request-Id";
    private const int LengthMax = 64;
    private static readonly SearchValues<char> s_allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>Takes or makes the id; the first thing that is done with a request.</summary>
    public static void Take(HttpContext context)
    {
        var given = context.Request.Headers[Header].ToString();
        context.TraceIdentifier = given.Length is > 0 and <= LengthMax && !given.AsSpan().ContainsAnyExcept(s_allowed) ? given : Guid.NewGuid().ToString("N");
        // Last of all, whatever becomes of the answer's headers meanwhile: a kept answer has those of whoever asked first.
        context.Response.OnStarting(static state => Show((HttpContext)state), context);
    }

    private static Task Show(HttpContext context)
    {
        context.Response.Headers[Header] = context.TraceIdentifier;
        return Task.CompletedTask;
    }

    public static string Of(HttpContext context) => context.TraceIdentifier;
}

using Microsoft.AspNetCore.Http;

namespace Dtao.Api.Requests;

/// <summary>Answers HEAD as GET, without a body.</summary>
/// <remarks>The server itself sends no body to whoever asked by HEAD, whatever is written. A stream has no end, so those who write one ask here whether it is wanted.</remarks>
internal static class HeadRequests
{
    private static readonly object s_mark = new();

    public static void Take(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsHead(request.Method)) return;
        request.Method = HttpMethods.Get;
        context.Items[s_mark] = true;
    }

    /// <summary>Whether nothing but the head of the answer is wanted.</summary>
    public static bool Is(HttpContext context) => context.Items.ContainsKey(s_mark);
}

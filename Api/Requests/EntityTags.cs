using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Dtao.Client;
using Microsoft.AspNetCore.Http;

namespace Dtao.Api.Requests;

/// <summary>Weak ETags: of an answer's bytes, or of a position in the ledger and what was asked.</summary>
internal static class EntityTags
{
    public static string Of(ReadOnlySpan<byte> body) => Write(XxHash3.HashToUInt64(body));

    public static string Of(string position, HttpRequest request) =>
        // Another version of the program may answer the same in another form.
        Write(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{DtaoVersion.Text}\n{position}\n{request.Path}\n{request.QueryString}")));

    /// <summary>Whether the client has seen this already.</summary>
    public static bool IsKnown(HttpRequest request, string tag)
    {
        foreach (var header in request.Headers.IfNoneMatch)
        {
            foreach (var part in (header ?? string.Empty).Split(',', StringSplitOptions.TrimEntries))
            {
                if (part == "*" || part == tag || (part.Length > 0 && tag == "W/" + part)) return true;
            }
        }

        return false;
    }

    private static string Write(ulong hash) => string.Create(CultureInfo.InvariantCulture, $"W/\"{hash:x16}\"");
}

using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dtao.Api.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.Requests;

/// <summary>Who holds a key, and what it allows. Keys are known by their SHA-256 only.</summary>
/// <remarks>
/// A file with one key a line: a name, the 64 hexadecimal digits of the key's SHA-256, and then, where wanted, requests per second and the word <c>admin</c>.
/// Lines that begin with # are passed over. A client without a key is bounded by its address.
/// </remarks>
internal sealed class ApiKeys
{
    public const string Header = "X-Api-Key";
    private const int KeyLengthMax = 256;
    private const int KeysMax = 10_000;
    private static readonly SearchValues<char> s_hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");
    private readonly FrozenDictionary<string, ApiKey> _byHash;

    private ApiKeys(IEnumerable<ApiKey> keys) => _byHash = keys.ToFrozenDictionary(key => key.Hash, StringComparer.OrdinalIgnoreCase);

    public static ApiKeys None { get; } = new([]);

    /// <exception cref="InvalidDataException">A line cannot be read; the message says which and why.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ApiKeys Load(string? file)
    {
        if (file is null) return None;
        var keys = new Dictionary<string, ApiKey>(StringComparer.OrdinalIgnoreCase);
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (line.Trim() is not { Length: > 0 } text || text[0] == '#') continue;
            if (Read(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) is not { } key) throw Fault(file, number, "is not NAME SHA256 [REQUESTS-PER-SECOND] [admin]");
            if (!keys.TryAdd(key.Hash, key)) throw Fault(file, number, "has a key that stands above already");
            if (keys.Count > KeysMax) throw Fault(file, number, $"is one key too many; there may be {KeysMax}");
        }

        return new ApiKeys(keys.Values);
    }

    /// <summary>Notes the key that a request shows. One that is not known is noted as such, and refused after the client was counted: guesses are bounded like everything else.</summary>
    public void Take(HttpContext context)
    {
        var given = context.Request.Headers[Header].ToString();
        if (given.Length == 0) return;
        context.Items[typeof(ApiKey)] =
            given.Length <= KeyLengthMax && _byHash.TryGetValue(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(given))), out var key) ? key : null;
    }

    /// <exception cref="ProblemException">The request shows a key that is not known, or its client has shown too many.</exception>
    public static void RefuseUnknown(HttpContext context)
    {
        if (!context.Items.TryGetValue(typeof(ApiKey), out var key) || key is not null) return;
        // Where the framework counts nothing a guess is counted here.
        if (context.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null) context.RequestServices.GetRequiredService<ClientRate>().Count(context);
        throw new ProblemException(Problem.Of(ApiError.UnknownKey));
    }

    /// <summary>The key that the request was let in with.</summary>
    public static ApiKey? Of(HttpContext context) => context.Items.TryGetValue(typeof(ApiKey), out var key) ? (ApiKey?)key : null;

    /// <exception cref="ProblemException">The request shows no administrator's key.</exception>
    public static void RequireAdministrator(HttpContext context)
    {
        if (Of(context) is not { IsAdministrator: true }) throw new ProblemException(Problem.Of(ApiError.KeyRequired));
    }

    private static ApiKey? Read(string[] words)
    {
        if (words.Length is < 2 or > 4 || words[1].Length != 2 * SHA256.HashSizeInBytes || words[1].AsSpan().ContainsAnyExcept(s_hexadecimal)) return null;
        var isAdministrator = words[^1] == "admin";
        var rest = words[2..(isAdministrator && words.Length > 2 ? ^1 : ^0)];
        int? rate = null;
        if (rest.Length == 1)
        {
            if (!int.TryParse(rest[0], NumberStyles.None, CultureInfo.InvariantCulture, out var requests) || requests is < 1 or > 1_000_000) return null;
            rate = requests;
        }

        return rest.Length > 1 ? null : new ApiKey(words[0], words[1].ToLowerInvariant(), rate, isAdministrator && words.Length > 2);
    }

    private static InvalidDataException Fault(string file, int line, string what) => new(string.Create(CultureInfo.InvariantCulture, $"{file}: line {line} {what}."));
}

/// <summary>One key.</summary>
/// <param name="RequestsPerSecond">Null = as everybody.</param>
internal sealed record ApiKey(string Name, string Hash, int? RequestsPerSecond, bool IsAdministrator);

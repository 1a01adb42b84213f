using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dtao.LoadTest.Populations;

/// <summary>Reads a population from a short JSON: the names of <see cref="PopulationOptions"/> in snake_case, what is left out has its default.</summary>
internal static class PopulationReader
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        WriteIndented = true,
    };

    /// <exception cref="LoadUsageException">It is no population; the message says where and why.</exception>
    public static PopulationOptions Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<PopulationOptions>(json, Json) ?? throw new LoadUsageException("The population is null.");
        }
        catch (JsonException malformed)
        {
            throw new LoadUsageException($"The population cannot be read: {malformed.Message}");
        }
    }
}

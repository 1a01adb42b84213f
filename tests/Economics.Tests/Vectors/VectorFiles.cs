using System.Text.Json;

namespace Dtao.Economics.Tests.Vectors;

/// <summary>The vector files of the repository, as the build copies them beside the tests.</summary>
internal static class VectorFiles
{
    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "vectors", file);

    /// <summary>The vectors of a literal file.</summary>
    public static IReadOnlyList<JsonElement> Literals(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(PathOf(file)));
        return [.. document.RootElement.GetProperty("vectors").EnumerateArray().Select(vector => vector.Clone())];
    }
}

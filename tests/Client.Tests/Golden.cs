using System.Text.RegularExpressions;
using Xunit;

namespace Dtao.Client.Tests;

/// <summary>Outputs that were read and approved, one file for each command line.</summary>
/// <remarks>With DTAO_WRITE_GOLDEN set to a folder, outputs are written there instead, to be read and approved.</remarks>
internal static partial class Golden
{
    public static string Of(string line, string output)
    {
        var name = NotInAName().Replace(line, "-").Trim('-') + ".txt";
        if (Environment.GetEnvironmentVariable("DTAO_WRITE_GOLDEN") is { Length: > 0 } folder) File.WriteAllText(Path.Combine(folder, name), output);
        var path = Path.Combine(AppContext.BaseDirectory, "goldens", name);
        Assert.True(File.Exists(path), $"There is no approved output {name}.");
        return File.ReadAllText(path);
    }

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex NotInAName();
}

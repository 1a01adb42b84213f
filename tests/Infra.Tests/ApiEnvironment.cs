using Dtao.Api.Configuration;

namespace Dtao.Infra.Tests;

/// <summary>What a process that serves the API makes of variables that a deployment gives it.</summary>
internal static class ApiEnvironment
{
    private const string Prefix = "DTAO_";

    private static readonly string[] s_ofDotNet = ["DOTNET_EnableDiagnostics", "DOTNET_CLI_TELEMETRY_OPTOUT", "DOTNET_gcServer"];

    /// <summary>The options that come out. As settings of the command line, where a name that is no setting is a fault, as it is not in the environment.</summary>
    public static ProcessOptions Read(IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var output = new StringWriter();
        var all = new List<string>(arguments);
        foreach (var (name, value) in variables)
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal)) Assert.Contains(name, s_ofDotNet);
            else all.AddRange(["--set", $"{name[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal)}={value}"]);
        }

        var (options, exitCode) = new ApiCommandLine().Read(all, output, output, environment: null);
        Assert.True(options is not null, $"The API refuses these settings with {exitCode}: {output}");
        return options;
    }
}

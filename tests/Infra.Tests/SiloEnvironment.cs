using Dtao.Silo.Configuration;

namespace Dtao.Infra.Tests;

/// <summary>What the silo itself makes of variables that a deployment gives it.</summary>
internal static class SiloEnvironment
{
    private const string Prefix = "DTAO_";

    /// <summary>Variables of .NET that deployments set; a name that is here by mistake would be without effect.</summary>
    private static readonly string[] s_ofDotNet = ["DOTNET_EnableDiagnostics", "DOTNET_CLI_TELEMETRY_OPTOUT", "DOTNET_gcServer"];

    /// <summary>The options that come out. As settings of the command line, where a name that is no setting is a fault, as it is not in the environment.</summary>
    public static SiloOptions Read(IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var output = new StringWriter();
        var all = new List<string>(arguments);
        foreach (var (name, value) in variables)
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal)) Assert.Contains(name, s_ofDotNet);
            else all.AddRange(["--set", $"{name[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal)}={value}"]);
        }

        var (options, exitCode) = new SiloCommandLine().Read(all, output, output);
        Assert.True(options is not null, $"The silo refuses these settings with {exitCode}: {output}");
        return options;
    }

    public static Dictionary<string, string> With(this Dictionary<string, string> variables, IEnumerable<KeyValuePair<string, string>> others)
    {
        var all = new Dictionary<string, string>(variables, StringComparer.Ordinal);
        foreach (var (name, value) in others) all[name] = value;
        return all;
    }
}

using Microsoft.Extensions.Configuration;

namespace Dtao.Api.Configuration;

/// <summary>Settings of a process of its own: a file, then the environment, then the command line. The later one holds.</summary>
internal sealed class ProcessSettings
{
    private const string Section = "Dtao";
    private const string FileDefault = "appsettings.json";
    private static readonly string[] s_names = ["LogLevel", .. ApiSettings.Names, .. ConnectionSettings.Names, .. TelemetrySettings.Names];
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="file">A file that the command line names; it has to be there.</param>
    /// <param name="environment">Variables with their prefix taken off; null = none are looked at.</param>
    /// <param name="set">Settings of the command line, as <c>NAME=VALUE</c>.</param>
    public static ProcessSettings Read(string? file, IConfiguration? environment, IReadOnlyList<string> set, List<string> faults)
    {
        var settings = new ProcessSettings();
        settings.ReadFile(file ?? FileDefault, mustExist: file is not null, faults);
        foreach (var (name, value) in environment?.AsEnumerable() ?? [])
        {
            // The environment belongs to others too, the silo's settings among them.
            if (value is not null && s_names.Contains(name, StringComparer.OrdinalIgnoreCase)) settings._values[name] = value;
        }

        foreach (var one in set)
        {
            var equals = one.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) faults.Add($"--set {one} is not NAME=VALUE.");
            else if (!s_names.Contains(one[..equals], StringComparer.OrdinalIgnoreCase)) faults.Add($"--set: '{one[..equals]}' is no setting. There are {string.Join(", ", s_names)}.");
            else settings._values[one[..equals]] = one[(equals + 1)..];
        }

        return settings;
    }

    /// <summary>Variables <c>DTAO_API__PORT</c>, or as .NET writes them, <c>Dtao__Api__Port</c>.</summary>
    public static IConfiguration Environment() =>
        new ConfigurationBuilder().AddEnvironmentVariables($"{Section}__").AddEnvironmentVariables("DTAO_").Build();

    public string? Text(string name) => _values.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    public void Set(string name, string? value)
    {
        if (value is not null) _values[name] = value;
    }

    private void ReadFile(string file, bool mustExist, List<string> faults)
    {
        if (!mustExist && !File.Exists(file)) return;
        try
        {
            var section = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(file), optional: false).Build().GetSection(Section);
            foreach (var (name, value) in section.AsEnumerable(makePathsRelative: true))
            {
                // A file may serve silos as well.
                if (value is not null && s_names.Contains(name, StringComparer.OrdinalIgnoreCase)) _values[name] = value;
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or InvalidDataException or FormatException or UnauthorizedAccessException)
        {
            faults.Add($"{file} cannot be read: {(unreadable.InnerException ?? unreadable).Message}");
        }
    }
}

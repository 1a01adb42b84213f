using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Dtao.TestKit;
using Xunit;

namespace Dtao.Api.Tests.TypeScript;

/// <summary>Runs Node.js and npm; a machine without them skips what needs them, and says so.</summary>
internal static class NodeTools
{
    private const int OldestNode = 20;

    /// <summary>Packages come from a registry, which may not answer.</summary>
    private static readonly TimeSpan s_installMax = TimeSpan.FromMinutes(2);

    /// <summary>Copies the client into a folder of its own and installs what it needs.</summary>
    public static async Task Prepare(DirectoryInfo folder)
    {
        var (exitCode, version) = await Run("node", ["--version"], folder.FullName, Patience.Max);
        if (exitCode != 0 || !int.TryParse(version.Trim().TrimStart('v').Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) || major < OldestNode)
            Assert.Skip($"Node.js {OldestNode} or later with npm is not here.");
        foreach (var path in Directory.EnumerateFiles(TypeScriptClient.Folder, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(TypeScriptClient.Folder, path);
            if (name.StartsWith("node_modules", StringComparison.Ordinal) || name.StartsWith("dist", StringComparison.Ordinal)) continue;
            var copy = Path.Combine(folder.FullName, name);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }

        string[] install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error", "--fetch-retries=1", "--fetch-timeout=30000"];
        var (installed, output) = await Run("npm", install, folder.FullName, s_installMax);
        if (installed != 0) Assert.Skip($"The client's packages could not be installed: {output}");
    }

    /// <returns>The exit code and what was printed; -1 where the program is not there or took too long.</returns>
    public static async Task<(int ExitCode, string Output)> Run(string program, IEnumerable<string> arguments, string folder, TimeSpan timeMax, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(OperatingSystem.IsWindows() && program == "npm" ? "npm.cmd" : program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        try
        {
            using var process = Process.Start(start)!;
            using CancellationTokenSource patience = new(timeMax);
            try
            {
                var (output, errors) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
                await process.WaitForExitAsync(patience.Token);
                return (process.ExitCode, await output + await errors);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return (-1, $"'{program} {string.Join(' ', arguments)}' took longer than {timeMax}.");
            }
        }
        catch (Win32Exception)
        {
            return (-1, $"'{program}' is not on the path.");
        }
    }
}

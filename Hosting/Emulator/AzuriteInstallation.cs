using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Dtao.Hosting.Emulator;

/// <summary>
/// The emulator's files: installed once by <c>npm ci</c> from the repository's lock file, into a folder of the user's cache
/// that is named after the lock file's hash. Another lock file is another folder, so nothing is ever changed in place.
/// </summary>
public static class AzuriteInstallation
{
    private const int OldestNode = 20;

    // Ample for packages that come; a registry that does not answer is given up after it.
    private static readonly TimeSpan InstallTimeMax = TimeSpan.FromMinutes(2);
    private static readonly Lock Gate = new();
    private static Task<string>? installed;

    /// <summary>Where the lock file and the watch over the parent lie, beside the program.</summary>
    internal static string Sources { get; } = Path.Combine(AppContext.BaseDirectory, "azurite");

    /// <summary>The emulator's entry file; installs it when this is the first time on this machine.</summary>
    /// <exception cref="AzuriteUnavailableException">Node.js or npm is missing or too old, or the packages cannot be had.</exception>
    public static Task<string> EntryFileAsync()
    {
        // One attempt a process: when it fails, every test is told the same at once.
        lock (Gate) return installed ??= Install();
    }

    private static async Task<string> Install()
    {
        try
        {
            return await InstallOnce().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AzuriteUnavailableException($"The storage emulator cannot be installed into {CacheFolder()}: {e.Message}", e);
        }
    }

    private static async Task<string> InstallOnce()
    {
        await CheckNode().ConfigureAwait(false);
        var folder = Path.Combine(CacheFolder(), LockHash());
        var entry = Path.Combine(folder, "node_modules", "azurite", "dist", "src", "azurite.js");
        if (File.Exists(entry)) return entry;
        Directory.CreateDirectory(CacheFolder());
        using (await OnlyInstaller().ConfigureAwait(false))
        {
            if (!File.Exists(entry)) await InstallInto(folder).ConfigureAwait(false);
        }

        return File.Exists(entry) ? entry : throw new AzuriteUnavailableException($"npm left no {entry}.");
    }

    private static async Task InstallInto(string folder)
    {
        // Made beside its place and then renamed, so that a half-made folder is never taken for a whole one.
        var draft = Directory.CreateDirectory($"{folder}.{Guid.NewGuid():N}").FullName;
        try
        {
            foreach (var name in (string[])["package.json", "package-lock.json"])
                File.Copy(Path.Combine(Sources, name), Path.Combine(draft, name));
            string[] arguments =
            [
                "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error",
                // Without a network npm would otherwise try for minutes.
                "--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=2000", "--fetch-timeout=30000",
            ];
            var (exitCode, output) = await Run("npm", arguments, draft, InstallTimeMax).ConfigureAwait(false);
            if (exitCode != 0) throw new AzuriteUnavailableException($"The storage emulator could not be installed: 'npm ci' ended with {exitCode}: {output.Trim()}");
            if (!Directory.Exists(folder)) Directory.Move(draft, folder);
        }
        finally
        {
            if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        }
    }

    // Several test programs may start at once: the first installs, the others wait for it.
    private static async Task<FileStream> OnlyInstaller()
    {
        var path = Path.Combine(CacheFolder(), "install.lock");
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(start) < InstallTimeMax)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200)).ConfigureAwait(false);
            }
        }
    }

    private static async Task CheckNode()
    {
        var (exitCode, version) = await Run("node", ["--version"], Sources, TimeSpan.FromSeconds(30)).ConfigureAwait(false);
        var major = version.TrimStart('v').Split('.')[0];
        if (exitCode != 0 || !int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < OldestNode)
            throw new AzuriteUnavailableException($"The storage emulator needs Node.js {OldestNode} or later; 'node --version' says '{version.Trim()}'.");
    }

    private static async Task<(int ExitCode, string Output)> Run(string program, string[] arguments, string folder, TimeSpan timeMax)
    {
        ProcessStartInfo start = new(OperatingSystem.IsWindows() && program == "npm" ? "npm.cmd" : program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            using CancellationTokenSource patience = new(timeMax);
            try
            {
                var (output, errors) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
                await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
                return (process.ExitCode, await output.ConfigureAwait(false) + await errors.ConfigureAwait(false));
            }
            catch (OperationCanceledException e)
            {
                process.Kill(entireProcessTree: true);
                throw new AzuriteUnavailableException($"'{program} {string.Join(' ', arguments)}' took longer than {timeMax}.", e);
            }
        }
        catch (Win32Exception e)
        {
            throw new AzuriteUnavailableException(
                $"The storage emulator needs Node.js {OldestNode} or later with npm, and '{program}' is not on the path.", e);
        }
    }

    private static string CacheFolder()
    {
        var root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(root))
        {
            root = OperatingSystem.IsWindows()
                ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            // A user without a home gets it installed among temporary files.
            if (!Path.IsPathRooted(root)) root = Path.GetTempPath();
        }

        return Path.Combine(root, "dtao-orleans", "azurite");
    }

    private static string LockHash() =>
        Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Sources, "package-lock.json"))))[..16];
}

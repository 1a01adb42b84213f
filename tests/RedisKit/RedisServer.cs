using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Dtao.RedisKit;

/// <summary>
/// A running Redis server that keeps nothing on disk and listens on a socket in a folder of its own, so that no port is taken.
/// It ends when it is disposed, and by itself when the process that started it is gone, killed or not.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    /// <summary>Names the program to run; without it <c>redis-server</c> is looked for on the path.</summary>
    public const string ProgramVariable = "DTAO_REDIS_SERVER";

    /// <summary>What to do where there is none.</summary>
    public const string HowToInstall =
        $"Orleans on Redis was not tested, because 'redis-server' is not on the path: install it ('apt-get install redis-server' on Debian), or name the program in {ProgramVariable}.";

    // Generous: a loaded machine starts it in seconds, not tenths.
    private static readonly TimeSpan StartTimeMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopTimeMax = TimeSpan.FromSeconds(10);

    // A watch that ends the server when the pipe from its starter closes; the shell then becomes the server.
    private const string EndWithParent = """exec 3<&0; (cat <&3; kill -TERM $$) >/dev/null 2>&1 & exec "$@" 3<&-""";

    private readonly Process process;
    private readonly DirectoryInfo folder;
    private readonly ConcurrentQueue<string> printed;

    private RedisServer(Process process, DirectoryInfo folder, ConcurrentQueue<string> printed)
    {
        this.process = process;
        this.folder = folder;
        this.printed = printed;
    }

    /// <summary>What an application is configured with.</summary>
    public string ConnectionString => $"!{SocketIn(folder)},abortConnect=false,connectTimeout=60000,syncTimeout=60000,asyncTimeout=60000";

    /// <summary>The operating system's number of the process.</summary>
    public int ProcessId => process.Id;

    /// <summary>The program that would be started, or null where there is none.</summary>
    /// <exception cref="FileNotFoundException">The variable names a program that is not there.</exception>
    public static string? FindProgram()
    {
        if (Environment.GetEnvironmentVariable(ProgramVariable) is { Length: > 0 } named)
            return File.Exists(named) ? named : throw new FileNotFoundException($"{ProgramVariable} is '{named}', which is not there.");
        if (OperatingSystem.IsWindows()) return null;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);
    }

    /// <summary>Starts it and waits until it takes connections.</summary>
    /// <exception cref="InvalidOperationException">It ended, or did not listen in time; the message has what it printed.</exception>
    public static async Task<RedisServer> StartAsync(string program)
    {
        var folder = Directory.CreateTempSubdirectory("dtao-redis-");
        ConcurrentQueue<string> printed = [];
        Process? process = null;
        try
        {
            process = Launch(program, folder);
            using CancellationTokenSource patience = new(StartTimeMax);
            var errors = Drain(process.StandardError, printed);
            while (!printed.Any(line => line.Contains("ready to accept connections", StringComparison.OrdinalIgnoreCase)))
            {
                printed.Enqueue(await process.StandardOutput.ReadLineAsync(patience.Token).ConfigureAwait(false)
                    ?? throw new InvalidOperationException($"Redis ended: {string.Join(Environment.NewLine, printed)}"));
            }

            // What it prints later has to be read too, or it would block on a full pipe.
            _ = Task.WhenAll(errors, Drain(process.StandardOutput, printed));
            return new(process, folder, printed);
        }
        catch (Exception e)
        {
            process?.Kill();
            process?.Dispose();
            folder.Delete(recursive: true);
            if (e is not (OperationCanceledException or Win32Exception)) throw;
            throw new InvalidOperationException($"'{program}' could not be started, or did not listen within {StartTimeMax}: {string.Join(Environment.NewLine, printed)}", e);
        }
    }

    /// <summary>Stops it as SIGTERM does.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            process.StandardInput.Close();
            using CancellationTokenSource patience = new(StopTimeMax);
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }

        process.Dispose();
        folder.Delete(recursive: true);
    }

    /// <summary>What it has printed so far, for a failed test's message.</summary>
    public override string ToString() => $"Redis at {SocketIn(folder)}: {string.Join(Environment.NewLine, printed)}";

    private static string SocketIn(DirectoryInfo folder) => Path.Combine(folder.FullName, "redis.sock");

    private static Process Launch(string program, DirectoryInfo folder)
    {
        string[] arguments =
        [
            "-c", EndWithParent, "sh", program,
            "--port", "0", "--unixsocket", SocketIn(folder), "--unixsocketperm", "700",
            "--dir", folder.FullName, "--save", "", "--appendonly", "no", "--daemonize", "no", "--logfile", "",
        ];
        return Process.Start(new ProcessStartInfo("/bin/sh", arguments)
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    private static async Task Drain(StreamReader reader, ConcurrentQueue<string> printed)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            printed.Enqueue(line);
            if (printed.Count > 200) printed.TryDequeue(out _);
        }
    }
}

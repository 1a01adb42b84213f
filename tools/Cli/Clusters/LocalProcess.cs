using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Dtao.Cli.Clusters;

/// <summary>A process of a local cluster, known well enough never to take another for it: its number may have been given to somebody else since.</summary>
/// <param name="Id">The operating system's number.</param>
/// <param name="Started">When it started, as the operating system tells it.</param>
internal sealed record LocalProcess(int Id, long Started)
{
    private const int SigTerm = 15;

    /// <summary>These two differ between systems.</summary>
    private static readonly (int Stop, int Continue) s_pausing = OperatingSystem.IsMacOS() ? (17, 19) : (19, 18);
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether that very process runs.</summary>
    [JsonIgnore]
    public bool IsAlive => StartOf(Id) == Started;

    /// <summary>Starts a program that outlives this one: its output goes to the end of a file, and the terminal's signals pass it by.</summary>
    /// <exception cref="UsageException">The program cannot be started.</exception>
    public static LocalProcess Start(string program, IReadOnlyList<string> arguments, string folder, string log, IEnumerable<(string Name, string Value)> environment)
    {
        // The shell replaces itself by the program, so that the number stays the same. A session of its own where the system can: Ctrl-C and a closed terminal go to the whole session.
        var start = new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", "log=$1; shift; exec </dev/null >>\"$log\" 2>&1; command -v setsid >/dev/null && exec setsid \"$@\"; exec \"$@\"", "sh", log, program },
            WorkingDirectory = folder,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        try
        {
            using var process = Process.Start(start)!;
            return new(process.Id, StartOf(process.Id) ?? 0);
        }
        catch (Win32Exception caught)
        {
            throw new UsageException($"'{program}' cannot be started: {caught.Message} A local cluster needs Linux or macOS.");
        }
    }

    /// <summary>SIGKILL: from here on nothing in the process runs.</summary>
    public void Kill()
    {
        if (!IsAlive) return;
        try
        {
            using var process = Process.GetProcessById(Id);
            if (IsAlive) process.Kill();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended meanwhile.
        }
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate()
    {
        if (IsAlive) _ = SendSignal(Id, SigTerm);
    }

    /// <summary>SIGSTOP: it stands still, wherever it is, and cannot refuse.</summary>
    public void Pause()
    {
        if (IsAlive) _ = SendSignal(Id, s_pausing.Stop);
    }

    /// <summary>SIGCONT: it goes on as if no time had passed.</summary>
    public void Continue()
    {
        if (IsAlive) _ = SendSignal(Id, s_pausing.Continue);
    }

    /// <summary>Whether it ended in time.</summary>
    public async Task<bool> WaitForEnd(TimeSpan timeMax, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (IsAlive)
        {
            if (Stopwatch.GetElapsedTime(began) > timeMax) return false;
            await Task.Delay(LookPause, cancellationToken);
        }

        return true;
    }

    /// <summary>Null when no process has the number, or only one that has ended and was not looked after.</summary>
    private static long? StartOf(int id)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                // After the program's name, which may hold anything: the state, and as the twentieth field the start in ticks since the machine's.
                var line = File.ReadAllText($"/proc/{id}/stat");
                var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
                return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
            }

            using var process = Process.GetProcessById(id);
            return process.HasExited ? null : process.StartTime.ToUniversalTime().Ticks / TimeSpan.TicksPerSecond;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}

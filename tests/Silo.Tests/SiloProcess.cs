using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Dtao.Client;

namespace Dtao.Silo.Tests;

/// <summary>A silo in a process of its own that ends with this one.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    /// <summary>What <see cref="SiloOfItsOwnClients"/> says when it serves.</summary>
    public const string ServesText = "serves";

    private const string GatewayText = "clients connect to 127.0.0.1:";
    private const int KilledExitCode = 128 + 9;

    /// <summary>No bound of the product: only how long a test waits before it says that a silo hangs.</summary>
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly string _folder;
    private readonly Func<string, bool>? _hear;
    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource<int> _serves = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _listening;

    private SiloProcess(string folder, Func<string, bool>? hear, string program, params string[] arguments)
    {
        _folder = folder;
        _hear = hear;
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // For a life of seconds beside the test itself, a heap for each core does not pay.
        start.Environment["DOTNET_gcServer"] = "0";
        // The runtime's pipes for debuggers are files that a killed process leaves behind.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        _process = Process.Start(start)!;
        _listening = Task.WhenAll(Listen(_process.StandardOutput), Listen(_process.StandardError));
    }

    public static string DatabaseIn(string folder) => Path.Combine(folder, "ledger.db");

    /// <summary>The silo as a person starts it.</summary>
    public static SiloProcess Start(string folder, params string[] arguments)
    {
        var silo = Path.Combine(AppContext.BaseDirectory, "Dtao.Silo.dll");
        return new SiloProcess(
            folder,
            null,
            "dotnet",
            [silo, "--data", folder, "--gateway-port", "0", "--silo-port", "0", "--api-port", "0", "--no-table", "--no-economy", "--until-input-ends", .. arguments]);
    }

    /// <summary>This very program, which hosts a network.</summary>
    /// <param name="hear">Called for each line that it writes, in their order; true when the line is no more of interest to anybody.</param>
    public static SiloProcess StartSelf(string folder, Func<string, bool> hear, params string[] arguments) => new(folder, hear, Environment.ProcessPath!, arguments);

    /// <summary>Writes a line to its input.</summary>
    public void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Waits until the silo says that it serves.</summary>
    /// <returns>The port of its gateway; 0 where it named none.</returns>
    /// <exception cref="InvalidOperationException">It ended, or said nothing for a long time; the message has all that it said and logged.</exception>
    public async Task<int> WhenServing()
    {
        await When(_serves.Task, "serve");
        return await _serves.Task;
    }

    /// <summary>Waits until the silo has brought about what the test waits for.</summary>
    /// <param name="what">What the silo does then.</param>
    /// <exception cref="InvalidOperationException">It ended, or did nothing for a long time; the message has all that it said and logged.</exception>
    public async Task When(Task done, string what)
    {
        try
        {
            await Task.WhenAny(done, _listening).WaitAsync(PatienceMax);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"The silo (process {_process.Id}) does not {what} after {PatienceMax}.\n{Told()}");
        }

        if (!done.IsCompletedSuccessfully) throw new InvalidOperationException($"The silo ended before it could {what}.\n{Told()}");
    }

    public async Task<DtaoClient> Connect(DtaoClientOptions options) => await DtaoClient.ConnectAsync(new DtaoConnectionOptions
    {
        Gateways = [new IPEndPoint(IPAddress.Loopback, await WhenServing())],
        ConnectMillisecondsMax = (int)PatienceMax.TotalMilliseconds,
        Client = options,
    });

    /// <summary>Waits until the process has ended, or says nothing for a long time.</summary>
    public async Task WhenSilent() => await _listening.WaitAsync(PatienceMax);

    /// <summary>SIGKILL: from here on nothing in the process runs. On return all that it wrote was heard.</summary>
    /// <exception cref="InvalidOperationException">It had ended by itself; the message has all that it said and logged.</exception>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _listening;
        if (_process.ExitCode != KilledExitCode) throw new InvalidOperationException($"The silo ended by itself, with {_process.ExitCode}.\n{Told()}");
    }

    /// <summary>All that it wrote, and the end of its log.</summary>
    public string Told()
    {
        string said;
        lock (_said) said = _said.ToString();
        var logs = Path.Combine(_folder, "logs");
        var lines = Directory.Exists(logs) ? Directory.GetFiles(logs).Order(StringComparer.Ordinal).SelectMany(ReadShared).TakeLast(200) : [];
        return $"{said}\nThe end of the log:\n{string.Join('\n', lines)}";
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await Kill();
        _process.Dispose();
    }

    private static List<string> ReadShared(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var lines = new List<string>();
        while (reader.ReadLine() is { } line) lines.Add(line);
        return lines;
    }

    private async Task Listen(StreamReader stream)
    {
        while (await stream.ReadLineAsync() is { } line)
        {
            if (_hear is not null && _hear(line)) continue;
            lock (_said) _said.AppendLine(line);
            if (line == ServesText) _serves.TrySetResult(0);
            var place = line.IndexOf(GatewayText, StringComparison.Ordinal);
            if (place < 0) continue;
            _serves.TrySetResult(int.Parse(line.AsSpan(place + GatewayText.Length).TrimEnd('.'), CultureInfo.InvariantCulture));
        }
    }
}

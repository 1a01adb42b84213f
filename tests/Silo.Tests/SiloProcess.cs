using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Dtao.Client;

namespace Dtao.Silo.Tests;

/// <summary>The silo as a person starts it, in a process of its own that ends with this one.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private const string GatewayText = "clients connect to 127.0.0.1:";

    /// <summary>No bound of the product: only how long a test waits before it says that a silo hangs.</summary>
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly string _folder;
    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource<int> _serves = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _listening;

    private SiloProcess(Process process, string folder)
    {
        _process = process;
        _folder = folder;
        _listening = Task.WhenAll(Listen(process.StandardOutput), Listen(process.StandardError));
    }

    public static SiloProcess Start(string folder, params string[] arguments)
    {
        var silo = Path.Combine(AppContext.BaseDirectory, "Dtao.Silo.dll");
        string[] all =
        [
            silo, "--data", folder, "--gateway-port", "0", "--silo-port", "0", "--api-port", "0", "--no-table", "--no-economy", "--until-input-ends", .. arguments,
        ];
        var start = new ProcessStartInfo("dotnet", all) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // For a life of seconds beside the test itself, a heap for each core does not pay.
        start.Environment["DOTNET_gcServer"] = "0";
        // The runtime's pipes for debuggers are files that a killed process leaves behind.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return new SiloProcess(Process.Start(start)!, folder);
    }

    /// <summary>Waits until the silo says that it serves.</summary>
    /// <exception cref="InvalidOperationException">It ended, or said nothing for a long time; the message has all that it said and logged.</exception>
    public async Task<int> WhenServing()
    {
        try
        {
            await Task.WhenAny(_serves.Task, _listening).WaitAsync(StartMax);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"The silo (process {_process.Id}) does not serve after {StartMax}.\n{Told()}");
        }

        if (_serves.Task.IsCompletedSuccessfully) return await _serves.Task;
        throw new InvalidOperationException($"The silo ended before it served.\n{Told()}");
    }

    public async Task<DtaoClient> Connect(DtaoClientOptions options) => await DtaoClient.ConnectAsync(new DtaoConnectionOptions
    {
        Gateways = [new IPEndPoint(IPAddress.Loopback, await WhenServing())],
        ConnectMillisecondsMax = (int)StartMax.TotalMilliseconds,
        Client = options,
    });

    /// <summary>SIGKILL: from here on nothing in the process runs.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _listening;
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
            lock (_said) _said.AppendLine(line);
            var place = line.IndexOf(GatewayText, StringComparison.Ordinal);
            if (place < 0) continue;
            _serves.TrySetResult(int.Parse(line.AsSpan(place + GatewayText.Length).TrimEnd('.'), CultureInfo.InvariantCulture));
        }
    }
}

using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Dtao.Hosting.Emulator;

/// <summary>
/// A running storage emulator on ports of its own, bound to loopback. It ends when it is disposed, and by itself when the
/// process that started it is gone, killed or not.
/// </summary>
/// <remarks>
/// It is one event loop that keeps every row in memory. Without a folder nothing outlives it; with one, it saves every few
/// seconds and when it is disposed, so rows that it acknowledged are lost when it is killed.
/// </remarks>
public sealed partial class AzuriteServer : IAsyncDisposable
{
    /// <summary>The well-known account of every emulator.</summary>
    public const string AccountName = "devstoreaccount1";

    /// <summary>The well-known key of every emulator; no secret.</summary>
    public const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // Generous: a loaded machine starts it in seconds, not tenths.
    private static readonly TimeSpan StartTimeMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopTimeMax = TimeSpan.FromMinutes(1);
    private readonly Process process;
    private readonly ConcurrentQueue<string> printed;

    private AzuriteServer(Process process, ConcurrentQueue<string> printed, Dictionary<string, int> ports)
    {
        this.process = process;
        this.printed = printed;
        BlobEndpoint = Endpoint(ports["Blob"]);
        QueueEndpoint = Endpoint(ports["Queue"]);
        TableEndpoint = Endpoint(ports["Table"]);
    }

    /// <summary>Address of the account's blobs.</summary>
    public Uri BlobEndpoint { get; }

    /// <summary>Address of the account's queues.</summary>
    public Uri QueueEndpoint { get; }

    /// <summary>Address of the account's tables.</summary>
    public Uri TableEndpoint { get; }

    /// <summary>The operating system's number of the process.</summary>
    public int ProcessId => process.Id;

    /// <summary>What an application is configured with.</summary>
    public string ConnectionString => ConnectionStringFor(BlobEndpoint, QueueEndpoint, TableEndpoint);

    /// <summary>What it is started with besides its entry file, on ports of its own and bound to loopback.</summary>
    /// <param name="folder">Where it keeps its data; null for in memory.</param>
    /// <param name="ports">For blobs, queues, and tables, in this order; null for any that are free.</param>
    public static IReadOnlyList<string> Arguments(string? folder, IReadOnlyList<int>? ports = null) =>
    [
        "--blobHost", "127.0.0.1", "--queueHost", "127.0.0.1", "--tableHost", "127.0.0.1",
        "--blobPort", PortAt(ports, 0), "--queuePort", PortAt(ports, 1), "--tablePort", PortAt(ports, 2),
        // Longer than clients keep an idle connection, so that none sends into one that is being closed.
        "--blobKeepAliveTimeout", "600", "--queueKeepAliveTimeout", "600", "--tableKeepAliveTimeout", "600",
        "--silent", "--disableTelemetry", "--skipApiVersionCheck",
        .. folder is null ? (string[])["--inMemoryPersistence"] : ["--location", folder],
    ];

    /// <summary>What reaches an emulator that printed this; null before all three services listen.</summary>
    public static string? ConnectionStringOf(string printed)
    {
        var ports = new Dictionary<string, int>();
        foreach (Match match in Listening().Matches(printed)) ports[match.Groups[1].Value] = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
        return ports.Count < 3 ? null : ConnectionStringFor(Endpoint(ports["Blob"]), Endpoint(ports["Queue"]), Endpoint(ports["Table"]));
    }

    /// <summary>How many services there are: blobs, queues, and tables.</summary>
    public const int ServicesCount = 3;

    /// <summary>How many of its services an emulator that printed this has closed, after it has saved what they had.</summary>
    public static int ServicesClosed(string printed) => Closed().Count(printed);

    /// <summary>The ports in a connection string of an emulator: for blobs, queues, and tables.</summary>
    public static IReadOnlyList<int> PortsOf(string connectionString) =>
        [.. Endpoints().Matches(connectionString).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];

    /// <summary>Installs the emulator when that is still to do, starts it, and waits until all three services listen.</summary>
    /// <param name="folder">Where it keeps its data; null for in memory.</param>
    /// <exception cref="AzuriteUnavailableException">It cannot run on this machine.</exception>
    public static async Task<AzuriteServer> StartAsync(string? folder = null)
    {
        var entry = await AzuriteInstallation.EntryFileAsync().ConfigureAwait(false);
        if (folder is not null) Directory.CreateDirectory(folder);
        var process = Launch(entry, folder);
        ConcurrentQueue<string> printed = [];
        Dictionary<string, int> ports = [];
        try
        {
            using CancellationTokenSource patience = new(StartTimeMax);
            var errors = Drain(process.StandardError, printed);
            while (ports.Count < 3)
            {
                var line = await process.StandardOutput.ReadLineAsync(patience.Token).ConfigureAwait(false)
                    ?? throw new AzuriteUnavailableException($"The storage emulator ended: {string.Join(Environment.NewLine, printed)}");
                printed.Enqueue(line);
                if (Listening().Match(line) is { Success: true } match)
                    ports[match.Groups[1].Value] = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
            }

            // What it prints later has to be read too, or it would block on a full pipe.
            _ = Task.WhenAll(errors, Drain(process.StandardOutput, printed));
            return new(process, printed, ports);
        }
        catch (Exception e)
        {
            process.Kill();
            process.Dispose();
            if (e is not OperationCanceledException) throw;
            throw new AzuriteUnavailableException(
                $"The storage emulator did not listen within {StartTimeMax}: {string.Join(Environment.NewLine, printed)}", e);
        }
    }

    /// <summary>Stops it as SIGTERM does: what it acknowledged is saved, where it has a folder.</summary>
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
    }

    /// <summary>What it has printed so far, for a failed test's message.</summary>
    public override string ToString() => $"Azurite {TableEndpoint}: {string.Join(Environment.NewLine, printed)}";

    private static Process Launch(string entry, string? folder)
    {
        string[] arguments =
        [
            "--require", Path.Combine(AzuriteInstallation.Sources, "end-with-parent.cjs"), entry, .. Arguments(folder),
        ];
        ProcessStartInfo start = new("node", arguments)
        {
            WorkingDirectory = folder ?? Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new AzuriteUnavailableException("'node' cannot be started.", e);
        }
    }

    private static async Task Drain(StreamReader reader, ConcurrentQueue<string> printed)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            printed.Enqueue(line);
            if (printed.Count > 200) printed.TryDequeue(out _);
        }
    }

    private static string ConnectionStringFor(Uri blobs, Uri queues, Uri tables) =>
        $"DefaultEndpointsProtocol=http;AccountName={AccountName};AccountKey={AccountKey};BlobEndpoint={blobs};QueueEndpoint={queues};TableEndpoint={tables};";

    private static string PortAt(IReadOnlyList<int>? ports, int place) => (ports?[place] ?? 0).ToString(CultureInfo.InvariantCulture);

    private static Uri Endpoint(int port) => new($"http://127.0.0.1:{port}/{AccountName}");

    [GeneratedRegex("Azurite (Blob|Queue|Table) service successfully closed")]
    private static partial Regex Closed();

    [GeneratedRegex(@"Endpoint=http://[^:;]+:(\d+)/")]
    private static partial Regex Endpoints();

    [GeneratedRegex(@"Azurite (Blob|Queue|Table) service is successfully listening at \S*:(\d+)")]
    private static partial Regex Listening();
}

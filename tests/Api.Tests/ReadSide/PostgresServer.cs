using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Xunit;

// One server for the whole program, which starts when the first test asks for it.
[assembly: AssemblyFixture(typeof(Dtao.Api.Tests.ReadSide.PostgresServer))]

namespace Dtao.Api.Tests.ReadSide;

/// <summary>A PostgreSQL server of the tests' own, on a Unix socket in a folder of its own, where the machine has the program; started when a test first asks for it.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-pg-");
    private readonly SemaphoreSlim _starting = new(1);
    private string? _programs;
    private bool _isStarted;
    private int _databases;

    private string Data => Path.Combine(_folder.FullName, "data");

    /// <summary>Where initdb and pg_ctl are; null where the machine does not have them.</summary>
    private static string? Programs { get; } = Find();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>An empty database. Skips the test where there is no PostgreSQL.</summary>
    public async Task<string> CreateDatabase()
    {
        Assert.SkipWhen(Programs is null, "PostgreSQL is not installed: no initdb in /usr/lib/postgresql/*/bin or in the PATH.");
        await Start();
        var name = string.Create(CultureInfo.InvariantCulture, $"read{Interlocked.Increment(ref _databases)}");
        await using var source = NpgsqlDataSource.Create(To("postgres"));
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync(ReadStores.Cancelled);
        return To(name);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isStarted) await Run("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");
        _folder.Delete(recursive: true);
        _starting.Dispose();
    }

    private string To(string database) => $"Host={_folder.FullName};Username=postgres;Database={database};Pooling=true";

    private async Task Start()
    {
        await _starting.WaitAsync(ReadStores.Cancelled);
        try
        {
            if (_isStarted) return;
            _programs = Programs;
            if (Environment.UserName == "root") await Finish(Process.Start("chown", ["postgres", _folder.FullName]), "chown");
            await Run("initdb", "-D", Data, "-U", "postgres", "-A", "trust", "--no-sync", "--locale=C", "-E", "UTF8");
            await Run(
                "pg_ctl", "-D", Data, "-w", "-t", "120", "-l", Path.Combine(_folder.FullName, "log"), "-o",
                $"-k {_folder.FullName} -c listen_addresses='' -c fsync=off -c shared_buffers=32MB", "start");
            _isStarted = true;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Runs a program of the server's; where the tests run as root, as the user that its package made, since it refuses root.</summary>
    private async Task Run(string program, params string[] arguments)
    {
        string[] command = [Path.Combine(_programs!, program), .. arguments];
        string[] user = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--"] : [];
        // Through a shell that shuts its output off: a server keeps what it is started with open for as long as it runs.
        await Finish(Process.Start(new ProcessStartInfo("sh", ["-c", "cd / && exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", .. user, .. command])), program);
    }

    private static async Task Finish(Process? process, string program)
    {
        Assert.NotNull(process);
        using (process)
        {
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(TestKit.Patience.Max, CancellationToken.None);
            Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}.");
        }
    }

    private static string? Find()
    {
        var installed = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(folder => Path.Combine(folder, "bin")) : [];
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':');
        return installed.OrderDescending(StringComparer.Ordinal).Concat(onPath).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dtao.Cli.Clusters;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Hosting.Cluster;

namespace Dtao.Cli.Commands;

/// <summary><c>cluster</c>: many silos on this machine, over the storage emulator.</summary>
internal static class ClusterCommands
{
    private const int SilosMax = 16;
    private const string SiloDll = "Dtao.Silo.dll";
    private static readonly TimeSpan HealthMax = TimeSpan.FromSeconds(10);

    public static Command Create(CliContext context) => new("cluster", "Many silos on this machine, over the storage emulator.")
    {
        Up(context),
        Status(context),
        OfOne(context, "kill", "Kill one silo at once, as a crash would (SIGKILL).", (cluster, number, token) => cluster.Kill(number, token)),
        OfOne(context, "stop", "Stop one silo: it finishes what is under way and hands over (SIGTERM).", (cluster, number, token) => cluster.Stop(number, token)),
        OfAll(context, "add", "Start one silo more.", (cluster, token) => cluster.Add(token)),
        Audit(context),
        OfAll(context, "down", "Stop all silos and the emulator. What they stored stays.", (cluster, token) => cluster.Down(token)),
        OfAll(context, "reset", "Stop everything and remove what was stored, the ledger with it.", (cluster, token) => cluster.Reset(token)),
    };

    private static Command Up(CliContext context)
    {
        var folder = Folder();
        var silos = new Option<int>("--silos") { Description = $"How many silos, 1 to {SilosMax}", DefaultValueFactory = _ => 3 };
        silos.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > SilosMax) result.AddError($"--silos is 1 to {SilosMax}.");
        });
        var silo = new Option<FileInfo?>("--silo") { Description = $"The built silo, {SiloDll}; found beside this program or in its repository when left out" };
        var genesis = new Option<FileInfo?>("--genesis") { Description = "What a new network begins with; the demo when left out" };
        var interval = new Option<string?>("--block-interval") { Description = "Milliseconds between blocks of a new network; 0 is as fast as they close, 'manual' only when asked" };
        var inMemory = new Option<bool>("--in-memory") { Description = "The emulator keeps nothing on disk: faster with much data, and what was stored ends with it" };
        var command = new Command("up", "Start the emulator and silos, and return when they serve. Goes on with what the folder holds.") { folder, silos, silo, genesis, interval, inMemory };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            List<string> arguments = [];
            if (parsed.GetValue(genesis) is { } document) arguments.AddRange("--genesis", document.FullName);
            if (parsed.GetValue(interval) is { } milliseconds) arguments.AddRange("--block-interval", milliseconds);
            using var cluster = LocalCluster.Open(parsed.GetValue(folder)!, context.Output);
            await cluster.Up(parsed.GetValue(silos), SiloProgram(parsed.GetValue(silo)), arguments, null, cancellationToken, parsed.GetValue(inMemory));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Status(CliContext context)
    {
        var folder = Folder();
        var output = new OutputOptions();
        var command = new Command("status", "Which processes run, and whether each silo is ready; exit code 1 when one is not.") { folder };
        output.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetValue(folder)!;
            if (ClusterState.Read(path) is not { } state) throw new UsageException($"There is no cluster in {path}.");
            var silos = await Task.WhenAll(state.Silos.Select(silo => Look(silo, cancellationToken)));
            if (output.IsJson(parsed)) Printer.Json(context, ToJson(state, silos));
            else Print(context, path, state, silos);
            return state.Storage is { IsAlive: true } && silos.Length > 0 && silos.All(silo => silo.IsReady) ? ExitCode.Done : ExitCode.Refused;
        });
        return command;
    }

    private static Command Audit(CliContext context)
    {
        var storage = new StorageOptions();
        var output = new OutputOptions();
        var command = new Command("audit", "Check in a storage account that nothing was lost or made. Its silos have to be stopped.");
        storage.AddTo(command);
        output.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                var options = storage.Read(context, parsed);
                await ClusterStore.RefuseIfRunningAsync(options);
                await using var store = await ClusterStore.OpenAsync(options, cancellationToken);
                _ = await store.ReadGenesisAsync();
                var report = await store.AuditAsync(cancellationToken);
                await ClusterStore.RefuseIfRunningAsync(options);
                return AuditCommand.Show(context, report, output.IsJson(parsed));
            }
            catch (Exception caught) when (StorageOptions.ExitCodeOf(caught) is not null)
            {
                await context.Error.WriteLineAsync(caught.Message);
                return StorageOptions.ExitCodeOf(caught)!.Value;
            }
        });
        return command;
    }

    private static Command OfOne(CliContext context, string name, string description, Func<LocalCluster, int, CancellationToken, Task> work)
    {
        var folder = Folder();
        var number = new Argument<int>("silo") { Description = "Its number, as status shows it" };
        var command = new Command(name, description) { number, folder };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = LocalCluster.Open(Existing(parsed.GetValue(folder)!), context.Output);
            await work(cluster, parsed.GetValue(number), cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command OfAll(CliContext context, string name, string description, Func<LocalCluster, CancellationToken, Task> work)
    {
        var folder = Folder();
        var command = new Command(name, description) { folder };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = LocalCluster.Open(Existing(parsed.GetValue(folder)!), context.Output);
            await work(cluster, cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }

    private static Option<string> Folder() => new("--dir")
    {
        Description = "The cluster's folder: its state, its logs, and what it stores",
        DefaultValueFactory = _ => ClusterState.FolderDefault,
    };

    private static string Existing(string folder) => File.Exists(Path.Combine(folder, ClusterState.FileName))
        ? folder
        : throw new UsageException($"There is no cluster in {folder}.");

    internal static string SiloProgram(FileInfo? given)
    {
        if (given is not null) return given.Exists ? given.FullName : throw new UsageException($"{given} does not exist.");
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var beside = Path.Combine(here.FullName, SiloDll);
        if (File.Exists(beside)) return beside;

        // In the repository this program lies in tools/Cli/bin/CONFIGURATION/FRAMEWORK, and the silo in the like place of its own.
        var (framework, configuration) = (here.Name, here.Parent?.Name ?? string.Empty);
        for (var folder = here.Parent; folder is not null; folder = folder.Parent)
        {
            var built = Path.Combine(folder.FullName, "Silo", "bin", configuration, framework, SiloDll);
            if (File.Exists(built)) return built;
        }

        throw new UsageException($"{SiloDll} was not found: build the silo (dotnet build -c Release Silo), or name it with --silo.");
    }

    private static async Task<SiloStatus> Look(SiloEntry silo, CancellationToken cancellationToken)
    {
        if (!silo.Process.IsAlive) return new(silo, false, "dead", "-");
        using var http = new HttpClient { Timeout = HealthMax };
        try
        {
            using var answer = await http.GetAsync(new Uri(silo.Health + "/health/ready"), cancellationToken);
            var report = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!;
            var reasons = string.Join(" ", report["reasons"]!.AsArray().Select(reason => reason!["text"]!.GetValue<string>()));
            return new(silo, answer.IsSuccessStatusCode, answer.IsSuccessStatusCode ? "ready" : reasons, report["block"]!.GetValue<string>());
        }
        catch (Exception silent) when (silent is HttpRequestException or UriFormatException or System.Text.Json.JsonException || (silent is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new(silo, false, $"its health is not answered: {silent.Message}", "-");
        }
    }

    private static void Print(CliContext context, string folder, ClusterState state, SiloStatus[] silos)
    {
        Printer.Table(
            context, $"Cluster in {folder}",
            [new("Silo", true), new("Process", true), new("Gateway"), new("Block", true), new("State")],
            silos.Select(silo => new[] { Number(silo.Silo.Number), Number(silo.Silo.Process.Id), silo.Silo.Gateway, silo.Block, silo.State }));
        context.Output.WriteLine(state.Storage is { IsAlive: true } storage ? $"Storage emulator: process {storage.Id}." : "The storage emulator does not run.");
    }

    private static JsonObject ToJson(ClusterState state, SiloStatus[] silos) => new()
    {
        ["storage_process"] = state.Storage is { IsAlive: true } storage ? storage.Id : null,
        ["connection"] = state.Connection,
        ["silos"] = new JsonArray([.. silos.Select(silo => new JsonObject
        {
            ["silo"] = silo.Silo.Number,
            ["process"] = silo.Silo.Process.Id,
            ["gateway"] = silo.Silo.Gateway,
            ["ready"] = silo.IsReady,
            ["state"] = silo.State,
            ["block"] = silo.Block,
        })]),
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record SiloStatus(SiloEntry Silo, bool IsReady, string State, string Block);
}

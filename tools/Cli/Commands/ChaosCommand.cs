using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Dtao.Cli.Chaos;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Hosting.Chaos;

namespace Dtao.Cli.Commands;

/// <summary><c>chaos</c>: a trial of what a cluster survives.</summary>
internal static class ChaosCommand
{
    private const int SilosMax = 8;
    private const int MinutesMax = 24 * 60;
    private const int FaultsMax = 10_000;
    private const int ClientsMax = 64;

    /// <summary>How many a minute, unless told otherwise.</summary>
    private const int FaultsPerMinute = 8;

    public static Command Create(CliContext context)
    {
        var silos = Number("--silos", $"How many silos run when none is down, {ChaosOptions.SilosMin} to {SilosMax}", 3, ChaosOptions.SilosMin, SilosMax);
        var seed = new Option<ulong?>("--seed") { Description = "Of the plan of faults, the load, and the storage faults; drawn and told when left out" };
        var minutes = Number("--minutes", $"How long faults go on, 1 to {MinutesMax}", 4, 1, MinutesMax);
        var faults = Number("--faults", $"How many faults, 1 to {FaultsMax}; {FaultsPerMinute} a minute when left out", 0, 0, FaultsMax);
        var clients = Number("--clients", $"How many clients send for stakers, 2 to {ClientsMax}; three more claim and own hotkeys", 9, 2, ClientsMax);
        var report = new Option<FileInfo?>("--report") { Description = "Where the whole report is written, as JSON" };
        var folder = new Option<string?>("--dir") { Description = "The cluster's folder, which must hold none; left as it is at the end. A temporary one, removed when all is well, when left out" };
        var silo = new Option<FileInfo?>("--silo") { Description = "The built silo; found beside this program or in its repository when left out" };
        var output = new OutputOptions();
        var command = new Command("chaos", "Kill, pause, and restart the silos and the storage of a cluster under load, and check that nothing is lost.")
        {
            silos, seed, minutes, faults, clients, report, folder, silo,
        };
        output.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var number = parsed.GetValue(seed) ?? (ulong)System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue);
            var length = TimeSpan.FromMinutes(parsed.GetValue(minutes));
            var total = parsed.GetValue(faults) is > 0 and var asked ? asked : parsed.GetValue(minutes) * FaultsPerMinute;
            var place = parsed.GetValue(folder) is { } given ? Path.GetFullPath(given) : Directory.CreateTempSubdirectory("dtao-chaos-").FullName;
            if (File.Exists(Path.Combine(place, Clusters.ClusterState.FileName))) throw new UsageException($"There is a cluster in {place}; a trial needs a folder of its own.");
            var options = new ChaosOptions(place, ClusterCommands.SiloProgram(parsed.GetValue(silo)), parsed.GetValue(silos), number, FaultCounts.OfTotal(total))
            {
                Clients = parsed.GetValue(clients),
                SpacingMilliseconds = length.Ticks / TimeSpan.TicksPerMillisecond / total,
                // What takes longer moves the rest; a trial that hangs is not one that goes on for ever.
                TimeMax = TimeSpan.FromMinutes((parsed.GetValue(minutes) * 3) + 7),
            };

            var isJson = output.IsJson(parsed);
            var lines = TextWriter.Synchronized(isJson ? context.Error : context.Output);
            lines.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {number}: {total} faults on {options.Silos} silos, in {place}"));
            var result = await new ChaosRun(options, line => lines.WriteLine(line)).Run(cancellationToken);
            if (parsed.GetValue(report) is { } file) await File.WriteAllTextAsync(file.FullName, result.ToJson().ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n", CancellationToken.None);
            if (isJson) Printer.Json(context, result.ToJson());
            else Print(context, result);
            if (parsed.GetValue(folder) is null && result.IsPassed) Directory.Delete(place, recursive: true);
            else lines.WriteLine($"Logs and what was stored are in {place}.");
            return result.IsPassed ? ExitCode.Done : ExitCode.Refused;
        });
        return command;
    }

    private static Option<int> Number(string name, string description, int unset, int lowest, int highest)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => unset };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var number && (number < lowest || number > highest)) result.AddError($"{name} is {lowest} to {highest}.");
        });
        return option;
    }

    private static void Print(CliContext context, ChaosReport report)
    {
        Printer.Table(
            context, "Faults", [new("Kind"), new("Count", true), new("Two blocks more after, ms: median", true), new("longest", true)],
            [.. Enum.GetValues<FaultKind>().Where(kind => kind != FaultKind.None && report.Of(kind) > 0).Select(kind => Row(report, kind))],
            ["All", Text(report.Faults.Count), "", ""]);
        Printer.Table(
            context, "Operations", [new("Outcome"), new("Count", true)],
            report.Operations.Where(entry => !entry.Key.Contains(' ', StringComparison.Ordinal)).Select(entry => new[] { entry.Key, Text(entry.Value) }));
        Printer.Table(
            context, "Storage requests that met a fault", [new("Fault"), new("Count", true)],
            report.StorageCalls.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => new[] { entry.Key, Text(entry.Value) }));
        Printer.Table(
            context, "Checks", [new("Check"), new("Passed"), new("Of what")],
            report.Checks.Select(check => new[] { check.Name, check.IsPassed ? "yes" : "NO", check.Extent }));
        foreach (var check in report.Checks)
        {
            foreach (var fault in check.Faults) context.Output.WriteLine(Printer.Clean($"{check.Name}: {fault}"));
        }

        foreach (var incident in report.Incidents) context.Output.WriteLine(Printer.Clean($"Incident: {incident}"));
        context.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(report.IsPassed ? "PASSED" : "FAILED")}: {report.Blocks} blocks in {report.Milliseconds / 1_000} s, at most {report.SilenceMilliseconds} ms without one."));
    }

    private static string[] Row(ChaosReport report, FaultKind kind)
    {
        var times = report.Faults.Where(fault => fault.Planned.Kind == kind && fault.RecoveryMilliseconds is not null).Select(fault => fault.RecoveryMilliseconds!.Value).Order().ToArray();
        return [ChaosReport.NameOf(kind), Text(report.Of(kind)), times.Length == 0 ? "-" : Text(times[times.Length / 2]), times.Length == 0 ? "-" : Text(times[^1])];
    }

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

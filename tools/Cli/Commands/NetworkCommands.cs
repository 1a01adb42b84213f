using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Hosting.Export;

namespace Dtao.Cli.Commands;

/// <summary><c>network</c>: a whole network to a file, and from a file into another store.</summary>
internal static class NetworkCommands
{
    private static readonly string s_databaseDefault = Path.Combine("data", "ledger.db");

    public static Command Create(CliContext context) => new("network", "Takes a whole network to a file, and brings it from there into another store.")
    {
        Export(context),
        Import(context),
        Check(context),
    };

    private static Command Export(CliContext context)
    {
        var store = new Store("The ledger's file; a running network is not disturbed.");
        var file = FileOption("Where to write it");
        var overwrite = ValueOptions.Flag("--overwrite", "Replace a file of that name.");
        var output = new OutputOptions();
        var command = new Command("export", "Write a whole network to a file: of a database at any time, of a storage account when its silos are stopped.") { file, overwrite };
        store.AddTo(command);
        output.AddTo(command);
        command.SetAction((parsed, cancellationToken) => Guard(context, async () =>
        {
            await using INetworkSource source = store.IsAccount(parsed)
                ? await ClusterSource.OpenAsync(store.ReadAccount(context, parsed), cancellationToken: cancellationToken)
                : SqliteSource.Open(store.ReadDatabase(parsed));
            var report = await NetworkExport.WriteAsync(source, parsed.GetValue(file)!.FullName, parsed.GetValue(overwrite), cancellationToken);
            Show(context, "Exported", report, parsed.GetValue(file)!, output.IsJson(parsed));
        }));
        return command;
    }

    private static Command Import(CliContext context)
    {
        var store = new Store("The file to make; its copy of the genesis is put beside it.");
        var file = FileOption("What 'export' has written");
        var output = new OutputOptions();
        var command = new Command("import", "Make a network of an exported one, in an empty place. An import that was killed is repeated by the same command.") { file };
        store.AddTo(command);
        output.AddTo(command);
        command.SetAction((parsed, cancellationToken) => Guard(context, async () =>
        {
            await using INetworkTarget target = store.IsAccount(parsed)
                ? await GrainStorageTarget.OpenAsync(store.ReadAccount(context, parsed), cancellationToken: cancellationToken)
                : new SqliteTarget(store.ReadDatabase(parsed));
            var report = await NetworkImport.RunAsync(parsed.GetValue(file)!.FullName, target, cancellationToken);
            Show(context, "Imported", report, parsed.GetValue(file)!, output.IsJson(parsed));
            if (target is SqliteTarget { LeftOtherDocument: true }) await context.Error.WriteLineAsync("There is another genesis.json beside the database; it was left as it is.");
        }));
        return command;
    }

    private static Command Check(CliContext context)
    {
        var file = FileOption("What 'export' has written");
        var output = new OutputOptions();
        var command = new Command("check", "Read all of an exported network's file, and say what it holds.") { file };
        output.AddTo(command);
        command.SetAction((parsed, cancellationToken) => Guard(context, () =>
        {
            Show(context, "Whole", NetworkFileReader.Check(parsed.GetValue(file)!.FullName, cancellationToken), parsed.GetValue(file)!, output.IsJson(parsed));
            return Task.CompletedTask;
        }));
        return command;
    }

    private static Option<FileInfo> FileOption(string description) => new("--file") { Description = description, Required = true };

    private static async Task<int> Guard(CliContext context, Func<Task> work)
    {
        try
        {
            await work();
            return ExitCode.Done;
        }
        catch (Exception caught) when (StorageOptions.ExitCodeOf(caught) is not null)
        {
            await context.Error.WriteLineAsync(caught.Message);
            return StorageOptions.ExitCodeOf(caught)!.Value;
        }
    }

    private static void Show(CliContext context, string done, NetworkFileReport report, FileInfo file, bool isJson)
    {
        var (manifest, totals) = (report.Manifest, report.Totals);
        if (isJson)
        {
            Printer.Json(context, new JsonObject
            {
                ["file"] = file.FullName,
                ["network_id"] = manifest.NetworkId,
                ["name"] = manifest.Name,
                ["block"] = Text(manifest.Block),
                ["written_at_ms"] = Text(manifest.WrittenAtMilliseconds),
                ["actors"] = Text(totals.Actors),
                ["events"] = Text(totals.Events),
                ["snapshots"] = Text(totals.Snapshots),
                ["ledger_bytes"] = Text(totals.Bytes),
                ["file_bytes"] = Text(report.FileBytes),
                ["ledger_digest"] = Hex(totals.Digest),
                ["file_digest"] = Hex(report.Digest),
            });
            return;
        }

        context.Output.WriteLine(Printer.Clean($"{done}: network '{manifest.Name}' ({manifest.NetworkId}) at block {manifest.Block}, {file.Name}."));
        context.Output.WriteLine($"{Grouped(totals.Actors)} actors, {Grouped(totals.Events)} events, {Grouped(totals.Snapshots)} snapshots; {Grouped(totals.Bytes)} bytes, {Grouped(report.FileBytes)} in the file.");
        context.Output.WriteLine($"Ledger {Hex(totals.Digest)}");
        context.Output.WriteLine($"File   {Hex(report.Digest)}");
    }

    private static string Hex(ReadOnlyMemory<byte> digest) => Convert.ToHexStringLower(digest.Span);

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    private static string Grouped(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A database's file, or a storage account.</summary>
    private sealed class Store(string description)
    {
        private readonly Option<FileInfo> _database = new("--database", "--db") { Description = description, DefaultValueFactory = _ => new FileInfo(s_databaseDefault) };
        private readonly StorageOptions _account = new();

        public void AddTo(Command command)
        {
            command.Add(_database);
            _account.AddTo(command);
            command.Validators.Add(result =>
            {
                if (result.GetResult(_database) is { Implicit: false } && _account.IsNamedIn(result)) result.AddError("Give --database or an account, not both.");
            });
        }

        public bool IsAccount(ParseResult parsed) => _account.IsGiven(parsed);

        public Hosting.Cluster.ClusterSiloOptions ReadAccount(CliContext context, ParseResult parsed) => _account.Read(context, parsed);

        public string ReadDatabase(ParseResult parsed) => parsed.GetValue(_database)!.FullName;
    }
}

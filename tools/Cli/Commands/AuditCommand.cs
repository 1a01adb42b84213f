using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Hosting.Audit;
using Dtao.Storage;

namespace Dtao.Cli.Commands;

/// <summary><c>audit</c>: adds up every rao of a ledger by the place where it is booked. Reads the file, whether or not a network writes it.</summary>
internal static class AuditCommand
{
    private static readonly string DatabaseDefault = Path.Combine("data", "ledger.db");

    public static Command Create(CliContext context)
    {
        var database = new Option<FileInfo>("--database", "--db")
        {
            Description = "The ledger's file; a running network is not disturbed",
            DefaultValueFactory = _ => new FileInfo(DatabaseDefault),
        };
        var skipChains = ValueOptions.Flag("--skip-chains", "Do not compute the journals' digest chains again; faster on a long history.");
        var output = new OutputOptions();
        var command = new Command("audit", "Check that nothing was lost or made: all TAO, every alpha, every journal.") { database, skipChains };
        output.AddTo(command);
        command.SetAction(parsed =>
        {
            try
            {
                using var view = JournalReadView.OpenFile(parsed.GetValue(database)!.FullName);
                var report = LedgerAudit.Run(view, !parsed.GetValue(skipChains));
                return Show(context, report, output.IsJson(parsed));
            }
            catch (Exception caught) when (caught is StoreException or InvalidDataException)
            {
                context.Error.WriteLine(caught.Message);
                // What cannot be read as it was written is a finding; what could not be opened was not audited.
                return caught is InvalidDataException or StoreException { Code: StoreErrorCode.Corrupt } ? ExitCode.Refused : ExitCode.Unknown;
            }
        });
        return command;
    }

    /// <returns>How the command ends.</returns>
    public static int Show(CliContext context, AuditReport report, bool isJson)
    {
        if (isJson) Printer.Json(context, ToJson(report));
        else Print(context, report);
        return report.IsClean ? ExitCode.Done : ExitCode.Refused;
    }

    private static void Print(CliContext context, AuditReport report)
    {
        foreach (var column in report.Columns)
        {
            Printer.Table(
                context,
                column.Token,
                [new("Place"), new("Amount", true)],
                [
                    .. column.Buckets.Select(bucket => new[] { bucket.Name, Shown.Amount(bucket.Amount) }),
                    ["Sum", Shown.Amount(column.Expected + column.Difference)],
                    ["There has to be", Shown.Amount(column.Expected)],
                ],
                ["Difference", Shown.Amount(column.Difference)]);
        }

        foreach (var fault in report.Faults) context.Output.WriteLine(Printer.Clean($"Fault: {fault}"));
        if (report.Chains is { } chains)
        {
            foreach (var fault in chains.Faults) context.Output.WriteLine(Printer.Clean($"Journal {fault.ActorKey}, near event {fault.Version}: {fault.Kind}"));
            context.Output.WriteLine($"{Count(chains.Actors)} journals with {Count(chains.Events)} events and {Count(chains.Snapshots)} snapshots read again, {Count(chains.FaultCount)} faults.");
        }

        context.Output.WriteLine($"Audited by dtao {DtaoVersion.Text}.");
        context.Output.WriteLine($"Block {report.Block}, {Count(report.Accounts)} accounts, {Count(report.Positions)} positions: {(report.IsClean ? "clean" : "NOT CLEAN")}.");
    }

    private static JsonObject ToJson(AuditReport report) => new()
    {
        ["version"] = DtaoVersion.Text,
        ["clean"] = report.IsClean,
        ["block"] = report.Block.ToString(),
        ["total_issuance_rao"] = Shown.Rao(report.Supply.TotalIssuance.Rao),
        ["accounts"] = report.Accounts,
        ["positions"] = report.Positions,
        ["columns"] = new JsonArray([.. report.Columns.Select(column => new JsonObject
        {
            ["token"] = column.Token,
            ["places"] = new JsonArray([.. column.Buckets.Select(bucket => new JsonObject { ["name"] = bucket.Name, ["amount_rao"] = Exact(bucket.Amount) })]),
            ["expected_rao"] = Exact(column.Expected),
            ["difference_rao"] = Exact(column.Difference),
        })]),
        ["chains"] = report.Chains is not { } chains ? null : new JsonObject
        {
            ["journals"] = Exact(chains.Actors),
            ["events"] = Exact(chains.Events),
            ["snapshots"] = Exact(chains.Snapshots),
            ["fault_count"] = Exact(chains.FaultCount),
            ["faults"] = new JsonArray([.. chains.Faults.Select(fault => new JsonObject
            {
                ["journal"] = fault.ActorKey,
                ["event"] = Exact(fault.Version),
                ["kind"] = fault.Kind.ToString(),
            })]),
        },
        ["faults"] = new JsonArray([.. report.Faults.Select(fault => JsonValue.Create(fault))]),
    };

    private static string Exact(Int128 number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}

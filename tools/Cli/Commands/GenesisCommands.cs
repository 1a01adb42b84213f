using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Hosting.Genesis;

namespace Dtao.Cli.Commands;

/// <summary><c>genesis validate</c> and <c>genesis import</c>: files only, no network.</summary>
internal static class GenesisCommands
{
    public static Command Create(CliContext context) => new("genesis", "Genesis documents: what a network begins with.")
    {
        Subcommands = { Validate(context), Import(context) },
    };

    private static Command Validate(CliContext context)
    {
        var file = new Argument<FileInfo>("file") { Description = "A genesis document" };
        var output = new OutputOptions();
        var command = new Command("validate", "Check a document as a whole and list every fault by its JSON path.") { file };
        output.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetValue(file)!;
            var result = await OnFile(path, () => GenesisDocumentReader.ReadFile(path.FullName, cancellationToken));
            return Report(context, output.IsJson(parsed), result.Document, result.Faults);
        });
        return command;
    }

    private static Command Import(CliContext context)
    {
        var file = new Argument<FileInfo>("snapshot") { Description = "The chain's public snapshot, {\"stakes\": ..., \"balances\": ...}" };
        var target = new Option<FileInfo>("--output", "-o") { Description = "Where to write the genesis document; an existing file is left alone", Required = true };
        var subnets = new Option<int>("--subnets") { Description = "How many subnets to add; their reserves are minted", DefaultValueFactory = _ => 0 };
        var name = new Option<string>("--name") { Description = "The network's name", DefaultValueFactory = _ => new SnapshotImportOptions().Name };
        var taoReserve = ValueOptions.Amount("--tao-reserve", "TAO in each added subnet's pool; 1000 when left out");
        var alphaReserve = ValueOptions.Amount("--alpha-reserve", "Alpha in each added subnet's pool; 50000 when left out");
        var interval = new Option<long>("--block-interval")
        {
            Description = "Milliseconds between blocks; 0 is as fast as they close",
            DefaultValueFactory = _ => GenesisDocument.DefaultBlockIntervalMilliseconds,
        };
        var output = new OutputOptions();
        var command = new Command("import", "Make a genesis document of the chain's public snapshot.") { file, target, subnets, taoReserve, alphaReserve, name, interval };
        output.AddTo(command);
        subnets.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > SnapshotImportOptions.SubnetsMax) result.AddError($"--subnets is 0 to {SnapshotImportOptions.SubnetsMax}.");
        });
        interval.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() is < 0 or > GenesisDocument.BlockIntervalMillisecondsMax)
            {
                result.AddError($"--block-interval is 0 to {GenesisDocument.BlockIntervalMillisecondsMax} milliseconds.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (source, destination) = (parsed.GetValue(file)!, parsed.GetValue(target)!);
            if (destination.Exists) throw new UsageException($"'{destination}' is there already; it is not overwritten.");
            var added = SnapshotImportOptions.DefaultSubnets(parsed.GetValue(subnets)).Select(subnet => subnet with
            {
                TaoReserve = parsed.GetValue(taoReserve) is { } tao ? new(tao) : subnet.TaoReserve,
                AlphaReserve = parsed.GetValue(alphaReserve) is { } alpha ? new(alpha) : subnet.AlphaReserve,
            });
            var options = new SnapshotImportOptions
            {
                Name = parsed.GetValue(name)!,
                Source = source.Name,
                BlockIntervalMilliseconds = parsed.GetValue(interval),
                Subnets = [.. added],
            };
            var result = await OnFile(source, async () =>
            {
                await using var stream = source.OpenRead();
                return await SnapshotImport.Read(stream, options, cancellationToken);
            });
            if (result.Document is { } document) await Write(destination, document, cancellationToken);
            return Report(context, output.IsJson(parsed), result.Document, result.Faults, result.Figures, destination);
        });
        return command;
    }

    private static async Task Write(FileInfo destination, GenesisDocument document, CancellationToken cancellationToken) => await OnFile(destination, async () =>
    {
        await using var stream = new FileStream(destination.FullName, FileMode.CreateNew, FileAccess.Write);
        await stream.WriteAsync(GenesisWriter.Write(document), cancellationToken);
        return true;
    });

    private static async Task<T> OnFile<T>(FileInfo file, Func<Task<T>> use)
    {
        try
        {
            return await use();
        }
        catch (Exception caught) when (caught is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{file}' cannot be used: {caught.Message}");
        }
    }

    private static int Report(
        CliContext context, bool isJson, GenesisDocument? document, IReadOnlyList<GenesisFault> faults, SnapshotFigures? figures = null, FileInfo? written = null)
    {
        if (isJson) Printer.Json(context, ToJson(document, faults, figures));
        else if (document is null) Print(context, faults);
        else Print(context, document, figures, written);
        return document is null ? ExitCode.Refused : ExitCode.Done;
    }

    private static void Print(CliContext context, IReadOnlyList<GenesisFault> faults)
    {
        foreach (var fault in faults) context.Output.WriteLine(Printer.Clean(fault.ToString()));
        context.Output.WriteLine(faults.Count == 1 ? "1 fault." : $"{faults.Count} faults.");
    }

    private static void Print(CliContext context, GenesisDocument document, SnapshotFigures? figures, FileInfo? written)
    {
        var facts = new List<(string Name, string Value)>
        {
            ("Rule set", document.RuleSet.Name),
            ("Block interval", $"{document.BlockIntervalMilliseconds} ms"),
            ("Subnets", Count(document.Subnets.Count)),
            ("Balances", Count(document.Balances.Count)),
            ("Hotkeys", Count(document.Hotkeys.Count)),
            ("Stakes", Count(document.Stakes.Count)),
            ("Total issuance", Shown.Tao(document.TotalIssuance.Rao)),
        };
        if (figures is not null)
        {
            facts.Add(("Coldkeys with hotkeys", Count(figures.Coldkeys)));
            facts.Add(("Hotkeys without stake", Count(figures.HotkeysWithoutStake)));
            facts.Add(("Staked", Shown.Tao(figures.Staked.Rao)));
            facts.Add(("Free", Shown.Tao(figures.Free.Rao)));
            facts.Add(("Minted for added subnets", Shown.Tao(figures.Minted.Rao)));
        }

        Printer.Facts(context, $"Genesis of {document.Name}", facts);
        context.Output.WriteLine(written is null ? "Valid." : $"Written to {written}.");
    }

    private static JsonObject ToJson(GenesisDocument? document, IReadOnlyList<GenesisFault> faults, SnapshotFigures? figures)
    {
        var json = new JsonObject
        {
            ["valid"] = document is not null,
            ["faults"] = new JsonArray([.. faults.Select(fault => new JsonObject
            {
                ["path"] = fault.Path,
                ["code"] = fault.Code.ToString(),
                ["message"] = fault.Message,
            })]),
        };
        if (document is not null)
        {
            json["name"] = document.Name;
            json["rule_set"] = document.RuleSet.Name;
            json["subnets"] = document.Subnets.Count;
            json["balances"] = document.Balances.Count;
            json["hotkeys"] = document.Hotkeys.Count;
            json["stakes"] = document.Stakes.Count;
            json["total_issuance_rao"] = Shown.Rao(document.TotalIssuance.Rao);
        }

        if (figures is not null && document is not null)
        {
            json["staked_rao"] = Shown.Rao(figures.Staked.Rao);
            json["free_rao"] = Shown.Rao(figures.Free.Rao);
            json["minted_rao"] = Shown.Rao(figures.Minted.Rao);
        }

        return json;
    }

    private static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}

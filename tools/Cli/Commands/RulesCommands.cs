using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Economics.Rules;
using Dtao.Hosting.Comparison;
using Dtao.Hosting.Generated;
using Dtao.Hosting.Scenarios;

namespace Dtao.Cli.Commands;

/// <summary><c>rules list</c> and <c>rules compare</c>: rule sets, on the sequential model in this process. No network.</summary>
internal static class RulesCommands
{
    public static Command Create(CliContext context) => new("rules", "Rule sets: the rules of one day in the chain's life.")
    {
        Subcommands = { List(context), Compare(context) },
    };

    private static Command List(CliContext context)
    {
        var output = new OutputOptions();
        var command = new Command("list", "The rule sets that a network can run under; the first one is the default.");
        output.AddTo(command);
        command.SetAction(parsed =>
        {
            if (output.IsJson(parsed))
            {
                Printer.Json(context, new JsonArray([.. RuleSets.All.Select(set => new JsonObject
                {
                    ["name"] = set.Name,
                    ["date"] = set.Date,
                    ["shares"] = set.Shares.About,
                    ["pool"] = set.Liquidity.About,
                    ["root_dividends"] = set.RootDividends.About,
                })]));
                return ExitCode.Done;
            }

            Printer.Table(
                context,
                "Rule sets",
                [new("Name"), new("Date"), new("A block's TAO goes by"), new("Pool"), new("Root dividends")],
                RuleSets.All.Select(set => new[] { set.Name, set.Date, set.Shares.About, set.Liquidity.About, set.RootDividends.About }));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Compare(CliContext context)
    {
        var (first, second) = (RuleSetArgument("first"), RuleSetArgument("second"));
        var options = new ComparedScenarioOptions();
        var every = WholeNumberOption.Create("--every", "Blocks between two samples; about 200 samples when left out", 1, GeneratedScenarioOptions.BlocksMax);
        var chart = new ChartOption();
        var output = new OutputOptions();
        var command = new Command("compare", "Run the same operations under two rule sets and show what differs.") { first, second };
        options.AddTo(command);
        command.Add(every);
        chart.AddTo(command);
        output.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            try
            {
                var scenario = options.Read(parsed);
                var comparison = RuleComparison.Run(scenario, parsed.GetValue(first)!, parsed.GetValue(second)!, parsed.GetValue(every), cancellationToken);
                chart.Write(parsed, context, output.IsJson(parsed), () => RulesChart.Of(comparison));
                if (output.IsJson(parsed)) Printer.Json(context, RulesReport.ToJson(comparison));
                else RulesReport.Print(context, comparison);
                return Task.FromResult(ExitCode.Done);
            }
            catch (Exception caught) when (caught is ScenarioFormatException or JsonException)
            {
                context.Error.WriteLine(Printer.Clean($"'{options.Source(parsed)}' cannot be run: {caught.Message}"));
                return Task.FromResult(ExitCode.Refused);
            }
        });
        return command;
    }

    private static Argument<RuleSet?> RuleSetArgument(string name) => new(name)
    {
        Description = $"A rule set: {Names}",
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 0 ? string.Empty : result.Tokens[^1].Value;
            if (RuleSets.TryFind(text, out var found)) return found;
            result.AddError($"There is no rule set '{text}'. There are: {Names}.");
            return null;
        },
    };

    private static string Names => string.Join(", ", RuleSets.All.Select(set => set.Name));
}

/// <summary>Where the operations of a comparison come from: a file, or a seed.</summary>
internal sealed class ComparedScenarioOptions
{
    private static readonly GeneratedScenarioOptions s_defaults = new();

    private readonly Option<FileInfo?> _file = new("--scenario") { Description = "A scenario file: a network at block 0 and its operations; what it expects is not looked at" };
    private readonly Option<ulong?> _seed = WholeNumberOption.Create("--seed", $"Without a file: draws the operations; {s_defaults.Seed} when left out", 0, ulong.MaxValue);
    private readonly Option<ulong?> _subnets = WholeNumberOption.Create(
        "--subnets", $"Without a file: subnets beside root; {s_defaults.Subnets} when left out", 1, GeneratedScenarioOptions.SubnetsMax);
    private readonly Option<ulong?> _blocks = WholeNumberOption.Create(
        "--blocks", $"Without a file: blocks; {s_defaults.Blocks} when left out", 1, GeneratedScenarioOptions.BlocksMax);
    private readonly Option<ulong?> _operations = WholeNumberOption.Create(
        "--operations", $"Without a file: operations, beside the validators' first weights; {s_defaults.Operations} when left out", 0, GeneratedScenarioOptions.OperationsMax);

    public void AddTo(Command command)
    {
        command.Add(_file);
        foreach (var option in Numbers) command.Add(option);
    }

    /// <summary>The file as it was written, or what stands for one.</summary>
    public string Source(ParseResult parsed) => parsed.GetValue(_file)?.ToString() ?? "generated";

    /// <exception cref="UsageException">The file cannot be read, or there are a file and numbers.</exception>
    /// <exception cref="ScenarioFormatException">The file is no scenario; the message begins with the place in it.</exception>
    public Scenario Read(ParseResult parsed)
    {
        if (parsed.GetValue(_file) is not { } file)
        {
            return GeneratedScenario.Create(new()
            {
                Seed = parsed.GetValue(_seed) ?? s_defaults.Seed,
                Subnets = (int)(parsed.GetValue(_subnets) ?? (ulong)s_defaults.Subnets),
                Blocks = parsed.GetValue(_blocks) ?? s_defaults.Blocks,
                Operations = (int)(parsed.GetValue(_operations) ?? (ulong)s_defaults.Operations),
            });
        }

        if (Array.Find(Numbers, option => parsed.GetValue(option) is not null) is { } number)
        {
            throw new UsageException($"{number.Name} is for generated operations; with --scenario the file says what is run.");
        }

        try
        {
            return ScenarioReader.ReadFile(file.FullName);
        }
        catch (Exception caught) when (caught is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{file}' cannot be used: {caught.Message}");
        }
    }

    private Option<ulong?>[] Numbers => [_seed, _subnets, _blocks, _operations];
}

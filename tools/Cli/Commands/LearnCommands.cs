using System.CommandLine;
using Dtao.Cli.Options;
using Dtao.Hosting.Lessons;

namespace Dtao.Cli.Commands;

/// <summary><c>learn</c>: runs of the real rules that show what dynamic TAO does. No network.</summary>
internal static class LearnCommands
{
    private const ulong BlocksMax = 100_000_000;

    public static Command Create(CliContext context) => new("learn", "Runs that show what dynamic TAO does, each with a table and a chart; see docs/learn.")
    {
        Subcommands =
        {
            OverBlocks(context, "emission", "Emission follows demand for alpha.", EmissionLesson.BlocksDefault, EmissionLesson.BlocksMin, EmissionLesson.Run),
            RootApr(context),
            OverBlocks(context, "staker", "The same stake in a rising subnet, in a falling one, and on root.", StakerLesson.BlocksDefault, StakerLesson.BlocksMin, StakerLesson.Run),
            Complete(new Command("slippage", "What slippage does to a large order."), context, (_, token) => SlippageLesson.Run(token)),
            OverBlocks(context, "roles", "What an owner, a miner, and a validator receive.", RolesLesson.BlocksDefault, RolesLesson.BlocksMin, RolesLesson.Run),
        },
    };

    private static Command RootApr(CliContext context)
    {
        var blocks = Blocks(RootAprLesson.BlocksDefault, RootAprLesson.BlocksMin);
        var sold = WholeNumberOption.Create("--sold", "Per cent of their alpha that owners and miners sell every day; 0 when left out", 0, 100);
        return Complete(
            new Command("root-apr", "A staker on root who does nothing: what he has, and what he earns.") { blocks, sold },
            context,
            (parsed, token) => RootAprLesson.Run(parsed.GetValue(blocks) ?? RootAprLesson.BlocksDefault, (int)(parsed.GetValue(sold) ?? 0), token));
    }

    private static Command OverBlocks(CliContext context, string name, string about, ulong standard, ulong min, Func<ulong, CancellationToken, Lesson> run)
    {
        var blocks = Blocks(standard, min);
        return Complete(new Command(name, about) { blocks }, context, (parsed, token) => run(parsed.GetValue(blocks) ?? standard, token));
    }

    private static Option<ulong?> Blocks(ulong standard, ulong min) =>
        WholeNumberOption.Create("--blocks", $"How many blocks; {standard} when left out, and 7200 are a day of the chain", min, BlocksMax);

    private static Command Complete(Command command, CliContext context, Func<ParseResult, CancellationToken, Lesson> run)
    {
        var chart = new ChartOption();
        var output = new OutputOptions();
        chart.AddTo(command);
        output.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var lesson = run(parsed, cancellationToken);
            if (output.IsJson(parsed)) Output.Printer.Json(context, LessonReport.ToJson(lesson));
            else LessonReport.Print(context, lesson);
            chart.Write(parsed, context, output.IsJson(parsed), () => LessonReport.ToPanels(lesson));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}

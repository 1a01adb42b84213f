using System.CommandLine;
using System.CommandLine.Invocation;
using Dtao.Cli.Commands;
using Dtao.Client;
using Dtao.LoadTest;

namespace Dtao.Cli;

/// <summary>The command line as a whole: its tree, and how it ends.</summary>
internal static class DtaoCommand
{
    public static RootCommand Create(CliContext context) => new("Uses a dynamic TAO ledger: wallets, stake, subnets, blocks, audit, genesis.")
    {
        WalletCommands.Create(context),
        StakeCommands.Create(context),
        OrderCommands.Create(context),
        SubnetsCommands.Create(context),
        SudoCommands.Create(context),
        AdminCommands.Create(context),
        ValidatorsCommand.Create(context),
        WeightsCommands.Create(context),
        RootCommands.Create(context),
        BlockCommands.Create(context),
        GenesisCommands.Create(context),
        AuditCommand.Create(context),
        NetworkCommands.Create(context),
        ClusterCommands.Create(context),
        ChaosCommand.Create(context),
        LoadCommands.Create(context),
        RulesCommands.Create(context),
        PreviewCommand.Create(context),
        LearnCommands.Create(context),
    };

    public static async Task<int> RunAsync(IReadOnlyList<string> args, CliContext context, CancellationToken cancellationToken)
    {
        var parsed = Create(context).Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors) await context.Error.WriteLineAsync(error.Message);
            var path = parsed.CommandResult.Command is RootCommand ? string.Empty : " " + PathOf(parsed.CommandResult.Command);
            await context.Error.WriteLineAsync($"Run 'dtao{path} --help' for how it is written.");
            return ExitCode.Usage;
        }

        var configuration = new InvocationConfiguration { Output = context.Output, Error = context.Error, EnableDefaultExceptionHandler = false };
        // Whoever ends a load waits for what it proves; of other commands nothing is left to do.
        if (parsed.CommandResult.Command.Name == LoadCommands.Name) configuration.ProcessTerminationTimeout = LoadCommand.TerminationMax;
        try
        {
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (UsageException caught)
        {
            await context.Error.WriteLineAsync(caught.Message);
            return ExitCode.Usage;
        }
        catch (OperationWaitCanceledException caught)
        {
            var operation = caught.Operation!;
            await context.Error.WriteLineAsync("Stopped waiting. The operation goes on and may take effect; repeat the command with "
                + $"--operation {new OperationTicket(operation.Id, operation.LastValidBlock)} to learn its outcome.");
            return ExitCode.Unknown;
        }
        catch (OperationCanceledException)
        {
            await context.Error.WriteLineAsync("Stopped.");
            return ExitCode.Unknown;
        }
        catch (Exception caught) when (caught is NetworkUnreachableException or NetworkChangedException or TimeoutException or Orleans.Runtime.OrleansException)
        {
            await context.Error.WriteLineAsync(caught.Message);
            return ExitCode.Unknown;
        }
    }

    private static string PathOf(Symbol command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent and not RootCommand ? $"{PathOf(parent)} {command.Name}" : command.Name;
}

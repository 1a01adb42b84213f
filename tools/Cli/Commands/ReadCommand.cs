using System.CommandLine;
using Dtao.Cli.Options;
using Dtao.Client;

namespace Dtao.Cli.Commands;

/// <summary>The course of every command that only looks.</summary>
internal static class ReadCommand
{
    /// <summary>Gives a command its common options and its course.</summary>
    /// <param name="read">Asks the network, prints as JSON or not, and says how to exit.</param>
    public static Command Complete(Command command, CliContext context, Func<ParseResult, DtaoClient, bool, CancellationToken, Task<int>> read)
    {
        var connection = new ConnectionOptions();
        var output = new OutputOptions();
        output.AddTo(command);
        connection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var client = await connection.ConnectAsync(context, parsed, cancellationToken);
            return await read(parsed, client, output.IsJson(parsed), cancellationToken);
        });
        return command;
    }
}

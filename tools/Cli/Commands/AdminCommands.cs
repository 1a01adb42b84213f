using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;

namespace Dtao.Cli.Commands;

/// <summary><c>admin set</c>: the operator's own settings, signed by a key that the silos' setting <c>Administrators</c> names.</summary>
/// <remarks>The sudo key's calls are the chain's; these are the operator's, and reach fields that the chain lets nobody set.</remarks>
internal static class AdminCommands
{
    public static Command Create(CliContext context) => new("admin", "The operator's settings.") { Subcommands = { Set(context) } };

    private static Command Set(CliContext context)
    {
        var administrator = ValueOptions.Account("--administrator", "The key that signs; left out, the call is sent unsigned, which a network without administrators takes", false);
        var netuid = ValueOptions.Netuid("--netuid", "The subnet; the network's parameter when left out", false);
        var parameter = new Option<string>("--param", "--parameter") { Description = "The name, as a genesis document has it.", Required = true };
        var value = new Option<string>("--value") { Description = "The value, as a genesis document has it; empty clears.", Required = true };
        var operation = ValueOptions.Operation();
        var (signing, output, connection) = (new SigningOptions(), new OutputOptions(), new ConnectionOptions());
        var command = new Command("set", "Set a field of a subnet, or a parameter of the network.") { administrator, netuid, parameter, value, operation };
        signing.AddTo(command);
        output.AddTo(command);
        connection.AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            await using var client = await connection.ConnectAsync(context, parsed, token);
            using var key = parsed.GetValue(administrator) is { } account ? signing.Open(context, parsed, account) : null;
            if (key is not null) client.Administrator = new KeyPairSigner(key);
            var (name, text) = (parsed.GetValue(parameter)!, parsed.GetValue(value)!);
            var result = await client.AdministerAsync(name, text.Length == 0 ? null : text, parsed.GetValue(netuid), parsed.GetValue(operation), token);
            Report(context, result, output.IsJson(parsed), $"{name} is {(text.Length == 0 ? "cleared" : text)}.");
            return result.Status switch
            {
                OperationStatus.Applied => ExitCode.Done,
                OperationStatus.OutcomeUnknown => ExitCode.Unknown,
                _ => ExitCode.Refused,
            };
        });
        return command;
    }

    private static void Report(CliContext context, OperationResult result, bool isJson, string done)
    {
        if (isJson)
        {
            Printer.Json(context, new JsonObject
            {
                ["success"] = result.IsApplied,
                ["status"] = result.Status.ToString(),
                ["code"] = ((ushort)result.Code).ToString(CultureInfo.InvariantCulture),
                ["error"] = result.IsApplied ? null : result.ErrorName,
                ["advice"] = result.IsApplied ? null : result.Advice,
                ["operation"] = result.Ticket.ToString(),
                ["block"] = result.Receipt?.Block.ToString(),
            });
        }
        else if (result.IsApplied)
        {
            context.Output.WriteLine($"{done} Applied in block {result.Receipt!.Block}, operation {result.Ticket}.");
        }
        else
        {
            context.Error.WriteLine($"{result.Status}: {result.ErrorName}. {result.Advice}");
            if (result.Status != OperationStatus.Refused) context.Error.WriteLine($"Repeat the command with --operation {result.Ticket}");
        }
    }
}

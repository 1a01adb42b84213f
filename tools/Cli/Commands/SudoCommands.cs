using System.CommandLine;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Settings;

namespace Dtao.Cli.Commands;

/// <summary><c>sudo set</c> and <c>sudo get</c>, which is <c>subnets hyperparameters</c> too.</summary>
internal static class SudoCommands
{
    public static Command Create(CliContext context) => new("sudo", "Hyperparameters of subnets and of the network.")
    {
        Aliases = { "su" },
        Subcommands =
        {
            Set(context), Get(context, "get"), TakeCommands.Get(context), TakeCommands.Set(context),
            WalletSwapCommands.BySudo(context), WalletSwapCommands.ResetBySudo(context),
        },
    };

    /// <summary>Shows what a subnet, or without one the network, has set.</summary>
    public static Command Get(CliContext context, string name)
    {
        var netuid = ValueOptions.Netuid("--netuid", "The subnet; the network's parameters when left out", false);
        var command = new Command(name, "Hyperparameters with who may set them.") { netuid };
        return ReadCommand.Complete(command, context, async (parsed, client, isJson, token) =>
        {
            if (parsed.GetValue(netuid) is not { } number)
            {
                var network = await client.GetNetworkAsync(token);
                Print(context, isJson, "Network", Hyperparameters.OfNetwork, value => value.Read(network.Parameters));
                return ExitCode.Done;
            }

            if (await client.GetSubnetAsync(number, token) is not { Pool.Books: { } books })
            {
                context.Error.WriteLine($"There is no subnet {number}. {Advice.For(LedgerError.SubnetNotExists)}");
                return ExitCode.Refused;
            }

            Print(context, isJson, $"Subnet {number}", Hyperparameters.OfSubnet, value => value.Read(books));
            return ExitCode.Done;
        });
    }

    private static Command Set(CliContext context)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The subnet's owner, or the network's sudo key", true);
        var netuid = ValueOptions.Netuid("--netuid", "The subnet; the network's parameter when left out", false);
        var parameter = new Option<string>("--param", "--parameter") { Description = "The name, as 'sudo get' shows it, or as on the chain.", Required = true };
        var value = new Option<string>("--value") { Description = "The value, as 'sudo get' shows it.", Required = true };
        var command = new Command("set", "Set a hyperparameter.") { coldkey, netuid, parameter, value };
        return ValueCommand.Complete(command, context, (parsed, _, _) =>
        {
            var (signer, name, text) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(parameter)!, ValueText(parsed.GetValue(value)!));
            return Task.FromResult(parsed.GetValue(netuid) is { } number
                ? new Plan(signer, Calls.SetHyperparameter(number, name, text), $"Set {name} of subnet {number} to {text}.")
                : new Plan(signer, Calls.SudoSet(name, text), $"Set {name} of the network to {text}."));
        });
    }

    /// <summary>Accounts may be written as everywhere else, and flags as btcli writes them.</summary>
    private static string ValueText(string text) => text switch
    {
        "True" => "true",
        "False" => "false",
        _ when AccountName.Parse(text, out var account) == AddressFault.None => account.ToString(),
        _ => text,
    };

    private static void Print(CliContext context, bool isJson, string title, IReadOnlyList<Hyperparameter> all, Func<Hyperparameter, string?> read)
    {
        if (isJson)
        {
            Printer.Json(context, new JsonObject([.. all.Select(value => KeyValuePair.Create(value.Name, (JsonNode?)new JsonObject
            {
                ["value"] = Shown(value, read(value)),
                ["chain_name"] = value.ChainName,
                ["unit"] = value.Unit,
                ["set_by"] = SetterOf(value),
                ["bounds"] = value.Bounds,
            }))]));
            return;
        }

        Printer.Table(
            context,
            title,
            [new("Name"), new("Value", true), new("Unit"), new("Set by"), new("Bounds"), new("On the chain")],
            all.Select(value => new[]
            {
                value.Name, Shown(value, read(value)) ?? "none", value.Unit, SetterOf(value), value.Bounds, value.ChainName,
            }));
    }

    private static string? Shown(Hyperparameter value, string? text) =>
        value.Kind == SettingKind.Account && text is not null ? Ss58.Encode(AccountId.ParseHex(text)) : text;

    private static string SetterOf(Hyperparameter value) => value.SetBy switch
    {
        SettingAuthority.Owner => "owner",
        SettingAuthority.Root => "sudo key",
        _ => "nobody",
    };
}

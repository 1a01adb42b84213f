using System.CommandLine;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;

namespace Dtao.Cli.Commands;

/// <summary><c>wallet balance</c> and <c>wallet transfer</c>; keys, the swaps of keys, and the identity stand in files of their own.</summary>
internal static class WalletCommands
{
    public static Command Create(CliContext context) => new("wallet", "Keys on this machine, balances, transfers of TAO, swaps of keys, and identities.")
    {
        Aliases = { "w" },
        Subcommands =
        {
            WalletKeyCommands.Create(context), WalletKeyCommands.Import(context), WalletKeyCommands.List(context), WalletKeyCommands.Export(context),
            Balance(context), Transfer(context), WalletSwapCommands.Hotkey(context), WalletSwapCommands.Coldkey(context), WalletSwapCommands.Check(context),
            IdentityCommands.SetWallet(context), IdentityCommands.GetWallet(context),
        },
    };

    private static Command Balance(CliContext context)
    {
        var coldkey = ValueOptions.Wallet("The wallet");
        return ReadCommand.Complete(new Command("balance", "Free TAO and the value of stake.") { coldkey }, context, async (parsed, client, isJson, token) =>
        {
            var account = parsed.GetValue(coldkey)!.Value;
            var view = await client.GetBalanceAsync(account, token);
            var subnets = (await client.GetSubnetsAsync(token)).ToDictionary(subnet => subnet.Netuid);
            var staked = Tao.Zero;
            foreach (var position in await client.GetPositionsAsync(account, token))
            {
                staked = staked.AddSaturating(new Tao(AmountText.ValueRao(position.Value.Rao, subnets[position.Netuid].Pool.PriceBits)));
            }

            var total = view.Free.AddSaturating(staked);
            if (isJson)
            {
                Printer.Json(context, new JsonObject
                {
                    ["coldkey"] = Shown.Account(account),
                    ["free_rao"] = Shown.Rao(view.Free.Rao),
                    ["held_rao"] = Shown.Rao(view.Held.Rao),
                    ["staked_value_rao"] = Shown.Rao(staked.Rao),
                    ["total_value_rao"] = Shown.Rao(total.Rao),
                    ["in_flight"] = view.InFlight,
                    ["block"] = view.Block.ToString(),
                });
                return ExitCode.Done;
            }

            Printer.Table(
                context,
                "Wallet balance",
                [new("Coldkey Address"), new("Free Balance", true), new("Held", true), new("Staked Value", true), new("Total Balance", true)],
                [[Shown.Account(account), Shown.Tao(view.Free.Rao), Shown.Tao(view.Held.Rao), Shown.Tao(staked.Rao), Shown.Tao(total.Rao)]]);
            return ExitCode.Done;
        });
    }

    private static Command Transfer(CliContext context)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The wallet that pays", true);
        var destination = ValueOptions.Account("--destination", "The wallet that receives", true, "--dest", "-d");
        var amount = ValueOptions.Amount("--amount", "TAO to send, up to nine decimals", "-a");
        var all = ValueOptions.Flag("--all", "Send everything; without --allow-death all but the existential deposit.");
        var allowDeath = ValueOptions.Flag("--allow-death", "Let the sender fall under the existential deposit, which closes it.");
        var command = new Command("transfer", "Send TAO.") { coldkey, destination, amount, all, allowDeath };
        Amounts.RequireOne(command, amount, all);
        return ValueCommand.Complete(command, context, (parsed, _, _) =>
        {
            var (signer, receiver) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(destination)!.Value);
            var keepAlive = !parsed.GetValue(allowDeath);
            var call = parsed.GetValue(all)
                ? Calls.TransferAll(receiver, keepAlive)
                : Calls.Transfer(receiver, new Tao(parsed.GetValue(amount)!.Value), keepAlive);
            var sum = parsed.GetValue(all) ? "all TAO" : Shown.Tao(call.Amount);
            return Task.FromResult(new Plan(signer, call, $"Transfer {sum} from {Shown.Account(signer)} to {Shown.Account(receiver)}."));
        });
    }
}

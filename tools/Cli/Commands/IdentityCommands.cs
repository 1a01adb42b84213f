using System.CommandLine;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics.Ledger;

namespace Dtao.Cli.Commands;

/// <summary><c>set-identity</c> and <c>get-identity</c> of subnets and of wallets, and <c>subnets set-symbol</c>.</summary>
internal static class IdentityCommands
{
    public static Command SetSubnet(CliContext context)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The subnet's owner", true);
        var netuid = ValueOptions.Netuid("--netuid", "The subnet", true);
        var texts = new SubnetIdentityOptions();
        var command = new Command("set-identity", "Say how a subnet presents itself; what is left out stays, and an empty text takes away.") { coldkey, netuid };
        texts.AddTo(command);
        return ValueCommand.Complete(command, context, async (parsed, client, token) =>
        {
            var (signer, number) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(netuid)!.Value);
            var before = (await client.GetSubnetAsync(number, token))?.Identity;
            var identity = texts.Read(parsed, before) ?? new IdentityDetail("", "", "", "", "", "", "", "");
            return new Plan(signer, Calls.SetSubnetIdentity(number, identity), $"Set the identity of subnet {number}: {Printer.Clean(identity.Name)}.");
        });
    }

    public static Command GetSubnet(CliContext context)
    {
        var netuid = ValueOptions.Netuid("--netuid", "The subnet", true);
        return ReadCommand.Complete(new Command("get-identity", "How a subnet presents itself.") { netuid }, context, async (parsed, client, isJson, token) =>
        {
            var number = parsed.GetValue(netuid)!.Value;
            if (await client.GetSubnetAsync(number, token) is not { Pool.Books: not null } subnet) return SubnetsCommands.NoSuchSubnet(context, number);
            if (isJson) Printer.Json(context, new JsonObject { ["netuid"] = number.Value, ["symbol"] = subnet.Symbol, ["identity"] = ToJson(subnet.Identity) });
            else if (subnet.Identity is { } identity) Printer.Facts(context, $"Subnet {number}: {subnet.Name}", FactsOf(identity));
            else context.Output.WriteLine($"Subnet {number} has no identity.");
            return ExitCode.Done;
        });
    }

    public static Command SetSymbol(CliContext context)
    {
        var symbol = new Argument<string>("symbol") { Description = "One of the chain's symbols that no subnet has." };
        var coldkey = ValueOptions.Account("--coldkey", "The subnet's owner, or the network's sudo key", true);
        var netuid = ValueOptions.Netuid("--netuid", "The subnet", true);
        return ValueCommand.Complete(new Command("set-symbol", "Give a subnet's token another symbol.") { symbol, coldkey, netuid }, context, (parsed, _, _) =>
        {
            var (signer, number, text) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(netuid)!.Value, parsed.GetValue(symbol)!);
            return Task.FromResult(new Plan(signer, Calls.UpdateSymbol(number, text), $"Set the symbol of subnet {number} to {Printer.Clean(text)}."));
        });
    }

    public static Command SetWallet(CliContext context)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The wallet, which owns a registered hotkey", true);
        var texts = new ColdkeyIdentityOptions();
        var command = new Command("set-identity", "Say how a wallet presents itself; what is left out stays, and an empty text takes away.") { coldkey };
        texts.AddTo(command);
        return ValueCommand.Complete(command, context, async (parsed, client, token) =>
        {
            var signer = parsed.GetValue(coldkey)!.Value;
            var identity = texts.Read(parsed, await client.GetIdentityAsync(signer, token));
            return new Plan(signer, Calls.SetIdentity(identity), $"Set the identity of {Shown.Account(signer)}: {Printer.Clean(identity.Name)}.");
        });
    }

    public static Command GetWallet(CliContext context)
    {
        var coldkey = ValueOptions.Wallet("The wallet");
        return ReadCommand.Complete(new Command("get-identity", "How a wallet presents itself.") { coldkey }, context, async (parsed, client, isJson, token) =>
        {
            var account = parsed.GetValue(coldkey)!.Value;
            var identity = await client.GetIdentityAsync(account, token);
            if (isJson) Printer.Json(context, new JsonObject { ["coldkey"] = Shown.Account(account), ["identity"] = ToJson(identity) });
            else if (identity is not null) Printer.Facts(context, "Coldkey identity", [("Coldkey", Shown.Account(account)), .. FactsOf(identity)]);
            else context.Output.WriteLine($"{Shown.Account(account)} has no identity.");
            return ExitCode.Done;
        });
    }

    /// <summary>Under the chain's names.</summary>
    public static JsonObject? ToJson(IdentityDetail? identity) => identity is null ? null : new JsonObject
    {
        ["subnet_name"] = identity.Name,
        ["github_repo"] = identity.Repository,
        ["subnet_contact"] = identity.Contact,
        ["subnet_url"] = identity.Url,
        ["discord"] = identity.Discord,
        ["description"] = identity.Description,
        ["logo_url"] = identity.Logo,
        ["additional"] = identity.Additional,
    };

    private static JsonObject? ToJson(ColdkeyIdentityDetail? identity) => identity is null ? null : new JsonObject
    {
        ["name"] = identity.Name,
        ["url"] = identity.Url,
        ["github_repo"] = identity.Repository,
        ["image"] = identity.Image,
        ["discord"] = identity.Discord,
        ["description"] = identity.Description,
        ["additional"] = identity.Additional,
    };

    private static (string, string)[] FactsOf(IdentityDetail identity) =>
    [
        ("Name", identity.Name), ("Repository", identity.Repository), ("Contact", identity.Contact), ("Page", identity.Url), ("Discord", identity.Discord),
        ("Description", identity.Description), ("Logo", identity.Logo), ("Additional", identity.Additional),
    ];

    private static (string, string)[] FactsOf(ColdkeyIdentityDetail identity) =>
    [
        ("Name", identity.Name), ("Page", identity.Url), ("Repository", identity.Repository), ("Picture", identity.Image), ("Discord", identity.Discord),
        ("Description", identity.Description), ("Additional", identity.Additional),
    ];
}

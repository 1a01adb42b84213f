using System.CommandLine;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Subnets;

namespace Dtao.Cli.Commands;

/// <summary><c>stake child get</c>: a hotkey's children and parents on a subnet.</summary>
internal static class ChildViewCommand
{
    public static Command Create(CliContext context)
    {
        var netuid = ValueOptions.Netuid("--netuid", "The subnet", true);
        var hotkey = ValueOptions.Account("--hotkey", "The hotkey", true);
        return ReadCommand.Complete(new Command("get", "Children and parents of a hotkey on a subnet.") { netuid, hotkey }, context, async (parsed, client, isJson, token) =>
        {
            var (number, key) = (parsed.GetValue(netuid)!.Value, parsed.GetValue(hotkey)!.Value);
            if (await client.GetChildrenAsync(number, key, token) is not { } family)
            {
                context.Error.WriteLine($"There is no subnet {number}. {Advice.For(LedgerError.SubnetNotExists)}");
                return ExitCode.Refused;
            }

            if (isJson) Printer.Json(context, ToJson(number, key, family));
            else Print(context, number, key, family);
            return ExitCode.Done;
        });
    }

    private static void Print(CliContext context, NetUid netuid, AccountId hotkey, HotkeyFamily family)
    {
        var rows = family.Children.Select(link => Row("child", link))
            .Concat(family.Parents.Select(link => Row("parent", link)))
            .Concat((family.Pending ?? []).Select(link => Row("child asked for", link)));
        Printer.Table(
            context, $"Links of {Shown.Account(hotkey)} in subnet {netuid}",
            [new("Link"), new("Hotkey"), new("Proportion", true), new("Childkey Take", true)], rows);
        context.Output.WriteLine($"Childkey take: {Shown.PerCent(new Take(family.ChildTake))}. Block {family.Block}.");
        if (family.Pending is not { } pending) return;
        context.Output.WriteLine(pending.Length == 0
            ? $"Asked to revoke all children; in effect with the first epoch after block {family.PendingBlock}."
            : $"What is asked for is in effect with the first epoch after block {family.PendingBlock}.");
    }

    private static string[] Row(string kind, FamilyLink link) => [kind, Shown.Account(link.Hotkey), Shown.Proportion(link.Proportion), Shown.PerCent(new Take(link.ChildTake))];

    private static JsonObject ToJson(NetUid netuid, AccountId hotkey, HotkeyFamily family) => new()
    {
        ["netuid"] = netuid.Value,
        ["hotkey"] = Shown.Account(hotkey),
        ["childkey_take"] = family.ChildTake,
        ["children"] = Links(family.Children),
        ["parents"] = Links(family.Parents),
        ["pending"] = family.Pending is { } pending ? new JsonObject { ["children"] = Links(pending), ["after_block"] = family.PendingBlock.ToString() } : null,
        ["block"] = family.Block.ToString(),
    };

    private static JsonArray Links(FamilyLink[] links) => new([.. links.Select(link => new JsonObject
    {
        ["hotkey"] = Shown.Account(link.Hotkey),
        ["proportion"] = Shown.Rao(link.Proportion),
        ["childkey_take"] = link.ChildTake,
    })]);
}
